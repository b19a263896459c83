"""The operations of one function in, which sessions its expressions and names hold out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.effects import Operation
from connlint.model.lifetimes.ownership import Ownership, arguments_of
from connlint.model.lifetimes.ways import Way
from connlint.model.names import Module

if TYPE_CHECKING:
    from connlint.model.catalog.types import Type
    from connlint.model.engine import Engine, FunctionRun
    from connlint.model.names import ScopeId

_DERIVED = frozenset({"cursor", "transaction", "query"})
WORK = frozenset({"read", "write", "execute", "flush"})

Place = tuple[int, int]
Given = list[tuple[int | str, frozenset[str]]]
"""The sessions among the arguments of a call, by position or keyword."""


class Holdings:
    """What the operations of a function say of its sessions. ``acquired``: the sessions that it
    opens itself or is handed open, with the operation that does."""

    def __init__(
        self, engine: Engine, ownership: Ownership, scope: ScopeId, run: FunctionRun
    ) -> None:
        self.scope = scope
        self._engine = engine
        self._ownership = ownership
        self._module: Module = engine.program.modules[scope[0]]
        self._own = f"s:{scope[0]}:{scope[1]}:"
        self._operations: dict[Place, list[Operation]] = {}
        for operation in run.operations:
            self._operations.setdefault((operation.at, operation.end), []).append(operation)
        self._callees: dict[Place, list[ScopeId]] = {}
        for at, end, callee in run.calls:
            self._callees.setdefault((at, end), []).append(callee)
        self._derived: set[str] = set()
        self.acquired = {
            each.effect.session: each
            for each in reversed(run.operations)
            if each.effect.kind == "acquire" and self.is_own(each.effect.session)
        }

    def is_own(self, session: str) -> bool:
        """Whether a session is opened by this very function, or handed out to it."""
        return session.startswith(self._own)

    def is_given(self, session: str) -> bool:
        """Whether a session is one that the function is given as a parameter."""
        return session[:2] == "p:" and session[2:] in self._parameters

    @property
    def _parameters(self) -> frozenset[str]:
        return frozenset(each.name for each in self._module.facts.scopes[self.scope[1]].params)

    def _parameter_type(self, name: str) -> Type | None:
        for param in self._module.facts.scopes[self.scope[1]].params:
            if param.name == name:
                program = self._engine.program
                for value in program.annotations.parameter(self._module, self.scope[1], param):
                    if program.is_session(value):
                        return program.database_type(value)
        return None

    # calls

    def _called(self, node: f.Call, way: Way) -> v.Values:
        """What a call calls: a method of a session on this way, else what the name may mean."""
        func = node.func
        if isinstance(func, f.Attr) and isinstance(func.value, f.Name):
            kind = self._type_of_name(func.value.id, way)
            if kind:
                return (v.Bound(v.Obj(kind, func.value.id), func.attr),)
        return self._engine.anywhere(self.scope, func)

    def _given(self, node: f.Call, way: Way) -> Given:
        """The sessions among the arguments, bound methods of them (``conn.close``) included."""
        if not way.names and not self.acquired:
            return []
        found = []
        for position, argument in arguments_of(node):
            sessions = self.holds(argument, way) | self._method_of(argument, way)
            if sessions:
                found.append((position, sessions))
        return found

    def _method_of(self, node: f.Expr, way: Way) -> frozenset[str]:
        if isinstance(node, f.Attr) and isinstance(node.value, f.Name):
            kind = self._type_of_name(node.value.id, way)
            method = self._engine.program.catalog.method(kind, node.attr) if kind else None
            if method is not None and "close" in method.effects:
                return way.held_by(node.value.id)
        return frozenset()

    def _type_of_name(self, name: str, way: Way) -> str:
        if name in self._derived:
            return ""
        for session in sorted(way.held_by(name)):
            known = self.acquired.get(session)
            found = self._ownership.type_of(known.effect.gives) if known is not None else None
            if found is not None:
                return found.name
        return ""

    def captured(self, scope: int, way: Way) -> tuple[frozenset[str], frozenset[str]]:
        """The sessions that a nested function uses, and those of them that it closes."""
        captured: set[str] = set()
        closed: set[str] = set()
        stack = [(scope, frozenset[str]())]
        while stack and way.names:
            number, hidden = stack.pop()
            hidden |= frozenset(self._module.facts.scopes[number].binds)
            stack.extend((child, hidden) for child in self._module.children.get(number, ()))
            for text in self._module.facts.scopes[number].called:
                root, _, method = text.partition(".")
                sessions = way.held_by(root) if root not in hidden else frozenset()
                captured |= sessions
                if not method or self._closes(root, method, way):
                    closed |= sessions
        return frozenset(captured), frozenset(closed)

    def _closes(self, name: str, method: str, way: Way) -> bool:
        kind = self._type_of_name(name, way)
        known = self._engine.program.catalog.method(kind, method) if kind else None
        return known is not None and "close" in known.effects

    # which sessions an expression holds

    def holds(self, node: f.Expr, way: Way) -> frozenset[str]:
        """The sessions that a value is, or surely has inside."""
        return self._inside(node, way, certain=True)

    def may_hold(self, node: f.Expr, way: Way) -> frozenset[str]:
        """The sessions that a value may have inside."""
        return self._inside(node, way, certain=False)

    def _inside(self, node: f.Expr, way: Way, *, certain: bool) -> frozenset[str]:
        if isinstance(node, f.Name):
            return way.held_by(node.id)
        if isinstance(node, f.Call):
            return self._inside_call(node, way, certain=certain)
        if isinstance(node, (f.Await, f.Starred, f.Bind)):
            return self._inside(node.value, way, certain=certain)
        parts: tuple[f.Expr, ...] = ()
        if isinstance(node, f.Cond):
            parts = (node.body, node.orelse)
        elif isinstance(node, (f.BoolOp, f.DictLit)):
            parts = node.values
        elif isinstance(node, f.Seq):
            parts = node.items
        elif isinstance(node, f.Attr) and not certain:
            return self._method_of(node, way)
        found: frozenset[str] = frozenset()
        for part in parts:
            found |= self._inside(part, way, certain=certain)
        return found

    def _inside_call(self, node: f.Call, way: Way, *, certain: bool) -> frozenset[str]:
        operations = self._operations.get((node.at, node.end), ())
        opened = frozenset(
            each.effect.session
            for each in operations
            if each.effect.kind == "acquire" and self.is_own(each.effect.session)
        )
        if opened:
            return opened
        found: frozenset[str] = frozenset()
        for position, argument in arguments_of(node):
            inner = self._inside(argument, way, certain=certain)
            if inner - found and self._carries(node, position, way, certain=certain):
                found |= inner
        if isinstance(node.func, f.Attr) and not any(e.effect.kind in WORK for e in operations):
            # A cursor, a query or a connection with options: what a session's method gives.
            receiver = node.func.value
            if not certain or not isinstance(receiver, f.Name) or self.is_derived(node, way):
                found |= self._inside(receiver, way, certain=certain)
        return found

    def is_derived(self, node: f.Expr, way: Way) -> bool:
        """Whether an expression asks a session for something that works on it: a cursor, say."""
        node = node.value if isinstance(node, f.Await) else node
        func = node.func if isinstance(node, f.Call) else None
        if not isinstance(func, f.Attr) or not isinstance(func.value, f.Name):
            return False
        catalog = self._engine.program.catalog
        kind = self._type_of_name(func.value.id, way)
        method = catalog.method(kind, func.attr) if kind else None
        found = catalog.type(method.returns) if method is not None else None
        return found is not None and found.kind in _DERIVED

    def _carries(self, node: f.Call, position: int | str, way: Way, *, certain: bool) -> bool:
        callees = self._called(node, way)
        if certain:
            return self._ownership.carries(callees, position)
        return self._ownership.may_carry(callees)
