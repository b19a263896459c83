"""What rules share: building a suspect at a place of a function, and questions that several ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import EntryPointRef, FixIntent, Priority, Suspect, TraceStep
from connlint.location import span_between, unpack
from connlint.model.expressions import descend, end_of, expressions_of
from connlint.model.names import walk

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

EXEMPT_ROLES = frozenset({"test", "migration"})
"""Roles in which sessions and engines may be made (SPEC, decisions on real code, general)."""


def suspect(
    project: Project,
    code: str,
    scope: ScopeId,
    at: int,
    end: int,
    *,
    message: str,
    matched: str,
    shape: str | None = None,
    priority: Priority = "medium",
    trace: tuple[TraceStep, ...] = (),
    entry_point: EntryPointRef | None = None,
    intent: FixIntent | None = None,
) -> Suspect:
    """A suspect at ``at`` .. ``end`` (packed positions) inside ``scope``.

    Its ``shape`` is ``call``, ``name`` or ``statement`` by what stands there, if not given.
    """
    return Suspect(
        code=code,
        path=project.path(scope),
        span=span_between(at, end),
        shape=_shape_at(project, scope, at, end) if shape is None else shape,
        message=message,
        symbol=project.symbol(scope),
        matched=matched,
        priority=priority,
        entry_point=entry_point if entry_point is not None else project.entry_ref(scope),
        trace=trace,
        intent=intent,
    )


def _shape_at(project: Project, scope: ScopeId, at: int, end: int) -> str:
    for statement in walk(project.module(scope[0]).body(scope[1])):
        for expression in expressions_of(statement):
            for node in descend(expression):
                if getattr(node, "at", None) != at:
                    continue
                if isinstance(node, f.Call) and node.end == end:
                    return "call"
                if isinstance(node, (f.Name, f.Attr)) and end_of(node) == end:
                    return "name"
    return "statement"


def step(project: Project, scope: ScopeId, at: int, note: str) -> TraceStep:
    """A place of a function as evidence."""
    line, column = unpack(at)
    return TraceStep(project.path(scope), line, column, project.symbol(scope), note)


def trace_to(project: Project, operation: Operation) -> tuple[TraceStep, ...]:
    """The calls that lead to an operation; none where the function does it itself."""
    return () if operation.own else project.trace(operation.effect)


def by_place(operation: Operation) -> tuple[int, int]:
    """The key to sort operations by place; at one place the shortest way to it comes first."""
    return (operation.at, len(operation.effect.chain))


def may_make_sessions(project: Project, scope: ScopeId) -> bool:
    """Whether a function stands where factories, engines and sessions are allowed."""
    return project.is_owner(scope[0]) or project.role(scope) in EXEMPT_ROLES


def instead(project: Project) -> str:
    """``use app.db.get_session``, or a word that the standard names no provider."""
    provider = project.preferred_provider
    return f"use {provider}" if provider else "declare a provider in sessions.providers and use it"
