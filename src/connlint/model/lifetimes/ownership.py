"""Expressions and calls that a session goes into in, who has to close it afterwards out.

Three answers: the result *carries* the session (an instance that keeps it, a tuple), the callee
*takes* it (a container, a pool, an object's attribute, work that goes on by itself), or neither,
and the function that opened it still has it. Where that can't be told, it counts as taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.types import Type
from connlint.model.classes import ClassId
from connlint.model.effects import Operation
from connlint.model.expressions import calls_in
from connlint.model.lifetimes.guarded import is_guarded
from connlint.model.names import Module, walk

if TYPE_CHECKING:
    from connlint.model.engine import Engine
    from connlint.model.names import ScopeId

Taking = Literal["", "taken", "returned"]
"""Whether a callee takes a session over, or puts it back to where it is handed out from."""

_MAX_DEPTH = 4
_PASSES_ON = frozenset(
    {
        "asyncio.wait_for", "asyncio.shield", "contextlib.closing", "contextlib.aclosing",
        "functools.partial", "typing.cast", "contextlib.nullcontext",
    }
)  # fmt: skip
_HARMLESS = ("builtins.", "logging.", "time.", "datetime.", "uuid.", "os.path.", "secrets.")
_HARMFUL = frozenset({"builtins.open", "builtins.input", "builtins.exec", "builtins.eval"})
_CLEANING = frozenset({"close", "rollback"})
_MINOR_CALLS = frozenset(
    ["debug", "info", "warning", "error", "exception", "critical", "log", "close", "aclose"]
)
"""Methods whose failure nobody reckons with, of objects of which nothing is known."""


class Ownership:
    """Answers for one program, remembered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._program = engine.program
        self._takes: dict[tuple[ScopeId, str], Taking] = {}
        self._keeps: dict[tuple[ClassId, str], bool] = {}

    # what a call does with an argument

    def taking(self, callees: v.Values, position: int | str) -> Taking:
        """What the callee of a call does with a session in the argument at ``position``."""
        found: Taking = ""
        for value in callees or (v.NONE[0],):
            found = self._taking_of(value, position) or found
        return found

    def _taking_of(self, value: v.Value, position: int | str) -> Taking:
        program = self._program
        if isinstance(value, v.Func):
            return self._taken_by(value, position, 0)
        if isinstance(value, v.Class):
            return ""
        if isinstance(value, v.Ext):
            return "taken" if value.name in program.catalog.spawns else ""
        if isinstance(value, v.Bound):
            name = f"{value.receiver.type}.{value.method}"
            kind = program.kind(value.receiver)
            if name in program.catalog.spawns:
                return "taken"
            return "" if kind else "returned"
        if isinstance(value, v.Obj) and program.kind(value):
            return ""
        return "taken"

    def _taken_by(self, function: v.Func, position: int | str, depth: int) -> Taking:
        module = self._program.modules[function.module]
        params = module.facts.scopes[function.scope].params
        if isinstance(position, int):
            shift = 1 if self._is_bound(function) else 0
            usual = [param.name for param in params if param.kind in "po"]
            index = position + shift
            name = usual[index] if index < len(usual) else ""
        else:
            name = position if any(param.name == position for param in params) else ""
        return self._takes_parameter(function, name, depth) if name else ""

    def _is_bound(self, function: v.Func) -> bool:
        if function.receiver is not None:
            return True
        module = self._program.modules[function.module]
        return self._engine.receiver(module, function.scope) is not None

    def _takes_parameter(self, function: v.Func, name: str, depth: int) -> Taking:
        key = ((function.module, function.scope), name)
        known = self._takes.get(key)
        if known is not None or depth > _MAX_DEPTH:
            return known or ""
        self._takes[key] = ""
        module = self._program.modules[function.module]
        body = module.body(function.scope)
        found: Taking = ""
        if any(_stores(statement, name) for statement in walk(body)):
            found = "taken"
        for call in calls_in(body):
            for position, argument in arguments_of(call):
                if isinstance(argument, f.Name) and argument.id == name:
                    found = self._inner(module, function.scope, call, position, depth) or found
        self._takes[key] = found
        return found

    def _inner(
        self, module: Module, scope: int, call: f.Call, position: int | str, depth: int
    ) -> Taking:
        """What a call inside a callee does with the session that the callee was given."""
        found: Taking = ""
        for value in self._engine.anywhere((module.name, scope), call.func):
            if isinstance(value, v.Func):
                found = self._taken_by(value, position, depth + 1) or found
            elif isinstance(value, v.Bound) and not self._program.kind(value.receiver):
                found = self._taking_of(value, position) or found
            elif v.is_unknown(value) and isinstance(call.func, f.Attr):
                found = found or "taken"
        return found

    # what the result of a call has inside

    def carries(self, callees: v.Values, position: int | str) -> bool:
        """Whether what a call gives is sure to keep the session in the argument at ``position``."""
        for value in callees:
            if isinstance(value, v.Ext) and value.name in _PASSES_ON:
                return True
            if isinstance(value, v.Class):
                owner = ClassId(value.module, value.scope)
                if self._is_kept(owner, position):
                    return True
        return False

    def may_carry(self, callees: v.Values) -> bool:
        """Whether what a call gives may keep a session that is among its arguments."""
        for value in callees:
            if isinstance(value, v.Func):
                if self._hands_back(value):
                    return True
            elif isinstance(value, v.Ext):
                last = value.name.rpartition(".")[2]
                if value.name in _PASSES_ON or last[:1].isupper():
                    return True
            elif not isinstance(value, v.Bound) or not self._program.kind(value.receiver):
                return True
        return not callees

    def _hands_back(self, function: v.Func) -> bool:
        """Whether a function returns one of its parameters, or an instance of some class."""
        summary = self._engine.run((function.module, function.scope)).summary
        return any(
            isinstance(value, v.Obj) and value.id.startswith(("p:", "new:"))
            for value in v.flattened(summary.returns)
        )

    def _is_kept(self, owner: ClassId, position: int | str) -> bool:
        """Whether an instance keeps what its constructor is given there."""
        found = self._program.hierarchy.method(owner, "__init__")
        if found is None:
            return False
        module = self._program.modules[found[0].module]
        params = module.facts.scopes[found[1]].params
        if isinstance(position, int):
            name = params[position + 1].name if position + 1 < len(params) else ""
        else:
            name = position
        key = (ClassId(module.name, found[1]), name)
        known = self._keeps.get(key)
        if known is None:
            summary = self._engine.run((module.name, found[1])).summary
            known = self._keeps[key] = any(
                isinstance(value, v.Obj) and value.id == f"p:{name}"
                for (holder, _), values in summary.fields
                for value in values
                if holder == "self"
            )
        return known

    # what a call may do to the way

    def may_fail(self, callees: v.Values, call: f.Call) -> bool:
        """Whether an exception out of a call has to be reckoned with."""
        return not callees or any(self._may_raise(value, call) for value in callees)

    def _may_raise(self, value: v.Value, call: f.Call) -> bool:
        if isinstance(value, v.Ext):
            if value.name in _PASSES_ON:
                return False
            return value.name in _HARMFUL or not value.name.startswith(_HARMLESS)
        if isinstance(value, v.Bound):
            return self._may_method_raise(value)
        if isinstance(value, v.Func):
            return not self._is_guarded(value)
        if v.is_unknown(value) and isinstance(call.func, f.Attr):
            return call.func.attr not in _MINOR_CALLS
        return True

    def _is_guarded(self, function: v.Func) -> bool:
        """Whether no exception leaves a function; one that starts later has not even begun."""
        module = self._program.modules[function.module]
        facts = module.facts.scopes[function.scope]
        return not facts.is_generator and is_guarded(module.body(function.scope))

    def _may_method_raise(self, value: v.Bound) -> bool:
        """Whether it matters that a method raises: not while it cleans up or makes a cursor."""
        kind = self._program.kind(value.receiver)
        if not kind:
            return not value.receiver.type.startswith(("builtins.", "logging."))
        method = self._program.catalog.method(value.receiver.type, value.method)
        if method is None:
            return True
        return not set(method.effects) <= _CLEANING

    # operations and types

    def is_checkin(self, operation: Operation) -> bool:
        """Whether a connection is closed by giving it to its pool (``pool.putconn(conn)``)."""
        owner, _, method = operation.effect.chain[-1].text.rpartition(".")
        found = self._program.catalog.method(owner, method)
        return found is not None and found.subject is not None

    def type_of(self, name: str) -> Type | None:
        """The catalogue's entry of a session's or connection's type."""
        return self._program.catalog_type(name) if name else None


def arguments_of(call: f.Call) -> list[tuple[int | str, f.Expr]]:
    """The arguments of a call, each with its position or keyword."""
    found: list[tuple[int | str, f.Expr]] = list(enumerate(call.args))
    found.extend((keyword.name or "**", keyword.value) for keyword in call.keywords)
    return found


def _stores(statement: f.Stmt, name: str) -> bool:
    """Whether a statement stores a name in an attribute or a container."""
    return (
        isinstance(statement, f.Assign)
        and isinstance(statement.value, f.Name)
        and statement.value.id == name
        and any(isinstance(target, (f.Attr, f.Index)) for target in statement.targets)
    )
