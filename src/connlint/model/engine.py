"""The program in, summaries and operations out: runs the interpreter over what is worth it.

A function is summarised once for each context (what its arguments are, as far as that matters to
the database) and once on its own; the latter also records its operations. Recursion ends: a call of
a function that is being summarised does nothing, and what was computed meanwhile is computed again.
"""

from __future__ import annotations

from functools import cached_property

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.assumptions import Assumptions, CallEdge, Passed
from connlint.model.classes import ClassId
from connlint.model.contexts_key import Context, context_of
from connlint.model.decorators import Decorators
from connlint.model.effects import Handover, Operation, Summary
from connlint.model.focus import Focus
from connlint.model.interpret import Interpreter
from connlint.model.names import Module, ScopeId
from connlint.model.program import Program
from connlint.model.relevance import Relevance
from connlint.model.seams import Run
from connlint.model.state import State, merge
from connlint.model.static_runs import StaticRuns

Key = tuple[ScopeId, Context]
"""A function in a context; :data:`ALONE` for the function on its own."""

ALONE = Context((), (("", ("",)),))  # type: ignore[arg-type]
Closure = tuple[tuple[str, v.Values], ...]
MAX_CONTEXTS = 24
MAX_DEPTH = 40
MAX_EFFECTS = 80


class FunctionRun:
    """A function run on its own: its summary, its operations and which of them repeat."""

    __slots__ = ("back_marks", "calls", "handovers", "operations", "summary")

    def __init__(
        self,
        summary: Summary,
        operations: tuple[Operation, ...],
        back_marks: dict[int, frozenset[int]],
        calls: tuple[CallEdge, ...],
        handovers: tuple[Handover, ...] = (),
    ) -> None:
        self.summary = summary
        self.operations = operations
        self.back_marks = back_marks
        self.calls = calls
        self.handovers = handovers


_NO_RUN = FunctionRun(Summary(), (), {}, ())


class Engine(Assumptions):
    """Summarises functions on demand and remembers what it found."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.limit = MAX_EFFECTS
        self._enters_all = False
        self._static_runs = StaticRuns()
        program.connect(self._static, self._static_runs.release, self.provided_by)
        self._summaries: dict[Key, Summary] = {}
        self._contexts: dict[tuple[ScopeId, Closure], int] = {}
        self._keys: dict[ScopeId, list[Key]] = {}
        self._running: list[Key] = []
        self._tainted: dict[Key, set[Key]] = {}
        self._taints: list[set[Key]] = []
        self._alones: dict[ScopeId, dict[str, v.Values]] = {}
        self._runs: dict[ScopeId, FunctionRun] = {}
        self._decorators = Decorators(self)

    @cached_property
    def relevance(self) -> Relevance:
        """Which functions are worth evaluating; found out when it is first asked for, unless it
        has been set before."""
        return Relevance(self.program)

    def carry(self, earlier: Engine, focus: Focus) -> None:
        """Take over what was found of the functions that are known still."""
        self._runs.update({s: run for s, run in earlier._runs.items() if focus.is_known(s)})
        for key, summary in earlier._summaries.items():
            scope, context = key
            if focus.is_known(scope) and not focus.is_about(context):
                self._summaries[key] = summary
                self._keys.setdefault(scope, []).append(key)
                own = (scope, context.closure)
                self._contexts[own] = self._contexts.get(own, 0) + 1

    def enter_all(self) -> None:
        """Run whatever is called: where only few functions are run, that costs less than finding
        out first which of all are worth it."""
        self._enters_all = True

    def _static(self, module: Module, scope: int) -> Interpreter:
        return self._static_runs.take(self, module, scope)

    def anywhere(self, scope: ScopeId, expression: f.Expr) -> v.Values:
        """What an expression of a function may stand for, whatever the way to it.

        Unlike :meth:`Program.static`, this knows the receiver of a method.
        """
        module = self.program.modules[scope[0]]
        receiver = self.receiver(module, scope[1])
        if receiver is None:
            return self.program.static(module, scope[1], expression)
        run = self._static(module, scope[1])
        run.state.env[module.facts.scopes[scope[1]].params[0].name] = (receiver,)
        try:
            return run.evaluate(expression)
        finally:
            self._static_runs.release(run)

    # running

    def run(self, scope: ScopeId) -> FunctionRun:
        """A function, module or class body on its own."""
        known = self._runs.get(scope)
        if known is not None:
            self._spread_taint((scope, ALONE))
            return known
        key = (scope, ALONE)
        if key in self._running:
            self._taint({key})
            return _NO_RUN
        run = Interpreter(self, self.program.modules[scope[0]], scope[1])
        run.operations = {}
        run.handovers = {}
        before, self._calls = self._calls, {}
        summary = self._guarded(key, run, {}, {})
        calls, self._calls = self._calls, before
        finished = FunctionRun(
            summary,
            tuple(run.operations.values()),
            run.back_marks,
            tuple(calls),
            tuple(run.handovers.values()),
        )
        self._runs[scope] = finished
        self._drop_tainted(key)
        return finished

    def _guarded(
        self,
        key: Key,
        run: Interpreter,
        arguments: dict[str, v.Values],
        fields: dict[tuple[str, str], v.Values],
    ) -> Summary:
        """Interpret a function while remembering that it is being interpreted."""
        self._running.append(key)
        self._taints.append(set())
        summary = self._interpret(run, arguments, fields)
        self._running.pop()
        if all(running[0] != key[0] for running in self._running):
            run.module.forget(run.number)
        taints = self._taints.pop()
        taints.discard(key)
        for head in taints:
            self._tainted.setdefault(head, set()).add(key)
        return summary

    def _taint(self, heads: set[Key]) -> None:
        """What is being computed hangs on functions that are not finished."""
        for taint in self._taints:
            taint.update(heads)

    def _spread_taint(self, key: Key) -> None:
        if self._tainted:
            self._taint({head for head, tainted in self._tainted.items() if key in tainted})

    def _drop_tainted(self, head: Key) -> None:
        """A function is finished: what was computed without it is to be computed again."""
        for scope, context in self._tainted.pop(head, ()):
            if (scope, context) == head:
                continue
            if context is ALONE:
                self._runs.pop(scope, None)
            else:
                self._summaries.pop((scope, context), None)

    def run_again(self, before: dict[Passed, int], after: dict[Passed, int]) -> None:
        """Run functions again of whose parameters callers have said more, and what that changes."""
        changed = {key[:2] for key, count in after.items() if before.get(key, 0) != count}
        if not changed:
            return
        self.program.forget_parameters()
        self._alones.clear()
        callers: dict[ScopeId, list[ScopeId]] = {}
        for scope, run in self._runs.items():
            for _, _, callee in run.calls:
                callers.setdefault(callee, []).append(scope)
        work = [*sorted(changed), *self._siblings(changed)]
        seen: set[ScopeId] = set()
        while work:
            scope = work.pop(0)
            if scope in seen or scope not in self._runs:
                continue
            seen.add(scope)
            known = self._runs.pop(scope)
            for key in self._keys.pop(scope, ()):
                self._summaries.pop(key, None)
            if self.run(scope).summary != known.summary:
                work.extend(callers.get(scope, ()))

    def _siblings(self, scopes: set[ScopeId]) -> list[ScopeId]:
        """The other methods of the classes to which methods among the scopes belong."""
        found: list[ScopeId] = []
        for name, number in sorted(scopes):
            module = self.program.modules[name]
            parent = module.facts.scopes[number].parent
            if parent and module.facts.scopes[parent].kind == "class":
                found.extend((name, each) for each in module.children.get(parent, ()))
        return found

    def summarise(
        self, caller: Run, function: v.Func, bound: dict[str, v.Values], *, anyway: bool = False
    ) -> tuple[Summary, dict[str, v.Values]]:
        """What a call does, and what the callee's names for objects mean to the caller.

        ``anyway``: also of a function that is not worth running for what it does.
        """
        scope = (function.module, function.scope)
        is_worth_it = anyway or self._enters_all or scope in self.relevance
        if not is_worth_it or len(self._running) >= MAX_DEPTH:
            return self._declared(function), {}
        if self.program.hierarchy.is_abstract(*scope):
            return self._declared(function), {}
        context, table = context_of(self, caller.state, function, bound)
        if self._says_nothing(scope, context):
            return self.run(scope).summary, table
        key = (scope, context)
        known = self._summaries.get(key)
        if known is not None:
            self._spread_taint(key)
            return known, table
        if self._says_little(scope, context):
            alone = self.run(scope).summary
            if _does_nothing(alone):
                return alone, table
        heads = {running for running in self._running if running[0] == scope}
        if heads:
            self._taint(heads)
            return Summary(), table
        # A decorator's wrapper is a function of its own for everything that it wraps.
        own = (scope, context.closure)
        count = self._contexts.get(own, 0)
        if count >= MAX_CONTEXTS:
            return self.run(scope).summary, table
        self._contexts[own] = count + 1
        return self._summarise(key, function), table

    def _says_nothing(self, scope: ScopeId, context: Context) -> bool:
        """Whether a context is what a function assumes on its own anyway."""
        if context.fields or context.closure:
            return False
        module = self.program.modules[scope[0]]
        given = dict(context.arguments)
        for param in module.facts.scopes[scope[1]].params:
            values = given.get(param.name)
            if values is None:
                if param.default is not None:
                    return False
                continue
            if param.kind in "aw":
                return False
            own = self._alone(module, scope[1]).get(param.name)
            if own != values:
                return False
        return True

    def _says_little(self, scope: ScopeId, context: Context) -> bool:
        """Whether a context brings nothing that could make an idle function do something."""
        if context.fields or context.closure or (scope, ALONE) in self._running:
            return False
        own = self._alone(self.program.modules[scope[0]], scope[1])
        return all(
            all(
                type(each) is v.Const or v.is_unknown(each) or each in own.get(name, ())
                for each in values
            )
            for name, values in context.arguments
        )

    def _alone(self, module: Module, scope: int) -> dict[str, v.Values]:
        """The parameters of a function on its own."""
        key = (module.name, scope)
        known = self._alones.get(key)
        if known is None:
            known = self._alones[key] = self._parameters(module, scope, {})
        return known

    def _summarise(self, key: Key, function: v.Func) -> Summary:
        scope, context = key
        assert context is not ALONE
        run = Interpreter(self, self.program.modules[scope[0]], scope[1])
        run.closure = dict(function.closure)
        calls, self._calls = self._calls, None
        summary = self._guarded(key, run, dict(context.arguments), dict(context.fields))
        self._calls = calls
        self._summaries[key] = summary
        self._keys.setdefault(scope, []).append(key)
        self._drop_tainted(key)
        return summary

    def _interpret(
        self,
        run: Interpreter,
        arguments: dict[str, v.Values],
        fields: dict[tuple[str, str], v.Values],
    ) -> Summary:
        state = State()
        state.fields.update(fields)
        state.touched = frozenset(owner for owner, _ in fields if owner.startswith("p:"))
        state.env.update(self._parameters(run.module, run.number, arguments))
        run.state = state
        end = run.run_body(run.module.body(run.number))
        if end is not None:
            run.note_left(end)
        final = merge(end, run.leaving)
        returns = run.returns if end is None else v.join(run.returns, v.NONE)
        returns = self._refined(run.module, run.number, returns)
        kept: list[tuple[tuple[str, str], v.Values]] = []
        if final is not None:
            outside = {o.id for held in run.closure.values() for o in held if type(o) is v.Obj}
            kept = [
                (key, values)
                for key, values in sorted(final.fields.items(), key=lambda item: item[0])
                if (key[0].startswith(("p:", "self")) or key[0] in outside)
                and fields.get(key) != values
            ][:20]
        return Summary(
            returns,
            run.yields,
            tuple(run.effects.values()),
            tuple(kept),
            final is not None or bool(run.yields),
            final is not None and any(guard.kind == "committed" for guard in final.guards),
            tuple(sorted(run.left.items())),
            tuple(sorted(final.pending)) if final is not None else (),
        )

    def decorated(self, function: v.Func) -> v.Values:
        """What calling a function really calls: the project's own decorators are applied."""
        return self._decorators.applied(function)

    # what the standard and the classes say

    def provided_by(self, provider: v.Value) -> v.Values:
        """The values that a dependency hands out."""
        if isinstance(provider, v.Class):
            return (v.Obj(ClassId(provider.module, provider.scope).key, "i"),)
        if not isinstance(provider, v.Func):
            return ()
        result: v.Values = ()
        for effective in self.decorated(provider):
            if isinstance(effective, v.Func):
                result = v.join(result, self.provided_by_scope((effective.module, effective.scope)))
        return result

    def provided_by_scope(self, scope: ScopeId) -> v.Values:
        """What a function yields or returns when it is run on its own, ``None`` left out."""
        summary = self.run(scope).summary
        is_generator = self.program.modules[scope[0]].facts.scopes[scope[1]].is_generator
        given = summary.yields if is_generator else summary.returns
        return tuple(value for value in given if value != v.NONE[0])

    # the call graph


def _does_nothing(summary: Summary) -> bool:
    """Whether a function neither touches the database nor gives back anything that can."""
    return (
        not summary.effects
        and not summary.fields
        and not summary.left
        and not summary.unsettled
        and summary.returns_normally
        and not summary.yields
        and all(type(value) is v.Const or v.is_unknown(value) for value in summary.returns)
    )
