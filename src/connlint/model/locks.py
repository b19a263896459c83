"""A class in, what its methods do to its attributes with and without one of its locks out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import descend, expressions_of, targets_of
from connlint.model.names import Module, blocks, walk
from connlint.model.program import Program

_LOCKS = frozenset({
    "threading.Lock", "threading.RLock", "threading.Condition", "threading.Semaphore",
    "threading.BoundedSemaphore", "multiprocessing.Lock", "multiprocessing.RLock",
})  # fmt: skip
_CHANGES = frozenset({
    "clear", "pop", "popitem", "update", "setdefault", "append", "add", "remove", "discard",
    "extend", "insert",
})  # fmt: skip
_OWN = frozenset({"self", "cls"})


class Access(NamedTuple):
    """One use of an attribute of the instance or class in a method."""

    attr: str
    method: int
    at: int
    end: int
    writes: bool
    lock: str
    """The lock that is held there; empty for none."""


class OwnCall(NamedTuple):
    """A call of another method of the same object."""

    name: str
    locked: bool


class LockUse(NamedTuple):
    """A class that has locks: the uses of its attributes and the calls between its methods."""

    locks: frozenset[str]
    accesses: tuple[Access, ...]
    calls: tuple[OwnCall, ...]


def lock_use(program: Program, module: Module, owner: int) -> LockUse | None:
    """How a class uses its locks; ``None`` for a class that has none."""
    locks = frozenset(_locks(program, module, owner))
    if not locks:
        return None
    accesses: list[Access] = []
    calls: list[OwnCall] = []
    for number in _methods(module, owner):
        walker = _Walker(locks, number)
        walker.walk(module.body(number), "")
        accesses += walker.accesses
        calls += walker.calls
    return LockUse(locks, tuple(accesses), tuple(calls))


def _methods(module: Module, owner: int) -> Iterator[int]:
    for number in module.children.get(owner, ()):
        if module.facts.scopes[number].kind == "function":
            yield number


def _locks(program: Program, module: Module, owner: int) -> Iterator[str]:
    for number in (owner, *_methods(module, owner)):
        if not any(
            text.rpartition(".")[2] in ("Lock", "RLock", "Condition", "Semaphore")
            for text in module.facts.scopes[number].called
        ):
            continue
        for statement in walk(module.body(number)):
            if not isinstance(statement, (f.Assign, f.Annotated)):
                continue
            value = statement.value
            if not isinstance(value, f.Call):
                continue
            makes = (
                isinstance(each, v.Ext) and each.name in _LOCKS
                for each in program.static(module, number, value.func)
            )
            if any(makes):
                for target in targets_of(statement):
                    if isinstance(target, f.Name) and number == owner:
                        yield target.id
                    elif name := own_attribute(target):
                        yield name


def own_attribute(node: f.Expr) -> str:
    """The name of an attribute of ``self`` or ``cls``; nothing for anything else."""
    if isinstance(node, f.Attr) and isinstance(node.value, f.Name) and node.value.id in _OWN:
        return node.attr
    return ""


class _Walker:
    """Goes through one method, keeping in mind which lock is held."""

    def __init__(self, locks: frozenset[str], method: int) -> None:
        self._locks = locks
        self._method = method
        self.accesses: list[Access] = []
        self.calls: list[OwnCall] = []

    def walk(self, body: f.Body, held: str) -> None:
        """Note what the statements do; a lock that is acquired by a call is held from there on."""
        for statement in body:
            held = held or self._acquired(statement)
            inside = held or self._entered(statement)
            for expression in expressions_of(statement):
                self._read(statement, expression, held)
            self._write(statement, held)
            for block in blocks(statement):
                self.walk(block, inside)

    def _entered(self, statement: f.Stmt) -> str:
        if isinstance(statement, f.With):
            for item in statement.items:
                if (name := own_attribute(item.context)) in self._locks:
                    return name
        return ""

    def _acquired(self, statement: f.Stmt) -> str:
        for expression in expressions_of(statement):
            for node in descend(expression):
                if (
                    isinstance(node, f.Call)
                    and isinstance(node.func, f.Attr)
                    and node.func.attr == "acquire"
                    and (name := own_attribute(node.func.value)) in self._locks
                ):
                    return name
        return ""

    def _note(self, attr: str, statement: f.Stmt, held: str, *, writes: bool) -> None:
        at, end = getattr(statement, "at", 0), getattr(statement, "end", 0)
        self.accesses.append(Access(attr, self._method, at, end, writes, held))

    def _read(self, statement: f.Stmt, expression: f.Expr, held: str) -> None:
        for node in descend(expression):
            if isinstance(node, f.Call) and isinstance(node.func, f.Attr):
                if name := own_attribute(node.func):
                    self.calls.append(OwnCall(name, bool(held)))
                elif node.func.attr in _CHANGES and (name := own_attribute(node.func.value)):
                    self._note(name, statement, held, writes=True)
            elif name := own_attribute(node):
                self._note(name, statement, held, writes=False)

    def _write(self, statement: f.Stmt, held: str) -> None:
        if not isinstance(statement, (f.Assign, f.Delete, f.AugAssign, f.Annotated)):
            return
        for target in targets_of(statement):
            base = target.value if isinstance(target, f.Index) else target
            if name := own_attribute(base):
                self._note(name, statement, held, writes=True)
