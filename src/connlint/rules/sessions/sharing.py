"""A function and a scoped session in, why the function can't take that one out.

A registry gives all that runs in a thread the same session: closing it ends what somebody else does
with it. So nobody else may work with it on any way that leads through the function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.model import values as v
from connlint.model.mentions import Mentions

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_ALONE = frozenset({"cli"})
"""Entry points that have their thread to themselves from start to end."""


def why_shared(project: Project, scope: ScopeId, registry: str) -> str:
    """Why the session of ``registry`` is not a function's own; empty when it can be."""
    entries = [each for each in project.entry_points_of(scope) if each.kind not in _ALONE]
    if entries:
        return f"{registry} is shared with all that {entries[0].name} runs"
    if _is_handed_on(project, registry):
        return f"{registry} is handed on, and who works with its session is not known"
    others = [each for each in _users(project, registry) if each != scope]
    for caller in project.call_graph.callees:
        if caller != scope and not project.calls_into(caller, scope):
            continue
        for other in others:
            if other == caller or project.calls_into(caller, other):
                return f"{project.symbol(other)} works with the same session of {registry}"
    return ""


def _users(project: Project, registry: str) -> frozenset[ScopeId]:
    """The functions that work with the session of a registry themselves."""
    held = f"g:{registry}"
    return frozenset(
        scope
        for scope, operation in project.known_operations()
        if operation.own
        and (
            operation.effect.provider == registry
            or held in (operation.effect.session, operation.effect.source)
        )
    )


def _is_handed_on(project: Project, registry: str) -> bool:
    """Whether a registry, or what asks it for queries, is stored or given to something."""

    def wanted(value: v.Value) -> str:
        is_it = isinstance(value, v.Obj) and value.id == f"g:{registry}"
        return registry if is_it else ""

    asks = any(
        text.endswith(".query_property")
        for module in project.program.modules.values()
        for scope in module.facts.scopes
        for text in scope.called
    )
    mentions = Mentions(project.program, project.engine.relevance, wanted)
    return asks or next(mentions.handed_on(), None) is not None
