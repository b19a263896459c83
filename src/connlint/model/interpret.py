"""Statements in, paths out: the abstract interpreter of one function.

Follows the block tree: branches are joined, loops run to a fixpoint, every statement of a ``try``
may jump to its handlers, ``return`` and ``raise`` leave, guards narrow. What happens to the
database on the way is recorded as effects (for the summary) and as operations (for the rules).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.assignments import Assigner
from connlint.model.begun import only
from connlint.model.blocks import exit_block
from connlint.model.contexts import enter_context
from connlint.model.effects import LoopFrame
from connlint.model.expressions import id_of
from connlint.model.guards import guard_kinds, loop_frame
from connlint.model.loop_items import bound_names
from connlint.model.names import Module
from connlint.model.narrow import Narrowing
from connlint.model.seams import Run, Summaries
from connlint.model.state import Guard, State, is_settled, merge, merge_all

_LOOP_ROUNDS = 2


class Interpreter(Assigner):
    """Runs one function, or the body of a module or class, from a given state."""

    def __init__(self, engine: Summaries, module: Module, scope: int) -> None:
        super().__init__(engine, module, scope)
        self.returns: v.Values = ()
        self.yields: v.Values = ()
        self.left: dict[str, v.Values] = {}
        self.leaving: State | None = None
        self.back_marks: dict[int, frozenset[int]] = {}
        self._tries: list[State | None] = []
        self._breaks: list[list[State]] = []
        self._continues: list[list[State]] = []
        self._targets: tuple[str, ...] = ()

    @property
    def as_run(self) -> Run:
        return self

    # blocks

    def run_body(self, body: f.Body) -> State | None:
        """Run a block; the state behind it, or ``None`` when no path gets there."""
        for statement in body:
            if not self._step(statement):
                return None
        return self.state

    def _step(self, statement: f.Stmt) -> bool:
        if self._tries:
            self._tries[-1] = merge(self._tries[-1], self.state.copy())
        _RUN[type(statement)](self, statement)
        if self.dead:
            self.dead = False
            return False
        return True

    def _block(self, body: f.Body, state: State | None) -> State | None:
        """Run a block from a state of its own."""
        if state is None:
            return None
        self.state = state
        return self.run_body(body)

    def _go_on(self, state: State | None) -> None:
        """Continue behind a compound statement, or stop here."""
        if state is None:
            self.dead = True
        else:
            self.state = state

    # simple statements

    def _nothing(self, node: f.Stmt) -> None:
        return

    def _evaluate(self, node: f.Evaluate) -> None:
        self.evaluate(node.value)

    def _return(self, node: f.Return) -> None:
        values = self.evaluate(node.value) if node.value is not None else v.NONE
        if self.dead:
            return
        self.returns = v.join(self.returns, values)
        self.leaving = merge(self.leaving, self.state.copy())
        self.note_left(self.state)
        self.dead = True

    def note_left(self, state: State) -> None:
        """Remember the states of its own entities that the function leaves uncommitted here."""
        for (owner, name), values in state.fields.items():
            if name not in self.engine.vocabulary.fields or owner not in state.touched:
                continue
            if not owner.startswith(("p:", "self")):
                known = tuple(each for each in values if isinstance(each, (v.Const, v.Member)))
                unknown = v.unknown("left") if len(known) != len(values) else ()
                self.left[name] = v.join(self.left.get(name, ()), known + unknown)

    def _raise(self, node: f.Raise) -> None:
        if node.value is not None:
            self.evaluate(node.value)
        if self._tries:
            self._tries[-1] = merge(self._tries[-1], self.state.copy())
        self.dead = True

    def _assert(self, node: f.Assert) -> None:
        self.evaluate(node.test)
        self._go_on(Narrowing(self).when(node.test, self.state, True))

    def _break(self, node: f.Break) -> None:
        if self._breaks:
            self._breaks[-1].append(self.state)
        self.dead = True

    def _continue(self, node: f.Continue) -> None:
        if self._continues:
            self._continues[-1].append(self.state)
        self.dead = True

    # branches

    def _if(self, node: f.If) -> None:
        ends: list[State | None] = []
        remaining: State | None = self.state
        for branch in node.branches:
            if remaining is None:
                break
            self.state = remaining
            truth = v.truth(self.evaluate(branch.test))
            if self.dead:
                remaining = None
                break
            kinds = guard_kinds(branch.test, frozenset(self._targets))
            base = self.state
            taken = Narrowing(self).when(branch.test, base.copy(), True)
            remaining = Narrowing(self).when(branch.test, base, False)
            if isinstance(branch.test, f.Call) and truth is not None:
                taken, remaining = (taken, None) if truth else (None, remaining)
            if taken is not None:
                taken.guards |= self._guards(kinds, branch.test, True)
                ends.append(self._block(branch.body, taken))
                self.dead = False
            if remaining is not None:
                remaining.guards |= self._guards(kinds, branch.test, False)
        if remaining is not None:
            ends.append(self._block(node.orelse, remaining))
            self.dead = False
        self._go_on(merge_all(ends))

    def _guards(self, kinds: tuple[str, ...], test: f.Expr, truth: bool) -> frozenset[Guard]:
        depth = len(self.loops)
        return frozenset(Guard(kind, depth, (id_of(test), truth)) for kind in kinds)

    def _match(self, node: f.Match) -> None:
        self.evaluate(node.subject)
        ends: list[State | None] = []
        remaining: State | None = self.state
        for case in node.cases:
            if remaining is None:
                break
            base = remaining
            taken: State | None = base.copy()
            for name in case.binds:
                base.env.pop(name, None)
            if case.values and taken is not None:
                right = self._values_of(case.values, base)
                taken = Narrowing(self).subject(node.subject, right, taken, equal=True)
                if case.guard is None:
                    remaining = Narrowing(self).subject(node.subject, right, base, equal=False)
            elif case.is_wildcard and case.guard is None:
                remaining = None
            if taken is not None and case.guard is not None:
                self.state = taken
                self.evaluate(case.guard)
                taken = Narrowing(self).when(case.guard, self.state, True)
            ends.append(self._block(case.body, taken))
            self.dead = False
        ends.append(remaining)
        self._go_on(merge_all(ends))

    def _values_of(self, expressions: tuple[f.Expr, ...], state: State) -> v.Values:
        self.state = state
        result: v.Values = ()
        for expression in expressions:
            result = v.join(result, self.evaluate(expression))
        return result

    # loops

    def _for(self, node: f.For) -> None:
        values = self.evaluate(node.iter)
        if self.dead:
            return
        values = self.perform(values, node.at, node.end)
        frame = loop_frame(self, node, values)
        pairs = v.exact_pairs(values)
        if pairs:
            self._unroll(node, pairs)
            return
        self._loop(frame, node.body, node.orelse, node.target, self.items_of(values), None)

    def _unroll(self, node: f.For, pairs: tuple[v.Values, ...]) -> None:
        """Run a loop over the known entries of a dictionary once for each of them."""
        for pair in pairs:
            self.bind_target(node.target, pair)
            self._breaks.append([])
            self._continues.append([])
            end = self._block(node.body, self.state)
            self.dead = False
            after = merge_all([end, *self._continues.pop(), *self._breaks.pop()])
            if after is None:
                self.dead = True
                return
            self.state = after

    def _while(self, node: f.While) -> None:
        frame = loop_frame(self, node, ())
        self._loop(frame, node.body, node.orelse, None, (), node.test)

    def _loop(
        self,
        frame: LoopFrame,
        body: f.Body,
        orelse: f.Body,
        target: f.Expr | None,
        items: v.Values,
        test: f.Expr | None,
    ) -> None:
        entry: State | None = self.state
        targets = self._targets
        leaving: list[State | None] = []
        self._targets = tuple(bound_names(target))
        for _ in range(_LOOP_ROUNDS):
            start = entry.copy() if entry is not None else None
            if start is None:
                break
            self._breaks.append([])
            self._continues.append([])
            self.loops.append(frame)
            self.state = start
            if test is not None:
                self.evaluate(test)
            done = (
                Narrowing(self).when(test, self.state.copy(), False)
                if test is not None
                else start.copy()
            )
            inside = Narrowing(self).when(test, self.state, True) if test is not None else start
            if inside is not None and target is not None:
                self.state = inside
                self.bind_target(target, items)
            end = self._block(body, inside)
            self.dead = False
            self.loops.pop()
            back = merge_all([end, *self._continues.pop()])
            broken = self._breaks.pop()
            if back is not None:
                self.back_marks[frame.at] = self.back_marks.get(frame.at, frozenset()) | back.marks
            leaving = [done, *broken] if not (frame.endless and test is not None) else list(broken)
            if back is None:
                break
            merged = merge(entry, back)
            if merged is None or entry is None or is_settled(entry, merged):
                break
            entry = merged
        self._targets = targets
        after = merge_all(leaving)
        if after is not None and entry is not None:
            after.guards = frozenset(g for g in after.guards if g.depth <= len(self.loops))
        if orelse and after is not None:
            after = self._block(orelse, after)
            self.dead = False
        self._go_on(after)

    def enter_comprehension(self, node: f.Comp) -> None:
        self.loops.append(LoopFrame("comprehension", node.at))

    def leave_comprehension(self, node: f.Comp) -> None:
        frame = self.loops.pop()
        self.back_marks[frame.at] = self.back_marks.get(frame.at, frozenset()) | self.state.marks

    # try and with

    def _try(self, node: f.Try) -> None:
        self._tries.append(self.state.copy())
        self.tries.append(node.at)
        end = self._block(node.body, self.state)
        self.tries.pop()
        self.dead = False
        failed = self._tries.pop()
        if end is not None:
            failed = merge(failed, end.copy()) if not node.orelse else failed
            end = self._block(node.orelse, end)
            self.dead = False
        ends = [end]
        for handler in node.handlers:
            if failed is None:
                break
            start = failed.copy()
            if handler.name:
                start.env[handler.name] = v.unknown(f"x:{self.identity(handler.at)}")
            self.in_handler += 1
            ends.append(self._block(handler.body, start))
            self.in_handler -= 1
            self.dead = False
        after = merge_all(ends)
        if node.final:
            outcome = merge(after.copy() if after else None, failed.copy() if failed else None)
            finished = self._block(node.final, outcome)
            self.dead = False
            if after is not None:
                after = finished
        self._go_on(after)

    def entered(self, node: f.With, item: f.WithItem) -> v.Values:
        return enter_context(self, self.evaluate(item.context), node, item)[0]

    def _with(self, node: f.With) -> None:
        entered = []
        opens = False
        pending, touched = dict(self.state.pending), self.state.touched
        begun = self.state.begun
        for item in node.items:
            values = self.evaluate(item.context)
            if self.dead:
                return
            bound, leave = enter_context(self, values, node, item)
            entered.append(leave)
            opens = opens or any(self.program.is_session(value) for value in bound)
            if item.target is not None:
                self.bind_target(item.target, bound)
        opens = opens or self.state.begun is not begun
        outside = self._exchange_leaving(None)
        jumps = [(states, len(states)) for states in (*self._breaks[-1:], *self._continues[-1:])]
        end = self._block(node.body, self.state)
        self.dead = False
        if opens and self._tries and self._tries[-1] is not None:
            # An exception leaves the block through its exit, which drops what was not committed.
            failed = self._tries[-1]
            failed.pending = {key: kinds for key, kinds in failed.pending.items() if key in pending}
            failed.touched &= touched
            failed.begun = only(failed.begun, begun)
        for states, count in jumps:
            left = (exit_block(self, entered, state) for state in states[count:])
            states[count:] = [state for state in left if state is not None]
        inside = self._exchange_leaving(outside)
        if inside is not None:
            self.leaving = merge(outside, exit_block(self, entered, inside))
        if end is not None:
            end = exit_block(self, entered, end)
        self._go_on(end)

    def _exchange_leaving(self, state: State | None) -> State | None:
        """Take the state of the returns so far, and leave another one in its place."""
        before, self.leaving = self.leaving, state
        return before

    # generators

    def on_yield(self, values: v.Values) -> None:
        self.yields = v.join(self.yields, values)
        self.state.yielded = True


_RUN = cast(
    "dict[type, Callable[[Interpreter, Any], None]]",
    {
        f.Assign: Interpreter._assign, f.Annotated: Interpreter._annotated,
        f.AugAssign: Interpreter._augmented, f.Evaluate: Interpreter._evaluate,
        f.Return: Interpreter._return, f.Raise: Interpreter._raise, f.If: Interpreter._if,
        f.For: Interpreter._for, f.While: Interpreter._while, f.Try: Interpreter._try,
        f.With: Interpreter._with, f.Match: Interpreter._match, f.Break: Interpreter._break,
        f.Continue: Interpreter._continue, f.Delete: Interpreter._delete,
        f.Outer: Interpreter._nothing, f.Define: Interpreter._define,
        f.ImportNames: Interpreter._import, f.Assert: Interpreter._assert,
    },
)  # fmt: skip
