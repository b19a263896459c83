"""A session of a function in, the expression by which the function itself names it out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.name_parts import dotted

if TYPE_CHECKING:
    from connlint.model.catalog.types import EffectKind, Method
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class SessionName(NamedTuple):
    """``text`` is the expression (``session``, ``self.session``), ``type`` the library's class."""

    text: str
    type: str

    def method(self, project: Project, name: str, effect: EffectKind) -> Method | None:
        """The method of this name, if that is what it does to the session."""
        found = project.program.catalog.method(self.type, name)
        return found if found is not None and effect in found.effects else None


def session_name(project: Project, scope: ScopeId, session: str) -> SessionName | None:
    """How ``scope`` names a session that its operations know by this identity.

    ``None`` when it never does so with a name or with attributes of one.
    """
    for expression in _expressions(project, scope, session):
        text = dotted(expression)
        types = {
            found.name
            for value in project.engine.anywhere(scope, expression)
            if value != v.NONE[0] and not v.is_unknown(value)
            if (found := project.program.database_type(value)) is not None
            and found.kind in ("session", "connection")
        }
        if text and len(types) == 1:
            return SessionName(text, types.pop())
    return None


def _expressions(project: Project, scope: ScopeId, session: str) -> Iterator[f.Expr]:
    """The expressions that may name it: a parameter, or what its own operations are methods of."""
    kind, _, name = session.partition(":")
    params = project.module(scope[0]).facts.scopes[scope[1]].params
    if kind == "p" and any(param.name == name for param in params):
        yield f.Name(name, 0)
        return
    calls = project.sites.calls(scope)
    for operation in project.run(scope).operations:
        call = calls.get((operation.at, operation.end))
        if operation.own and operation.effect.session == session and call is not None:
            method = operation.effect.chain[-1].text.rpartition(".")[2]
            if isinstance(call.func, f.Attr) and call.func.attr == method:
                yield call.func.value
