"""Groups in, their standing out: which modules own the database, which repeat what the owners
already do, and which have a database or a purpose of their own.

Precision comes first: a module only counts as redundant when it demonstrably goes to the database
of a group that most of the code uses, in the same way and for no purpose of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connlint.detect.groups import ADDRESSED, Group, Things, group
from connlint.detect.search import Way
from connlint.detect.sources import OPENED, Site
from connlint.model.name_parts import dotted
from connlint.model.names import Target

MAJORITY = 2
"""So many times more uses than another make something the standard."""
ENOUGH = 4
"""Below so many uses nothing is the standard of a code base."""
_FEW = 4
"""So many modules that open sessions with a library's class are owners; more make it a habit."""


class Standing(NamedTuple):
    """What is to be made of each module that makes sessions, by name, with the reason.

    ``habits`` are the library classes that the code constructs sessions with nearly everywhere.
    """

    groups: tuple[Group, ...]
    owners: dict[str, str]
    redundant: dict[str, str]
    habits: dict[str, int]


def stand(things: Things) -> Standing:
    """Judge every module that makes sessions or connections."""
    groups = group(things)
    programs = Programs(things)
    redundant: dict[str, str] = {}
    for each in groups:
        better = next((o for o in groups if o is not each and _repeats(each, o, programs)), None)
        if better is not None:
            for module in sorted(each.modules):
                redundant[module] = (
                    f"goes to the same database as {_shown(better)}, which {len(better.users)} "
                    f"functions use ({len(each.users)} use this)"
                )
    for each in groups:
        redundant.update(_repeating_inside(things, each))
    owners = {
        module: _what_it_offers(things, module)
        for each in groups
        for module in sorted(each.modules)
        if module not in redundant and _needs_to_own(things, module)
    }
    owners.update(_handing_on(things, owners))
    habits: dict[str, set[str]] = {}
    for site in _opening_directly(things, {*owners, *redundant}):
        _judge_opening(things, groups, site, owners, habits)
    return Standing(tuple(groups), owners, redundant, _settled(habits, owners))


def _repeats(each: Group, other: Group, programs: Programs) -> bool:
    """Whether a group does again, for fewer, what another one does."""
    return (
        other.makes_sessions
        and not each.is_raw
        and each.sides <= other.sides
        and each.engine_options <= other.engine_options
        and len(other.users) >= max(ENOUGH, MAJORITY * len(each.users))
        and each.database.is_same_as(other.database)
        and programs.are_one(each, other)
    )


def _repeating_inside(things: Things, group_: Group) -> Iterator[tuple[str, str]]:
    """Modules of a group that open sessions from its factories once more, for few."""
    search = things.search
    addressed = {s.module.name for s in search.sites if s.type.kind in ADDRESSED}
    for module in sorted(group_.modules - addressed):
        offered = [target for target in things.offered if target.module == module]
        rivals = [_rival(things, target) for target in offered]
        if offered and all(rivals):
            best = max((r for r in rivals if r is not None), key=lambda r: len(things.users(r)))
            yield (
                module,
                (
                    f"opens sessions from the same engine as {best.dotted}, which "
                    f"{len(things.users(best))} functions use"
                ),
            )


def _rival(things: Things, target: Target) -> Target | None:
    """What most of the code uses instead of a factory or function that is built on the same."""
    ways = things.search.ways
    mine = ways.get(target)
    if mine is None and target not in things.search.held:
        return None
    uses = len(things.users(target))
    if mine is None:
        uses = max(uses, *(len(things.users(way)) for way in things.built_from(target)), 0)
    best = max(
        (
            other
            for other in ways
            if other.module != target.module
            and things.roots(other) & things.roots(target)
            and (mine is None or _serve_alike(mine, ways[other]))
        ),
        key=lambda other: len(things.users(other)),
        default=None,
    )
    if best is None or len(things.users(best)) < max(ENOUGH, (MAJORITY + 1) * uses):
        return None
    return best


def _serve_alike(one: Way, other: Way) -> bool:
    """Whether two functions serve the same callers."""
    return (
        one.is_generator == other.is_generator and one.provider.is_async == other.provider.is_async
    )


def _needs_to_own(things: Things, module: str) -> bool:
    """Whether a module makes something itself, rather than passing on what it gets."""
    search = things.search
    if any(site.module.name == module for site in search.sites):
        return True
    for target in things.offered:
        if target.module != module:
            continue
        if things.users(target) or target in search.held or target in search.keepers:
            return True
        way = search.ways.get(target)
        if way is not None and way.opened_by - things.used_ways:
            return True
    return False


def _handing_on(things: Things, owners: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The packages that offer under their own name what an owner inside them defines."""
    names = things.program.names
    for target in things.search.held:
        if target.module not in owners:
            continue
        for module, item in things.search.uses.importing(target.name):
            is_around = module.is_package and target.module.startswith(f"{module.name}.")
            if module.name in owners or not is_around:
                continue
            if target in names.imported(module, item):
                yield module.name, f"offers {item.name} of {target.module} under its own name"


def _what_it_offers(things: Things, module: str) -> str:
    """In a few words, why a module is an owner."""
    search = things.search
    parts = []
    sites = [site for site in search.sites if site.module.name == module]
    if held := [target for target in search.held if target.module == module]:
        parts.append(f"defines {_listed(held)}")
    elif libraries := sorted({site.library.rpartition(".")[2] for site in sites if site.defines}):
        given = any(things.database_of(s).given for s in sites if s.type.kind == "engine")
        parts.append(f"calls {' and '.join(libraries)}" + (_GIVEN if given else ""))
    if ways := [target for target in search.ways if target.module == module]:
        parts.append(f"hands out sessions by {_listed(ways)}")
    if keepers := [k for target, k in search.keepers.items() if target.module == module]:
        parts.append(", ".join(_KEEPS[k.kind].format(k.target.name) for k in keepers))
    return "; ".join(parts) or "makes sessions"


_GIVEN = " for a database that its callers name"
_KEEPS = {
    "unit of work": "{} opens its session when it is entered",
    "decorator": "{} passes sessions in",
    "hook": "{} stores a session for others",
    "holder": "{} keeps the factory or engine for others",
}


def _listed(targets: list[Target]) -> str:
    names = [target.name for target in targets]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _opening_directly(things: Things, judged: set[str]) -> Iterator[Site]:
    """The calls that open a session or a driver connection in modules that offer none."""
    for site in things.search.sites:
        if site.type.kind in OPENED and not site.defines and site.module.name not in judged:
            yield site


def _judge_opening(
    things: Things,
    groups: list[Group],
    site: Site,
    owners: dict[str, str],
    habits: dict[str, set[str]],
) -> None:
    """Whether a session or connection is opened past the standard, or on its own account."""
    module = site.module.name
    if site.type.kind == "connection":
        database = things.database_of(site)
        if not any(each.makes_sessions and database.is_same_as(each.database) for each in groups):
            owners[module] = f"connects with {site.library} to a database of its own"
    elif not _passes_by(things, site):
        habits.setdefault(site.library, set()).add(module)


def _passes_by(things: Things, site: Site) -> bool:
    """Whether a session is constructed on the standard's engine although a provider serves it."""
    search = things.search
    texts = search.mentioned.get((site.module.name, site.scope), {})
    arguments = [*site.call.args, *(keyword.value for keyword in site.call.keywords)]
    engines = {texts[dotted(a)] for a in arguments if dotted(a) in texts} & set(search.held)
    return any(
        things.roots(way) & engines
        and not search.ways[way].is_generator
        and len(things.users(way)) >= ENOUGH
        for way in search.ways
    )


def _settled(habits: dict[str, set[str]], owners: dict[str, str]) -> dict[str, int]:
    """Few modules that construct sessions are owners; with many it is how the code does it."""
    usual = {}
    for library, modules in sorted(habits.items()):
        if len(modules) > _FEW:
            usual[library] = len(modules)
        else:
            for module in sorted(modules):
                owners.setdefault(
                    module, f"opens a session with {library}, and no provider would serve it"
                )
    return usual


def _shown(group_: Group) -> str:
    return ", ".join(sorted(group_.modules)[:2])


class Programs:
    """Which modules belong to one program: those that imports connect."""

    def __init__(self, things: Things) -> None:
        self._leader: dict[str, str] = {}
        known = things.program.modules
        for module in things.search.uses.modules:
            for item in module.facts.imports:
                source = module.imported_from(item)
                for name in (f"{source}.{item.attr}", source):
                    if name in known:
                        self._leader[self._lead(name)] = self._lead(module.name)
                        break

    def _lead(self, module: str) -> str:
        while (above := self._leader.get(module, module)) != module:
            self._leader[module] = self._leader.get(above, above)
            module = above
        return module

    def are_one(self, each: Group, other: Group) -> bool:
        """Whether two groups are parts of one program."""
        mine = {self._lead(module) for module in each.modules}
        return any(self._lead(module) in mine for module in other.modules)
