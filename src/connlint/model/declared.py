"""The functions that a standard names in; what the analysed code does not have of them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from connlint.config.keys import quoted
from connlint.config.loading import LoadedStandard
from connlint.config.spelling import did_you_mean
from connlint.config.standard import Standard
from connlint.errors import ConfigError
from connlint.model.names import Target
from connlint.model.program import Program

_LAZY_EXPORTS = "__getattr__"


class Missing(NamedTuple):
    """A name in the setting ``key`` that leads nowhere.

    ``module`` is the part of the name that was looked into, or that would have to be there;
    ``is_certain`` when it was read and does not define the rest.
    """

    key: str
    place: int
    name: str
    module: str
    is_certain: bool


def check_names(
    program: Program, loaded: LoadedStandard, is_on_disk: Callable[[str], bool]
) -> tuple[str, ...]:
    """What to note of functions that the standard names and that can't be looked up.

    ``is_on_disk`` tells of a dotted name whether a file or folder stands for it, analysed or not.
    Raises :class:`ConfigError`, with one line for each, when analysed modules do not define them.
    """
    missing = list(_all_missing(program, loaded.standard, is_on_disk))
    errors = [each for each in missing if each.is_certain]
    if errors:
        known = sorted(_definitions(program))
        raise ConfigError(
            [
                f"{_place(each, loaded)}: {quoted(each.name)}: {each.module} does not define it"
                f"{did_you_mean(each.name, known)}"
                for each in errors
            ]
        )
    return tuple(
        f"{_place(each, loaded)}: {each.name} is taken on trust: "
        f"{each.module} is not among the files that were read"
        for each in missing
    )


def _place(missing: Missing, loaded: LoadedStandard) -> str:
    return f"{loaded.origins[missing.key]}: {missing.key}[{missing.place}]"


def _all_missing(
    program: Program, standard: Standard, is_on_disk: Callable[[str], bool]
) -> Iterator[Missing]:
    for key, names in _declared(standard):
        for place, name in enumerate(names):
            if not program.names.resolve_dotted(name):
                yield from _missing(program, is_on_disk, key, place, name)
            elif not program.names.is_module(name.partition(".")[0]):
                module = name.rpartition(".")[0] or name
                yield Missing(key, place, name, module, False)


def _definitions(program: Program) -> Iterator[str]:
    """The dotted names of the functions that a standard could mean."""
    for module in program.modules.values():
        for number, scope in enumerate(module.facts.scopes):
            if number and scope.kind != "class" and "<" not in scope.qualname:
                yield module.symbol(number)


def _declared(standard: Standard) -> tuple[tuple[str, tuple[str, ...]], ...]:
    sessions = standard.sessions
    return (
        ("sessions.providers", sessions.providers),
        ("sessions.dependencies", sessions.dependencies),
        ("sessions.task-providers", sessions.task_providers),
        ("states.persist-functions", standard.states.persist_functions),
    )


def _missing(
    program: Program, is_on_disk: Callable[[str], bool], key: str, place: int, name: str
) -> Iterator[Missing]:
    """The failure to resolve ``name``, unless it leads to where names can't be followed."""
    names = program.names
    parts = name.split(".")
    end = next(end for end in range(len(parts), 0, -1) if names.is_module(".".join(parts[:end])))
    inside = ".".join(parts[:end])
    module = names.modules.get(inside)
    if module is not None and (module.facts.problem or _LAZY_EXPORTS in module.facts.definitions):
        if module.facts.problem:
            yield Missing(key, place, name, inside, False)
        return
    targets: tuple[Target, ...] = (Target("module", inside),)
    for attr in parts[end:]:
        if any(_is_open(program, target) for target in targets):
            return
        targets = tuple(found for target in targets for found in names.member(target, attr))
    if any(_is_open(program, target) for target in targets):
        return
    wanted = ".".join(parts[: end + 1])
    is_elsewhere = len(parts) > end + 1 and is_on_disk(wanted)
    yield Missing(key, place, name, wanted if is_elsewhere else inside, not is_elsewhere)


def _is_open(program: Program, target: Target) -> bool:
    """Whether a target can have members that its definition does not show."""
    if target.kind == "class":
        return bool(program.modules[target.module].facts.scopes[target.scope].bases)
    if target.kind != "module":
        return True
    module = program.names.modules.get(target.module)
    return module is not None and any(
        not program.names.is_module(module.imported_from(star)) for star in module.star_imports
    )
