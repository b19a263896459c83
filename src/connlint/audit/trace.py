"""A function of the project in, what it is for and what it does to the database out.

It answers the question behind most findings: who gets here, and what happens then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from connlint.errors import UsageError
from connlint.findings import TraceStep
from connlint.location import line_of, unpack

if TYPE_CHECKING:
    from connlint.model.entry_points import EntryPoint
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_MOST_CANDIDATES = 10


class Reach(msgspec.Struct, frozen=True):
    """An entry point that leads to the function, and the functions on the shortest way there."""

    kind: str
    name: str
    path: str
    line: int
    through: tuple[str, ...]


class TracedEffect(msgspec.Struct, frozen=True):
    """One thing that running the function does to the database.

    ``states`` are those that the entity may have at a commit; ``chain`` ends at the operation.
    """

    kind: str
    path: str
    line: int
    column: int
    states: tuple[str, ...]
    chain: tuple[TraceStep, ...]


class FunctionTrace(msgspec.Struct, frozen=True):
    """A function, class body or module with its role, what reaches it and its effects."""

    symbol: str
    path: str
    line: int
    role: str
    entry_points: tuple[Reach, ...]
    effects: tuple[TracedEffect, ...]


def trace_function(project: Project, scope: ScopeId) -> FunctionTrace:
    """Everything that is known about ``scope``."""
    ways = _ways_to(project, scope)
    return FunctionTrace(
        symbol=project.symbol(scope),
        path=project.path(scope),
        line=_line(project, scope),
        role=project.role(scope),
        entry_points=tuple(
            Reach(entry.kind, entry.name, entry.path, entry.line, ways[entry.module, entry.scope])
            for entry in _entries(project, scope)
        ),
        effects=tuple(_effects(project, scope)),
    )


def find_function(project: Project, target: str) -> ScopeId:
    """The function that ``target`` names: dotted, the end of such a name, or ``FILE:LINE``.

    Raises :class:`UsageError` when it names none, or several.
    """
    path, _, line = target.rpartition(":")
    if path and line.isdigit():
        return _function_at(project, path, int(line))
    symbols = {project.symbol(scope): scope for scope in _functions(project)}
    if target in symbols:
        return symbols[target]
    matching = sorted(symbol for symbol in symbols if symbol.endswith(f".{target}"))
    if len(matching) == 1:
        return symbols[matching[0]]
    if matching:
        listed = ", ".join(matching[:_MOST_CANDIDATES])
        raise UsageError(f"{target} is the end of several names: {listed}")
    raise UsageError(f"no function is called {target}{_hint(target, symbols)}")


def _hint(target: str, symbols: dict[str, ScopeId]) -> str:
    from connlint.config.spelling import closest

    if nearest := closest(target, symbols):
        return f"; did you mean {nearest}?"
    last_names = {symbol.rpartition(".")[2]: symbol for symbol in symbols}
    nearest = closest(target.rpartition(".")[2], last_names)
    return f"; did you mean {last_names[nearest]}?" if nearest else ""


def _functions(project: Project) -> Iterator[ScopeId]:
    for module in project.program.modules.values():
        for number, scope in enumerate(module.facts.scopes):
            if scope.kind in ("function", "module"):
                yield module.name, number


def _function_at(project: Project, path: str, line: int) -> ScopeId:
    """The innermost function around a line; the module itself outside of all."""
    for module in project.program.modules.values():
        if module.path == path:
            if not 1 <= line <= max(module.facts.lines, 1):
                raise UsageError(f"{path} has no line {line}, but {module.facts.lines} of them")
            around = [
                number
                for number, scope in enumerate(module.facts.scopes)
                if scope.kind == "function" and _covers(scope.at, scope.end, line)
            ]
            return module.name, max(around, default=0, key=lambda n: module.facts.scopes[n].at)
    from connlint.config.spelling import closest

    near = closest(path, [module.path for module in project.program.modules.values()])
    hint = f"; did you mean {near}?" if near else ""
    raise UsageError(f"{path} is no readable file of the project{hint}")


def _covers(at: int, end: int, line: int) -> bool:
    return line_of(at) <= line <= line_of(end)


def _line(project: Project, scope: ScopeId) -> int:
    line = line_of(project.module(scope[0]).facts.scopes[scope[1]].at)
    return max(line, 1)


def _entries(project: Project, scope: ScopeId) -> list[EntryPoint]:
    return sorted(project.entry_points_of(scope), key=lambda entry: (entry.path, entry.line))


def _ways_to(project: Project, scope: ScopeId) -> dict[ScopeId, tuple[str, ...]]:
    """For each function that leads to ``scope``, the symbols on the shortest way, both ends in."""
    callers: dict[ScopeId, list[ScopeId]] = {}
    for caller, callees in project.call_graph.callees.items():
        for callee in callees:
            callers.setdefault(callee, []).append(caller)
    ways: dict[ScopeId, tuple[str, ...]] = {scope: (project.symbol(scope),)}
    waiting = deque([scope])
    while waiting:
        callee = waiting.popleft()
        for caller in callers.get(callee, ()):
            if caller not in ways:
                ways[caller] = (project.symbol(caller), *ways[callee])
                waiting.append(caller)
    return ways


def _effects(project: Project, scope: ScopeId) -> Iterator[TracedEffect]:
    for operation in project.run(scope).operations:
        effect = operation.effect
        line, column = unpack(operation.at)
        yield TracedEffect(
            kind=effect.kind,
            path=project.path(scope),
            line=line,
            column=column,
            states=tuple(sorted(state or "unknown" for state in effect.states)),
            chain=project.trace(effect),
        )
