"""Places of a function in, the names read there that may be rows of a session out.

A rollback, and in most sessions a commit, expires the rows that were loaded. Reading one loads it
again, which a synchronous session does by itself and an asynchronous one refuses to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import ScopeId, walk
from connlint.model.program import Program
from connlint.model.roles import Roles

_PLAIN = (f.Const, f.Text, f.Compare, f.Not, f.Lambda)


class Expiry:
    """Answers for one program."""

    def __init__(self, program: Program, roles: Roles) -> None:
        self._program = program
        self._roles = roles

    def rows_read(self, scope: ScopeId, statements: Iterable[f.Stmt]) -> Iterator[str]:
        """The names of which ``statements`` read attributes and which may stand for rows."""
        for statement in walk(tuple(statements)):
            stored = {id(target) for target in getattr(statement, "targets", ())}
            for expression in expressions_of(statement):
                for node in descend(expression):
                    if (
                        isinstance(node, f.Attr)
                        and isinstance(node.value, f.Name)
                        and id(node) not in stored
                        and self.may_be_row(scope, node.value.id)
                    ):
                        yield node.value.id

    def may_be_row(self, scope: ScopeId, name: str) -> bool:
        """Whether a name of a function is not known to be anything else than a row."""
        module = self._program.modules[scope[0]]
        facts = module.facts.scopes[scope[1]]
        if any(param.name == name for param in facts.params):
            return self._may_be(self._program.static(module, scope[1], f.Name(name, 0)))
        if name not in facts.binds:
            parent = facts.parent
            is_inside = facts.kind == "function" and parent > 0
            return is_inside and self.may_be_row((scope[0], parent), name)
        sources = self._program.assigned(module, scope[1]).get(name, ())
        return not sources or any(self._may_give(scope, each) for each in sources)

    def _may_give(self, scope: ScopeId, source: f.Expr) -> bool:
        """Whether an expression may give a row, or something that keeps rows under attributes."""
        if isinstance(source, _PLAIN):
            return False
        if isinstance(source, (f.Seq, f.DictLit, f.Comp)):
            return False
        if isinstance(source, f.Name):
            return self.may_be_row(scope, source.id)
        module = self._program.modules[scope[0]]
        return self._may_be(self._program.static(module, scope[1], source))

    def _may_be(self, values: v.Values) -> bool:
        return not values or any(map(self._may_stand_for, values))

    def _may_stand_for(self, value: v.Value) -> bool:
        if not isinstance(value, v.Obj):
            return False
        owner = self._program.class_of(value.type)
        if owner is not None:
            return self._roles.is_model((owner.module, owner.scope))
        return not value.type
