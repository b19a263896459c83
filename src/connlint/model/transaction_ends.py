"""A function that is given a session in, whether those who give it end the transaction out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model.enclosing import frames_around
from connlint.model.given import is_given
from connlint.model.reliance import next_commit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

    Way = tuple[ScopeId, Operation]
    Counts = Callable[[Operation], bool]

_GIVES_UP = frozenset({"close", "rollback"})


def without_end(project: Project, operation: Operation, counts: Counts) -> str:
    """Who reaches ``operation`` with a session and leaves its transaction without an end, in words.

    Nothing when all who are known to come there end it, and somebody is. ``counts`` says whether a
    commit is one that will stay.
    """
    ways = [way for way in project.ways_to(operation.effect) if not way[1].own]
    if not ways:
        return "nobody is known who calls it and ends the transaction"
    for scope, way in ways:
        if _ends(project, scope, way, counts):
            continue
        if not is_given(project.engine, scope, way) or project.injector(way.origin) is not None:
            return f"{project.symbol(scope)} does not end the transaction"
        if not _is_called(scope, ways):
            return f"nobody is known who calls {project.symbol(scope)} and ends the transaction"
    return ""


def _ends(project: Project, scope: ScopeId, way: Operation, counts: Counts) -> bool:
    """Whether a function itself ends the transaction in which it comes to the operation."""
    provider = project.injector(way.origin)
    if way.effect.kind == "rollback":
        return _gives_up(project, scope, way)
    if provider is not None and (provider.commits or provider.begins):
        return True
    if way.begun is not None and way.begun.how == "block":
        return True
    if _leaves_with_commit(project, scope, way, counts):
        return True
    statement = frames_around(project.module(scope[0]).body(scope[1]), way.at)[-1].statement
    if isinstance(statement, f.Return):
        return False
    return (
        next_commit(
            project, scope, way, lambda other: other.effect.kind == "commit" and counts(other)
        )
        < sys.maxsize
    )


def _leaves_with_commit(project: Project, scope: ScopeId, way: Operation, counts: Counts) -> bool:
    """Whether the block in which the function has the session commits when it is left."""
    return any(
        each.leaving
        and each.effect.kind == "commit"
        and each.effect.session == way.effect.session
        and each.at < way.at
        and counts(each)
        for each in project.run(scope).operations
    )


def _gives_up(project: Project, scope: ScopeId, way: Operation) -> bool:
    """Whether a function ends the session's transaction when something fails."""
    provider = project.injector(way.origin)
    if provider is not None:
        return provider.rolls_back or provider.closes
    return any(
        each.effect.session == way.effect.session
        and (each.leaving or each.effect.kind in _GIVES_UP)
        and each.effect.place != way.effect.place
        for each in project.run(scope).operations
    )


def _is_called(scope: ScopeId, ways: Sequence[Way]) -> bool:
    """Whether one of the ways leads through a function."""
    return any(
        (step.module, step.scope) == scope for _, way in ways for step in way.effect.chain[1:-1]
    )
