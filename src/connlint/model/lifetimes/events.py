"""What calls, bindings and blocks of one function do to its sessions, on one way at a time.

Built on the operations that the interpreter found in the function; keeps what rules ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.builtin_calls import NEVER_RETURN
from connlint.model.effects import Operation
from connlint.model.expressions import calls_in, descend, end_of
from connlint.model.lifetimes.holdings import WORK, Given, Holdings, Place
from connlint.model.lifetimes.leaving import Block
from connlint.model.lifetimes.noticed import Held, Late, Nested, Return
from connlint.model.lifetimes.ownership import Ownership
from connlint.model.lifetimes.watched import watched_names
from connlint.model.lifetimes.ways import Fact, Way, Ways
from connlint.model.name_parts import last_name, root_name
from connlint.model.names import walk

if TYPE_CHECKING:
    from connlint.model.engine import Engine, FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.slowness import Slowness

_ENDS = frozenset({"commit", "rollback"})
_AT_EXIT = frozenset({"close", "commit", "rollback"})
_WRITES_ONLY = ("sqlite3.", "duckdb.", "aiosqlite.")
"""Drivers that begin a transaction with the first write, not with the first statement."""
_STOPS = frozenset(name.rpartition(".")[2] for name in NEVER_RETURN)


class Events(Holdings):
    """The events of one function. ``watched`` are the names whose tests ways remember."""

    def __init__(
        self,
        engine: Engine,
        ownership: Ownership,
        slowness: Slowness,
        scope: ScopeId,
        run: FunctionRun,
    ) -> None:
        super().__init__(engine, ownership, scope, run)
        self._slowness = slowness
        self._outside = self._outer_names()
        self.watched = watched_names(
            self._module.facts.scopes[scope[1]], self._module.body(scope[1])
        )
        self._closures: set[str] = set()
        self.handed_out: set[str] = set()
        self.closed: set[str] = set()
        self.kept: set[str] = set()
        self.given_back: set[str] = set()
        self.kept_elsewhere: frozenset[str] = frozenset()
        self.returns: dict[tuple[str, int], Return] = {}
        self.held: dict[tuple[str, int], Held] = {}
        self.nested: dict[tuple[int, str], Nested] = {}
        self.late: dict[str, Late] = {}
        self.fallbacks: set[int] = set()
        self.needed: set[int] = set()

    def _outer_names(self) -> frozenset[str]:
        """Names that the function declares ``global`` or ``nonlocal``."""
        body = self._module.body(self.scope[1])
        return frozenset(n for s in walk(body) if isinstance(s, f.Outer) for n in s.names)

    # calls

    def call(
        self, node: f.Call, way: Way, *, awaited: bool, enters: bool
    ) -> tuple[Way | None, Way | None]:
        """The way out of a call when it raises, and the one when it returns (``None``: neither)."""
        place = (node.at, node.end)
        operations = self._operations.get(place, ())
        if enters:
            operations = [each for each in operations if each.effect.kind not in _AT_EXIT]
        given = self._given(node, way)
        self._note_late(node, way, operations, given)
        self._note_slow(node, way, operations, awaited=awaited)
        before = self._gives_up(node, way, operations, given)
        after = before
        for operation in operations:
            after = self._after(operation, after, way, node, given)
        fails = not before.opened or self._ownership.may_fail(self._called(node, way), node)
        # A close or return that raises is not made up for, and is not known to have happened.
        failed = before._replace(ended=way.ended)
        if self._never_returns(node, place):
            is_exit = not self._callees.get(place)
            return (None if is_exit and self._is_process_end(node) else failed), None
        return (failed if fails else None), after

    def _gives_up(
        self,
        node: f.Call,
        way: Way,
        operations: Iterable[Operation],
        given: Given,
    ) -> Way:
        """The way with everything closed, returned or taken over that the call sees to."""
        closes = {e.effect.session: e for e in operations if e.effect.kind == "close"}
        for operation in operations:
            if operation.effect.kind == "acquire":
                closes.pop(operation.effect.session, None)
        closes |= _closed_in_its_place(closes, given)
        self.closed.update(closes)
        to_pool = {name for name, each in closes.items() if self._ownership.is_checkin(each)}
        for session in to_pool:
            self._note_return(session, way, node, to_library=True)
        way = way.end(closes.keys() - to_pool, "closed").end(to_pool, "returned")
        for position, sessions in given:
            rest = sessions - closes.keys()
            if not rest or not rest & (way.opened | {each for each, _ in way.ended}):
                continue
            how = self._ownership.taking(self._called(node, way), position)
            if how == "returned":
                for session in rest:
                    self._note_return(session, way, node, to_library=False)
                way = way.end(rest & way.opened, "returned")
            if how:
                self.closed |= rest
                (self.given_back if how == "returned" else self.kept).update(rest)
                way = way.release(rest)
        return way

    def _after(
        self,
        operation: Operation,
        way: Way,
        start: Way,
        node: f.Call,
        given: Given,
    ) -> Way:
        """What one operation of a call that began at ``start`` does to the way."""
        effect = operation.effect
        if effect.kind == "acquire":
            self._note_nested(operation, start, node, given)
            return self._acquire(operation, way)
        if effect.kind in WORK and self._begins(effect.session, effect.kind):
            return way._replace(busy=way.busy | {effect.session})
        if effect.kind in _ENDS:
            return way._replace(busy=way.busy - {effect.session})
        return way

    def _note_nested(
        self,
        operation: Operation,
        start: Way,
        node: f.Call,
        given: Given,
    ) -> None:
        """A session is opened while others are open; not when it is made from one of them."""
        passed = frozenset[str]()
        if operation.own:
            passed = frozenset(each for _, sessions in given for each in sessions)
            root = root_name(node.func)
            passed |= start.held_by(root) if root else frozenset()
        for outer in sorted((start.opened | start.scoped) - passed - {operation.effect.session}):
            known = self.acquired.get(outer)
            if known is not None:
                key = (operation.at, operation.effect.chain[-1].text)
                self.nested.setdefault(key, Nested(operation, known))

    def _acquire(self, operation: Operation, way: Way) -> Way:
        session = operation.effect.session
        if not self.is_own(session):
            return way
        falls_back = any(
            fact.about_none == fact.holds and self._is_given_name(fact.name) for fact in way.facts
        )
        (self.fallbacks if falls_back else self.needed).add(operation.at)
        return way if session in self.kept_elsewhere else way.open(session)

    def _is_given_name(self, name: str) -> bool:
        """Whether a name is that of a parameter, or of an attribute of one."""
        return name.partition(".")[0] in self._parameters

    def _begins(self, session: str, kind: str) -> bool:
        """Whether work on a session leaves a transaction open behind it."""
        if not self.is_own(session) and not self.is_given(session):
            return False
        known = self.acquired.get(session)
        found = self._ownership.type_of(known.effect.gives) if known is not None else None
        if found is None and session.startswith("p:"):
            found = self._parameter_type(session[2:])
        if found is None or found.autocommit:
            return False
        if known is not None and self._is_told_more(known):
            return False
        return kind != "read" or not found.name.startswith(_WRITES_ONLY)

    def _is_told_more(self, opened: Operation) -> bool:
        """Whether a driver is given arguments that are not known: autocommit may be among them."""
        if opened.effect.chain[-1].text not in self._engine.program.catalog.functions:
            return False
        last = opened.effect.chain[-1]
        body = self._engine.program.modules[last.module].body(last.scope)
        call = next((c for c in calls_in(body) if (c.at, c.end) == (last.at, last.end)), None)
        return call is not None and any(keyword.name is None for keyword in call.keywords)

    def _never_returns(self, node: f.Call, place: Place) -> bool:
        callees = self._callees.get(place, ())
        if callees:
            return all(not self._engine.run(each).summary.returns_normally for each in callees)
        if last_name(node.func) not in _STOPS:
            return False
        values = self._engine.anywhere(self.scope, node.func)
        return any(isinstance(each, v.Ext) and each.name in NEVER_RETURN for each in values)

    def _is_process_end(self, node: f.Call) -> bool:
        values = self._engine.anywhere(self.scope, node.func)
        return any(
            isinstance(each, v.Ext) and each.name.startswith(("sys.", "os.", "builtins."))
            for each in values
        )

    # what is noticed

    def _note_return(self, session: str, way: Way, node: f.Call, *, to_library: bool) -> None:
        before = way.how_ended(session)
        known = self.acquired.get(session)
        if known is not None and before in ("closed", "returned"):
            found = Return(known, node.at, node.end, before, to_library)
            self.returns.setdefault((session, node.at), found)

    def _note_slow(
        self, node: f.Call, way: Way, operations: Iterable[Operation], *, awaited: bool
    ) -> None:
        if not way.busy or any(each.effect.kind == "acquire" for each in operations):
            return
        busy = way.busy
        slow: Operation | None = None
        for operation in operations:
            effect = operation.effect
            if effect.kind in _ENDS and slow is None:
                busy = busy - {effect.session}
            elif effect.kind == "slow" and (slow is None or _is_sleep(slow)):
                slow = operation
        if slow is not None:
            for session in busy:
                self._hold(session, node, slow, None)
            return
        for callee in self._callees.get((node.at, node.end), ()):
            facts = self._engine.program.modules[callee[0]].facts.scopes[callee[1]]
            starts = not facts.is_generator and (awaited or not facts.is_async)
            if busy and starts and not operations and self._slowness.is_slow(callee):
                for session in busy:
                    self._hold(session, node, None, callee)

    def _hold(
        self, session: str, node: f.Call, slow: Operation | None, callee: ScopeId | None
    ) -> None:
        held = Held(session, node.at, node.end, slow, callee)
        self.held.setdefault((session, node.at), held)

    def _note_late(
        self,
        node: f.Call,
        way: Way,
        operations: Iterable[Operation],
        given: Given,
    ) -> None:
        over = self._over(way)
        if not over:
            return
        used = {each.effect.session for each in operations if each.effect.kind in WORK | _ENDS}
        root = root_name(node.func)
        if used and root:
            used |= way.held_by(root)
        if self._callees.get((node.at, node.end)):
            for _, sessions in given:
                used |= sessions
        for session in sorted(over & used):
            self.late.setdefault(session, Late(session, node.at, node.end, "used"))

    def _over(self, way: Way) -> frozenset[str]:
        """The sessions that were closed by the end of their block."""
        ended = frozenset(session for session, how in way.ended if how == "scope")
        return ended - way.scoped - way.opened

    # other events

    def on_yield(self, node: f.Yield, ways: Ways) -> None:
        """A generator hands out a value while sessions may have work in them."""
        for way in ways:
            if node.value is not None and self.holds(node.value, way):
                continue
            for session in sorted(way.busy & (way.opened | way.scoped)):
                held = Held(session, node.at, node.at + len("yield"), None, None)
                self.held.setdefault((session, node.at), held)

    def delegated(self, node: f.YieldFrom, ways: Ways) -> Ways:
        """What another generator opened (``yield from``) it closes itself."""
        return {way.release(self.may_hold(node.value, way)): None for way in ways}

    def define(self, scope: int, ways: Ways) -> Ways:
        """A nested function may close what it captures, and keeps it alive."""
        return {self._define(scope, way): None for way in ways}

    def _define(self, scope: int, way: Way) -> Way:
        captured, closed = self.captured(scope, way)
        facts = self._module.facts.scopes[scope]
        self.closed |= closed
        way = way.release(closed)
        if facts.kind == "lambda":
            return way
        if captured:
            self._closures.add(facts.name)
        return way.bind(facts.name, captured)

    def block(self, node: f.With, context: f.Expr) -> Block:
        """What a ``with`` item does when it is left."""
        if isinstance(context, f.Name):
            place = (context.at, end_of(context))
        elif isinstance(context, (f.Call, f.Attr)):
            place = (context.at, context.end)
        else:
            place = (node.at, node.end)
        operations = self._operations.get(place, ())
        closes = {each.effect.session for each in operations if each.effect.kind == "close"}
        if any(self._is_generator(callee) for callee in self._callees.get(place, ())):
            closes |= {e.effect.session for e in operations if e.effect.kind == "acquire"}
        closes |= {e.effect.session for e in operations if self._closes_itself(e, node)}
        closes = {each for each in closes if self.is_own(each) or each.startswith("p:")}
        self.closed |= closes
        ends = {each.effect.session for each in operations if each.effect.kind in _ENDS}
        return Block(frozenset(closes), frozenset(ends), suppresses=self._suppresses(context))

    def _closes_itself(self, operation: Operation, node: f.With) -> bool:
        """Whether a ``with`` on what was just opened closes it, as its library says."""
        if operation.effect.kind != "acquire":
            return False
        found = self._ownership.type_of(operation.effect.gives)
        catalog = self._engine.program.catalog
        context = catalog.context(found.name, node.is_async) if found is not None else None
        return context is not None and "close" in context.on_exit

    def _is_generator(self, callee: ScopeId) -> bool:
        return self._engine.program.modules[callee[0]].facts.scopes[callee[1]].is_generator

    def _suppresses(self, context: f.Expr) -> bool:
        if not isinstance(context, f.Call) or last_name(context.func) != "suppress":
            return False
        values = self._engine.anywhere(self.scope, context.func)
        return v.Ext("contextlib.suppress") in values

    # names

    def bind(self, name: str, value: f.Expr, way: Way) -> Way:
        """The way behind ``name = value``."""
        sessions = self.holds(value, way)
        if sessions and self.is_derived(value, way):
            self._derived.add(name)
        if name in self._outside:
            self.kept |= sessions
            way = way.release(sessions)
        way = way.bind(name, sessions)
        if isinstance(value, f.Const) and name in self.watched:
            return way.hold(name, value.value)
        if isinstance(value, f.Name) and name in self.watched and not sessions:
            known = {fact for fact in way.facts if fact.name == value.id}
            return way._replace(facts=way.facts | {Fact(name, *fact[1:]) for fact in known})
        return way

    def keep(self, target: f.Expr, value: f.Expr, way: Way) -> Way:
        """The way behind storing a value in an attribute or a container."""
        sessions = self.may_hold(value, way)
        self.kept |= sessions
        return way.release(sessions)

    def returned(self, node: f.Return, value: f.Expr, way: Way) -> Way:
        """The way behind ``return value``."""
        derived = any(isinstance(n, f.Name) and n.id in self._derived for n in descend(value))
        late = self.holds(value, way) & way.scoped if not derived else frozenset()
        if isinstance(value, f.Lambda):
            late |= self.captured(value.scope, way)[0] & way.scoped
        if isinstance(value, f.Name) and value.id in self._closures:
            late |= way.held_by(value.id) & self._over(way)
        for session in sorted(late):
            self.late.setdefault(session, Late(session, node.at, node.end, "returned"))
        sessions = self.may_hold(value, way)
        self.handed_out |= sessions
        return way.release(sessions)


def _closed_in_its_place(closes: Mapping[str, Operation], given: Given) -> dict[str, Operation]:
    """What a callee closes of its arguments, where they are a parameter or else a session.

    Operations name one of the two: that of ``conn = given or pool.getconn()`` is the parameter.
    """
    closed = next((e for name, e in closes.items() if name.startswith("p:") and not e.own), None)
    return {each: closed for _, sessions in given for each in sessions} if closed else {}


def _is_sleep(operation: Operation) -> bool:
    """Whether slow work is only a pause, of which there may be real work behind."""
    return operation.effect.chain[-1].text.endswith(".sleep")
