"""A module in, the differences of wall-clock times in it that are used as ages or time-outs out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import descend, end_of, expressions_of
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.program import Program

_CLOCKS = {
    "time.time": "time.time()",
    "time.time_ns": "time.time_ns()",
    "datetime.datetime.now": "datetime.now()",
    "datetime.datetime.utcnow": "datetime.utcnow()",
}
_WORDS = frozenset(name.rpartition(".")[2] for name in _CLOCKS)
_ORDERINGS = frozenset({"<", "<=", ">", ">="})
_MAX_DEPTH = 3


class Duration(NamedTuple):
    """One difference: the reading of the clock in it, and which clock that is."""

    at: int
    end: int
    shape: str
    clock: str


class Durations:
    """Finds differences between the clock now and what the process itself has put down before.

    Times that come from elsewhere (files, rows, tokens) are wall-clock times and stay out.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._stamps: dict[str, frozenset[str]] = {}

    def of(self, module: Module, number: int) -> Iterator[Duration]:
        """The differences in one function that measure an age or a time-out."""
        called = module.facts.scopes[number].called
        if not any(text.rpartition(".")[2] in _WORDS for text in called):
            return
        for statement in walk(module.body(number)):
            for expression in expressions_of(statement):
                for node in descend(expression):
                    if isinstance(node, f.BinOp) and node.op == "-":
                        found = self._duration(module, number, node)
                        if found is not None and self._matters(module, number, statement, node):
                            yield found

    def _duration(self, module: Module, number: int, node: f.BinOp) -> Duration | None:
        clock = self._reading(module, number, node.left)
        if not clock or not self._is_stamp(module, number, node.right, 0):
            return None
        left = node.left
        if isinstance(left, f.Call):
            return Duration(left.at, left.end, "call", clock)
        if isinstance(left, f.Name):
            return Duration(left.at, end_of(left), "name", clock)
        return None

    def _reading(self, module: Module, number: int, node: f.Expr) -> str:
        """The clock that an expression reads now: a call, or a local name for one."""
        if isinstance(node, f.Call):
            return self._clock(module, number, node)
        if isinstance(node, f.Name):
            values = self._program.assigned(module, number).get(node.id, ())
            clocks = [
                self._clock(module, number, each) if isinstance(each, f.Call) else ""
                for each in values
            ]
            return clocks[0] if clocks and all(clocks) else ""
        return ""

    def _clock(self, module: Module, number: int, node: f.Call) -> str:
        func = node.func
        if last_name(func) not in _WORDS and not isinstance(func, f.Name):
            return ""
        for value in self._program.static(module, number, func):
            if isinstance(value, v.Ext) and value.name in _CLOCKS:
                return _CLOCKS[value.name]
        return ""

    def names_of(self, module: Module) -> frozenset[str]:
        """The attributes, keys and globals that a module keeps times in, and nobody else names."""
        others = [
            body
            for other in self._program.modules.values()
            if other is not module
            for body in other.facts.bodies
        ]
        return frozenset(
            name for name in self._kept(module) if not any(name.encode() in body for body in others)
        )

    # what the process has put down

    def _is_stamp(self, module: Module, number: int, node: f.Expr, depth: int) -> bool:
        """Whether an expression comes from where the process keeps times of its own clock."""
        if depth > _MAX_DEPTH:
            return False
        stamps = self._kept(module)
        for each in descend(node):
            if isinstance(each, f.Attr) and each.attr in stamps:
                return True
            if isinstance(each, f.Const) and isinstance(each.value, str) and each.value in stamps:
                return True
            if isinstance(each, f.Name) and self._is_local_stamp(module, number, each, depth):
                return True
        return False

    def _is_local_stamp(self, module: Module, number: int, node: f.Name, depth: int) -> bool:
        if self._reading(module, number, node):
            return True
        if node.id in module.facts.scopes[0].binds and node.id in self._kept(module):
            return True
        sources = [
            *self._program.assigned(module, number).get(node.id, ()),
            *_iterated(module.body(number), node.id),
        ]
        return any(
            not isinstance(each, f.Name) and self._is_stamp(module, number, each, depth + 1)
            for each in sources
        )

    def _kept(self, module: Module) -> frozenset[str]:
        """The attributes, keys and keyword arguments that a module stores readings under."""
        known = self._stamps.get(module.name)
        if known is None:
            known = self._stamps[module.name] = frozenset(self._stores(module))
        return known

    def _stores(self, module: Module) -> Iterator[str]:
        for number, scope in enumerate(module.facts.scopes):
            if not any(text.rpartition(".")[2] in _WORDS for text in scope.called):
                continue
            for statement in walk(module.body(number)):
                if isinstance(statement, (f.Assign, f.Annotated)) and statement.value is not None:
                    targets = (
                        statement.targets
                        if isinstance(statement, f.Assign)
                        else (statement.target,)
                    )
                    if self._reading(module, number, statement.value):
                        yield from (
                            name for target in targets if (name := _kept_in(target, number))
                        )
                for expression in expressions_of(statement):
                    yield from self._given(module, number, expression)

    def _given(self, module: Module, number: int, expression: f.Expr) -> Iterator[str]:
        for node in descend(expression):
            if isinstance(node, f.Call):
                for keyword in node.keywords:
                    if keyword.name and self._reading(module, number, keyword.value):
                        yield keyword.name
            elif isinstance(node, f.DictLit):
                for key, value in zip(node.keys, node.values, strict=True):
                    if (
                        isinstance(key, f.Const)
                        and isinstance(key.value, str)
                        and self._reading(module, number, value)
                    ):
                        yield key.value

    # what it is used for

    def _matters(self, module: Module, number: int, statement: f.Stmt, node: f.BinOp) -> bool:
        """Whether a difference decides something, or is the age of something kept.

        How long a function itself took, for a log line, does not.
        """
        right = node.right
        if not (isinstance(right, f.Name) and self._reading(module, number, right)):
            return True
        return _is_compared(statement, node) or self._is_compared_later(module, number, statement)

    def _is_compared_later(self, module: Module, number: int, statement: f.Stmt) -> bool:
        if not isinstance(statement, f.Assign):
            return False
        names = {target.id for target in statement.targets if isinstance(target, f.Name)}
        return any(
            isinstance(node, f.Compare)
            and any(op in _ORDERINGS for op in node.ops)
            and any(isinstance(part, f.Name) and part.id in names for part in descend(node))
            for other in walk(module.body(number))
            for expression in expressions_of(other)
            for node in descend(expression)
        )


def _is_compared(statement: f.Stmt, wanted: f.BinOp) -> bool:
    return any(
        isinstance(node, f.Compare)
        and any(op in _ORDERINGS for op in node.ops)
        and any(part is wanted for part in descend(node))
        for expression in expressions_of(statement)
        for node in descend(expression)
    )


def _kept_in(target: f.Expr, number: int) -> str:
    """The name of the place, beyond the function, that a reading is stored in."""
    if isinstance(target, f.Index):
        if isinstance(target.index, f.Const) and isinstance(target.index.value, str):
            return target.index.value
        return _kept_in(target.value, 0)
    if isinstance(target, f.Attr):
        return target.attr
    return target.id if isinstance(target, f.Name) and not number else ""


def _iterated(body: f.Body, name: str) -> Iterator[f.Expr]:
    """What a loop or comprehension takes a name from."""
    for statement in walk(body):
        if isinstance(statement, f.For) and _binds(statement.target, name):
            yield statement.iter
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Comp):
                    yield from (each.iter for each in node.generators if _binds(each.target, name))


def _binds(target: f.Expr, name: str) -> bool:
    return any(isinstance(node, f.Name) and node.id == name for node in descend(target))
