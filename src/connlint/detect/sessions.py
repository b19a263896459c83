"""Standing in, the ``sessions`` settings out: providers, dependencies, task providers, forbidden
factories and owners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from connlint.detect.detection import Certainty, Choice
from connlint.detect.groups import Things, counted
from connlint.detect.search import Way
from connlint.detect.sources import Held, is_scoped, opens_async
from connlint.detect.standing import MAJORITY, Standing
from connlint.model.names import Target

PROVIDERS = "sessions.providers"
DEPENDENCIES = "sessions.dependencies"
TASK_PROVIDERS = "sessions.task-providers"
FORBIDDEN = "sessions.forbidden"
OWNERS = "sessions.owners"

_FOR_TASKS = re.compile(r"(?:^|_)(?:background|task|tasks|worker|workers|celery|job|jobs)(?:_|$)")
_CLOSING = frozenset({"context-manager", "async-context-manager"})
_PREFERENCE = 3
"""A context manager counts as much as a plain function with so many times its uses."""
_SHAPES = {
    "context-manager": "context manager",
    "async-context-manager": "async context manager",
    "generator": "generator",
    "async-generator": "async generator",
    "function": "function; the caller closes",
    "coroutine": "coroutine; the caller closes",
    "scoped": "scoped session",
    "decorator": "decorator",
    "unknown": "function",
}


class Sessions:
    """Chooses what goes into the ``sessions`` table."""

    def __init__(self, things: Things, standing: Standing) -> None:
        self._things = things
        self._search = things.search
        self._standing = standing
        self._rank = {m: n for n, each in enumerate(standing.groups) for m in each.modules}

    def choices(self) -> Iterator[Choice]:
        """Everything that is chosen, setting by setting, the most used first."""
        sanctioned = self._sanctioned()
        injected = [way for way in sanctioned if self._is_injected(way)]
        opened = [way for way in sanctioned if way not in injected]
        for_tasks = self._for_tasks(opened)
        direct, forbidden = self._factories(sanctioned)
        providers = [
            *(
                (self._weight(way), way.name, self._describe(way))
                for way in opened
                if way not in for_tasks
            ),
            *((self._weight(held), held.name, reason) for held, reason in direct),
        ]
        chosen = [
            *((PROVIDERS, name, reason) for _, name, reason in sorted(providers)),
            *((PROVIDERS, name, reason) for name, reason in self._habits()),
            *((DEPENDENCIES, way.name, self._describe(way)) for way in injected),
            *((TASK_PROVIDERS, way.name, self._describe(way)) for way in for_tasks),
            *((FORBIDDEN, name, reason) for name, reason in forbidden),
        ]
        for key, name, reason in chosen:
            if self._things.program.names.resolve_dotted(name):
                yield Choice(key, name, reason, _certainty(key))
        for module, reason in self._standing.owners.items():
            path = escaped(self._things.program.modules[module].path)
            yield Choice(OWNERS, path, reason)

    def left_out(self) -> Iterator[Choice]:
        """What makes sessions and was not sanctioned."""
        for module, reason in self._standing.redundant.items():
            yield Choice(OWNERS, self._things.program.modules[module].path, reason, "likely")

    # ways

    def _sanctioned(self) -> list[Way]:
        """The functions that hand out sessions and that others use, the weightiest first."""
        used = [
            way
            for way in self._search.ways.values()
            if way.target.module not in self._standing.redundant and self._uses(way.target)
        ]
        return sorted(used, key=lambda way: (self._weight(way), way.name))

    def _weight(self, each: Way | Held) -> tuple[bool, int, int]:
        """What sorts ways to a session: those of the group that most code uses first, and in it
        those that many use and that close what they open."""
        made = each.made if isinstance(each, Way) else each.type
        rank = self._rank.get(each.target.module, 0)
        closes = isinstance(each, Way) and each.provider.shape in _CLOSING
        return (
            made.kind not in ("session", "session-factory", "extension"),
            rank,
            -self._uses(each.target) * (_PREFERENCE if closes else 1),
        )

    def _uses(self, target: Target) -> int:
        """How many functions use something; in a program of one module, those of the module."""
        if not self._is_alone:
            return len(self._things.users(target))
        return len(self._things.users(target) | self._things.users_inside(target))

    @cached_property
    def _is_alone(self) -> bool:
        """Whether no module uses what another one offers."""
        return not any(each.users for each in self._standing.groups)

    def _is_injected(self, way: Way) -> bool:
        return way.target in self._search.uses.injected

    def _for_tasks(self, ways: list[Way]) -> list[Way]:
        """The providers that are there for background work, where there is another as well."""
        named = [way for way in ways if _FOR_TASKS.search(way.target.name.lower())]
        others = {way.provider.is_async for way in ways if way not in named}
        return [way for way in named if way.provider.is_async in others]

    def _describe(self, way: Way) -> str:
        uses = self._uses(way.target)
        shape = _SHAPES[way.provider.shape]
        if self._is_injected(way):
            return f"{shape}, injected into {counted(uses, 'function')}"
        return f"{shape}, used by {counted(uses, 'function')}"

    # factories

    def _factories(
        self, sanctioned: list[Way]
    ) -> tuple[list[tuple[Held, str]], list[tuple[str, str]]]:
        """The factories that are used directly as the code's way, and those to be forbidden."""
        direct: list[tuple[Held, str]] = []
        forbidden: list[tuple[str, str]] = []
        for held in self._by_rank(self._search.held.values()):
            uses = self._direct_uses(held.target)
            if held.target.module in self._standing.redundant:
                if uses and _opens(held):
                    forbidden.append((held.name, "of a module that repeats the standard's"))
            elif (
                held.type.kind == "extension" or is_scoped(held.type) or held.type.kind == "session"
            ):
                if uses:
                    what = "extension" if held.type.kind == "extension" else "shared session"
                    uses = len(self._things.users(held.target))
                    direct.append((held, f"{what}, used by {counted(uses, 'function')}"))
            elif held.type.kind == "session-factory":
                better = self._instead_of(held, sanctioned)
                if better is not None:
                    forbidden.append((held.name, f"{better.name} opens sessions from it"))
                elif uses:
                    direct.append((held, f"factory, called by {counted(uses, 'function')} itself"))
        for way in self._search.ways.values():
            if way.target.module in self._standing.redundant and self._things.users(way.target):
                forbidden.append((way.name, "of a module that repeats the standard's"))
        return direct, forbidden

    def _direct_uses(self, target: Target) -> int:
        """How many functions use a factory themselves, those of owners left out."""
        users = self._things.users(target)
        return sum(module not in self._standing.owners for module, _ in users)

    def _by_rank(self, held: Iterable[Held]) -> list[Held]:
        return sorted(
            held,
            key=lambda each: (
                self._rank.get(each.target.module, 0),
                -len(self._things.users(each.target)),
                each.name,
            ),
        )

    def _instead_of(self, held: Held, sanctioned: list[Way]) -> Way | None:
        """The provider that most code uses instead of calling a factory itself."""
        around = [way for way in sanctioned if held.target in self._things.roots(way.target)]
        usable = [
            way
            for way in around
            if not way.is_generator
            and way.provider.is_async == opens_async(self._things.program, held.type)
        ]
        uses = sum(self._uses(way.target) for way in around)
        is_usual = uses >= MAJORITY * self._direct_uses(held.target)
        return usable[0] if usable and is_usual else None

    def _habits(self) -> Iterator[tuple[str, str]]:
        for library, modules in self._standing.habits.items():
            yield library, f"constructed directly in {counted(modules, 'module')}"


def _certainty(key: str) -> Certainty:
    """Who is for tasks and what is forbidden are conclusions; the rest stands in the code."""
    return "likely" if key in (TASK_PROVIDERS, FORBIDDEN) else "certain"


def _opens(held: Held) -> bool:
    return held.type.kind == "session-factory" or is_scoped(held.type)


def escaped(path: str) -> str:
    """A path as a glob that matches nothing else."""
    return re.sub(r"[\[*?]", lambda found: f"[{found[0]}]", path)
