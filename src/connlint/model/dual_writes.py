"""A function in, the facts that it writes to process memory and to the database out, where no order
says which of the two is right.

Database first, committed, and then memory is an order: memory mirrors what is certain. Taking back
what was written to memory when the database refuses is one, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.effects import Operation
from connlint.model.engine import Engine, FunctionRun
from connlint.model.expressions import calls_of, descend, expressions_of
from connlint.model.memory import (
    ANY_FIELD,
    Access,
    Fact,
    Facts,
    Memory,
    constant_text,
    facts_in,
    may_change,
    may_make,
)
from connlint.model.name_parts import last_name
from connlint.model.names import ScopeId, walk
from connlint.model.pending import PendingWalk
from connlint.model.written.statements import written_by_sql

_COMMON = frozenset({"id", "key", "name", "type", "created_at", "updated_at", "timestamp"})
"""Fields that different things have alike: sharing them does not make two writes one fact."""
_ASKING = frozenset({"filter_by", "filter", "where", "get", "params", "execution_options"})
"""Methods whose keywords choose rows rather than write them."""


class DualWrite(NamedTuple):
    """The same fact in both places. ``memory`` is the write to the container, ``stored_at`` and
    ``stored_end`` say where the database gets it."""

    memory: Access
    stored_at: int
    stored_end: int
    facts: Facts


class _Pending(NamedTuple):
    """Something written on the way. ``certain``: to the database, and committed."""

    kind: Literal["memory", "row", "database", "certain"]
    facts: Facts
    at: int
    end: int


class DualWrites:
    """Answers for the functions of one program, remembered."""

    def __init__(self, engine: Engine, run: Callable[[ScopeId], FunctionRun]) -> None:
        """``run`` gives what a function does."""
        self._engine = engine
        self._run = run
        self._memory = Memory(engine.program)
        self._known: dict[ScopeId, tuple[DualWrite, ...]] = {}

    def of(self, scope: ScopeId) -> tuple[DualWrite, ...]:
        """The dual writes of one function, the first one of each container, in order."""
        known = self._known.get(scope)
        if known is None:
            known = self._known[scope] = self._found(scope)
        return known

    def _found(self, scope: ScopeId) -> tuple[DualWrite, ...]:
        run = self._run(scope)
        if not any(each.effect.kind in ("write", "commit", "flush") for each in run.operations):
            return ()
        body = self._engine.program.modules[scope[0]].body(scope[1])
        accesses = self._memory.accesses(scope) if may_change(body) else {}
        if not any(each.facts for found in accesses.values() for each in found):
            return ()
        function = _Function(self._engine, scope, run, accesses)
        PendingWalk(function).run(body)
        return tuple(function.first_ones())


class _Function:
    """The walk through one function."""

    def __init__(
        self,
        engine: Engine,
        scope: ScopeId,
        run: FunctionRun,
        accesses: dict[int, tuple[Access, ...]],
    ) -> None:
        self._engine = engine
        self._program = engine.program
        self._module = engine.program.modules[scope[0]]
        self._scope = scope[1]
        self._body = self._module.body(scope[1])
        self._accesses = accesses
        changes = [each for found in accesses.values() for each in found if each.facts]
        self._writes = {each.at: each for each in changes}
        self._operations: dict[int, list[Operation]] = {}
        for operation in run.operations:
            self._operations.setdefault(operation.at, []).append(operation)
        self._callees = {(at, end): callee for at, end, callee in run.calls}
        self._found: dict[int, DualWrite] = {}

    def first_ones(self) -> Iterator[DualWrite]:
        """The first dual write of each container that nothing takes back."""
        seen: set[str] = set()
        for _, found in sorted(self._found.items()):
            if found.memory.container not in seen and not self._is_taken_back(found):
                seen.add(found.memory.container)
                yield found

    def _is_taken_back(self, found: DualWrite) -> bool:
        """Whether the container is put right when the database write raises."""
        for statement in walk(self._body):
            if not isinstance(statement, f.Try) or not statement.body:
                continue
            inside = any(
                getattr(each, "at", 0) <= found.stored_at <= getattr(each, "end", 0)
                for each in statement.body
            )
            if inside and any(
                access.container == found.memory.container and access.action != "read"
                for handler in statement.handlers
                for each in walk(handler.body)
                for access in self._accesses.get(getattr(each, "at", 0), ())
            ):
                return True
        return False

    # the walk

    def statement(self, node: f.Stmt, pending: frozenset[_Pending]) -> frozenset[_Pending]:
        """What is pending behind a statement without blocks."""
        for expression in expressions_of(node):
            pending = self.expression(expression, pending)
        at = getattr(node, "at", 0)
        own = [each for each in self._accesses.get(at, ()) if each.facts and each.action != "read"]
        for access in own:
            pending = self._remembered(access, pending)
        if not own and isinstance(node, f.Assign):
            for target in node.targets:
                if isinstance(target, f.Attr) and self._may_be_row(target.value):
                    fact = Fact(target.attr, constant_text(node.value))
                    pending |= {_Pending("row", frozenset({fact}), node.at, node.end)}
        return pending

    def expression(self, root: f.Expr, pending: frozenset[_Pending]) -> frozenset[_Pending]:
        """What is pending behind an expression."""
        for call in sorted(calls_of(root), key=lambda each: each.end):
            here = [each for each in self._operations.get(call.at, ()) if each.end == call.end]
            if any(_writes(each) for each in here):
                pending = self._sent(call, self._facts(call), pending)
            if any(each.effect.kind == "commit" for each in here):
                pending = self._committed(pending)
        return pending

    def enter(self, node: f.With, pending: frozenset[_Pending]) -> frozenset[_Pending]:
        """Commits in what is entered belong to leaving it."""
        return pending

    def leave(self, node: f.With, pending: frozenset[_Pending]) -> frozenset[_Pending]:
        """Leaving a block may commit."""
        places = {node.at}
        for item in node.items:
            places.update(getattr(each, "at", 0) for each in descend(item.context))
        if any(
            operation.effect.kind == "commit"
            for at in places
            for operation in self._operations.get(at, ())
        ):
            return self._committed(pending)
        return pending

    def failed(self, pending: frozenset[_Pending]) -> frozenset[_Pending]:
        """In a handler the database did not get what it was sent."""
        return frozenset(each for each in pending if each.kind in ("memory", "certain"))

    def repeated(self, items: frozenset[_Pending]) -> frozenset[_Pending]:
        """Rounds of a loop are no different from one."""
        return items

    # what happens

    def _remembered(self, access: Access, pending: frozenset[_Pending]) -> frozenset[_Pending]:
        """Something is written to memory."""
        is_open = False
        for each in _in_order(pending):
            if each.kind == "database" and (facts := _shared(access, each.facts)):
                is_open = True
                self._note(access, each, facts)
        if not is_open and any(
            each.kind == "certain" and _shared(access, each.facts) for each in pending
        ):
            return pending
        return pending | {_Pending("memory", access.facts, access.at, access.end)}

    def _sent(
        self, call: f.Call, facts: Facts, pending: frozenset[_Pending]
    ) -> frozenset[_Pending]:
        """Something is written to the database."""
        sent = _Pending("database", facts, call.at, call.end)
        self._compare(sent, pending)
        return pending | {sent}

    def _committed(self, pending: frozenset[_Pending]) -> frozenset[_Pending]:
        """What the database was sent is certain now, rows that were changed included."""
        for each in _in_order(pending):
            if each.kind == "row":
                self._compare(each, pending)
        return frozenset(
            each if each.kind == "memory" else each._replace(kind="certain") for each in pending
        )

    def _compare(self, sent: _Pending, pending: frozenset[_Pending]) -> None:
        for each in _in_order(pending):
            access = self._writes.get(each.at) if each.kind == "memory" else None
            if access is not None and (facts := _shared(access, sent.facts)):
                self._note(access, sent, facts)

    def _note(self, access: Access, sent: _Pending, facts: Facts) -> None:
        self._found.setdefault(access.at, DualWrite(access, sent.at, sent.end, facts))

    # what calls write

    def _facts(self, call: f.Call) -> Facts:
        """The facts that a call takes to the database."""
        found: set[Fact] = set()
        callee = self._callees.get((call.at, call.end))
        if callee is not None:
            found |= self._positional(call, callee)
        for node in descend(call):
            if isinstance(node, f.Call) and last_name(node.func) not in _ASKING:
                found |= {
                    Fact(each.name, constant_text(each.value)) if each.name else Fact(ANY_FIELD)
                    for each in node.keywords
                }
                for argument in node.args:
                    found |= self._argument(argument)
        return frozenset(found)

    def _positional(self, call: f.Call, callee: ScopeId) -> set[Fact]:
        params = self._program.modules[callee[0]].facts.scopes[callee[1]].params
        names = [param.name for param in params if param.kind in "po"]
        if names and names[0] in ("self", "cls"):
            names = names[1:]
        return {
            Fact(name, constant_text(argument))
            for name, argument in zip(names, call.args, strict=False)
        }

    def _argument(self, node: f.Expr) -> set[Fact]:
        if isinstance(node, f.Name):
            sources = self._program.assigned(self._module, self._scope).get(node.id, ())
            if len(sources) != 1:
                return set()
            node = sources[0]
        if isinstance(node, f.Const) and isinstance(node.value, str):
            return {Fact(written.name) for written in written_by_sql(node.value) if written.name}
        if isinstance(node, f.Call) and not may_make(
            self._program, self._module, self._scope, node
        ):
            return set()
        return set(facts_in(node)) if isinstance(node, (f.DictLit, f.Call)) else set()

    def _may_be_row(self, owner: f.Expr) -> bool:
        return any(
            isinstance(value, v.Obj) and self._engine.may_be_entity(value)
            for value in self._program.static(self._module, self._scope, owner)
        )


def _in_order(pending: frozenset[_Pending]) -> list[_Pending]:
    """By place, so that the first one is always the same."""
    return sorted(pending, key=lambda each: (each.at, each.end, each.kind))


def _writes(operation: Operation) -> bool:
    effect = operation.effect
    return effect.kind in ("write", "flush") or (
        effect.kind == "commit" and effect.writes and not operation.own
    )


def _shared(access: Access, facts: Facts) -> Facts:
    """What a write to memory has in common with one to the database."""
    return frozenset(
        mine
        for mine in access.facts
        if (mine.name != ANY_FIELD or access.action == "update")
        and mine.name not in _COMMON
        and mine.name not in access.key
        and not mine.name.endswith("_id")
        and any(
            mine.name == other.name
            and (mine.value == other.value or not mine.value or not other.value)
            for other in facts
        )
    )
