"""The program in, summaries and operations out: runs the interpreter over what is worth it.

A function is summarised once for each context (what its arguments are, as far as that matters to
the database) and once on its own; the latter also records its operations. Recursion ends: a call of
a function that is being summarised does nothing, and what was computed meanwhile is computed again.
"""

from __future__ import annotations

from collections.abc import Iterable

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.calls import Caller
from connlint.model.classes import ClassId
from connlint.model.contexts_key import Context, context_of
from connlint.model.effects import Operation, Summary
from connlint.model.evaluate import Evaluator
from connlint.model.handovers import Handover
from connlint.model.interpret import Interpreter
from connlint.model.names import Module
from connlint.model.program import Program
from connlint.model.relevance import Relevance, ScopeId
from connlint.model.state import State, merge
from connlint.model.states import Vocabulary

CallEdge = tuple[int, int, ScopeId]
"""Where a call starts and ends, and the function that it was resolved to."""

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


class StaticInterpreter(Interpreter):
    """Evaluates expressions whatever the path: a local name stands for all that it may hold."""

    def local(self, name: str) -> v.Values:
        return self.program.static_local(self.module, self.number, name)


_NO_RUN = FunctionRun(Summary(), (), {}, ())


class Engine:
    """Summarises functions on demand and remembers what it found."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.vocabulary = Vocabulary.of(program.standard.states)
        self.limit = MAX_EFFECTS
        self.relevance = Relevance(program)
        program.connect(self._static, self._release, self.provided_by)
        self._summaries: dict[Key, Summary] = {}
        self._contexts: dict[tuple[ScopeId, Closure], int] = {}
        self._keys: dict[ScopeId, list[Key]] = {}
        self._static_runs: dict[ScopeId, list[StaticInterpreter]] = {}
        self._running: list[Key] = []
        self._tainted: dict[Key, set[Key]] = {}
        self._taints: list[set[Key]] = []
        self._alones: dict[ScopeId, dict[str, v.Values]] = {}
        self._runs: dict[ScopeId, FunctionRun] = {}
        self._decorated: dict[v.Func, v.Values] = {}
        self._defaults: dict[tuple[ClassId, str], v.Values] = {}
        self._entities: dict[str, bool] = {}
        self._calls: dict[CallEdge, None] | None = None
        self.persist_functions = frozenset(
            self._canonical(program.standard.states.persist_functions)
        )
        sessions = program.standard.sessions
        self.providers = frozenset(
            self._canonical((*sessions.providers, *sessions.dependencies, *sessions.task_providers))
        )

    def _static(self, module: Module, scope: int) -> Interpreter:
        """A static interpreter of a scope; one that is not in use is taken again."""
        free = self._static_runs.get((module.name, scope))
        if free:
            run = free.pop()
            run.state = State()
            run.effects.clear()
            run.dead = False
            return run
        return StaticInterpreter(self, module, scope)

    def _release(self, run: Evaluator) -> None:
        """A static interpreter has done its work."""
        if isinstance(run, StaticInterpreter):
            self._static_runs.setdefault((run.module.name, run.number), []).append(run)

    def _canonical(self, names: Iterable[str]) -> list[str]:
        """Configured dotted names, as written and as the definition that they lead to."""
        found = list(names)
        for name in names:
            found.extend(target.dotted for target in self.program.names.resolve_dotted(name))
        return found

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
        self, caller: Caller, function: v.Func, bound: dict[str, v.Values]
    ) -> tuple[Summary, dict[str, v.Values]]:
        """What a call does, and what the callee's names for objects mean to the caller."""
        scope = (function.module, function.scope)
        if scope not in self.relevance or len(self._running) >= MAX_DEPTH:
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
            kept = [
                (key, values)
                for key, values in sorted(final.fields.items(), key=lambda item: item[0])
                if key[0].startswith(("p:", "self")) and fields.get(key) != values
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

    def _refined(self, module: Module, scope: int, returns: v.Values) -> v.Values:
        """What a function returns; its annotation where that says more."""
        if module.facts.scopes[scope].returns is None:
            return returns
        declared = self._typed_return(module, scope)
        if not declared:
            return returns
        if all(v.is_unknown(value) or value == v.NONE[0] for value in returns):
            return declared
        classes = [self.program.class_of(each.type) for each in declared if isinstance(each, v.Obj)]
        lines = [self.program.hierarchy.ancestors(each)[1:] for each in classes if each is not None]
        for value in returns:
            owner = (
                self.program.class_of(value.type)
                if isinstance(value, v.Obj) and value.type
                else None
            )
            if owner is None or not any(owner in line for line in lines):
                return returns
        return declared

    def _parameters(
        self, module: Module, scope: int, arguments: dict[str, v.Values]
    ) -> dict[str, v.Values]:
        facts = module.facts.scopes[scope]
        env: dict[str, v.Values] = {}
        receiver = self.receiver(module, scope)
        for index, param in enumerate(facts.params):
            given = arguments.get(param.name)
            if given is not None:
                env[param.name] = given
            elif index == 0 and receiver is not None:
                env[param.name] = (receiver,)
            elif param.kind == "a":
                env[param.name] = v.unknown(f"p:{param.name}")
            elif param.kind == "w":
                env[param.name] = (v.Table((), f"p:{param.name}"),)
            elif arguments and param.default is not None:
                declared = self.program.annotations.parameter(module, scope, param)
                injected = [
                    each
                    for each in declared
                    if isinstance(each, v.Obj) and each.origin and each.origin.kind == "injected"
                ]
                env[param.name] = tuple(injected) or self.program.static(
                    module, facts.parent, param.default
                )
            else:
                env[param.name] = self.program.annotations.parameter(module, scope, param)
        return env

    def receiver(self, module: Module, scope: int) -> v.Value | None:
        """What the first parameter of a method holds: an instance, or the class."""
        facts = module.facts.scopes[scope]
        parent = facts.parent
        if not parent or module.facts.scopes[parent].kind != "class" or facts.kind != "function":
            return None
        decorators = self.program.decorator_names(module, scope)
        if "builtins.staticmethod" in decorators:
            return None
        if "builtins.classmethod" in decorators or facts.name in ("__new__", "__init_subclass__"):
            return v.Class(module.name, parent)
        return v.Obj(ClassId(module.name, parent).key, "self")

    def _declared(self, function: v.Func) -> Summary:
        """What the annotations promise of a function that is not worth evaluating."""
        module = self.program.modules[function.module]
        scope = module.facts.scopes[function.scope]
        nothing = v.unknown(f"o:{function.module}:{function.scope}")
        if scope.returns is None:
            return Summary(nothing, nothing if scope.is_generator else ())
        if scope.is_generator:
            declared = self.program.annotations.values(module, scope.parent, scope.returns)
            items = tuple(
                each for value in declared if isinstance(value, v.Items) for each in value.items
            )
            return Summary(nothing, tuple(each for item in items for each in item) or nothing)
        return Summary(self._typed_return(module, function.scope) or nothing)

    def _typed_return(self, module: Module, scope: int) -> v.Values:
        facts = module.facts.scopes[scope]
        if facts.returns is None:
            return ()
        declared = self.program.annotations.values(module, facts.parent, facts.returns)
        found: list[v.Value] = []
        for value in declared:
            if isinstance(value, v.Obj) and (
                self.program.class_of(value.type) or self.program.kind(value)
            ):
                found.append(v.Obj(value.type, f"r:{module.name}:{scope}", value.origin))
        return tuple(found)

    # decorators

    def decorated(self, function: v.Func) -> v.Values:
        """What calling a function really calls: the project's own decorators are applied."""
        if function.raw:
            return (function,)
        base = v.Func(function.module, function.scope)
        known = self._decorated.get(base)
        if known is None:
            raw = v.Func(function.module, function.scope, None, (), True)
            self._decorated[base] = (raw,)
            known = self._decorated[base] = self._apply_decorators(raw)
        result = []
        for value in known:
            if isinstance(value, v.Func):
                receiver = function.receiver
                closure = value.closure if value.scope != function.scope else function.closure
                result.append(v.Func(value.module, value.scope, receiver, closure, True))
        return tuple(result) or (
            v.Func(function.module, function.scope, function.receiver, function.closure, True),
        )

    def _apply_decorators(self, raw: v.Func) -> v.Values:
        module = self.program.modules[raw.module]
        scope = module.facts.scopes[raw.scope]
        current: v.Values = (raw,)
        for decorator in reversed(scope.decorators):
            values = self.program.static(module, scope.parent, decorator)
            applied: v.Values = ()
            for value in values:
                if isinstance(value, v.Func):
                    applied = v.join(applied, self._apply(value, current))
            wrappers = tuple(value for value in applied if isinstance(value, v.Func))
            current = wrappers or current
        return current

    def _apply(self, decorator: v.Func, argument: v.Values) -> v.Values:
        module = self.program.modules[decorator.module]
        caller = Interpreter(self, module, 0)
        scope = module.facts.scopes[decorator.scope]
        if scope.is_async or scope.is_generator or not scope.params:
            return ()
        params = [param for param in scope.params if param.kind in "po"]
        if decorator.receiver is not None and params:
            params = params[1:]
        if not params:
            return ()
        bound: dict[str, v.Values] = {params[0].name: argument}
        if decorator.receiver is not None:
            bound[scope.params[0].name] = (decorator.receiver,)
        summary, table = self.summarise(caller, decorator, bound)
        return v.substitute(summary.returns, table)

    # what the standard and the classes say

    def is_persist_function(self, dotted: str) -> bool:
        return dotted in self.persist_functions

    def origin_kind(self, dotted: str) -> str:
        """Whether a function that hands out a session is a provider of the standard."""
        return "provider" if dotted in self.providers else "factory"

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

    def default_state(self, owner: ClassId, name: str) -> v.Values:
        """The state that a new instance has when its constructor is not given one."""
        key = (owner, name)
        known = self._defaults.get(key)
        if known is None:
            known = ()
            for defining, scope, expression in self.program.hierarchy.assigned(owner, name):
                if scope == defining.scope and isinstance(expression, f.Call):
                    for keyword in expression.keywords:
                        if keyword.name == "default":
                            module = self.program.modules[defining.module]
                            known = self.program.static(module, scope, keyword.value)
                elif scope == defining.scope and isinstance(expression, (f.Const, f.Attr)):
                    known = self.program.static(
                        self.program.modules[defining.module], scope, expression
                    )
            known = tuple(
                value
                for value in known
                if isinstance(value, (v.Const, v.Member)) and value != v.NONE[0]
            )
            self._defaults[key] = known
        return known

    def may_be_entity(self, value: v.Obj) -> bool:
        """Whether storing an attribute may become a write: unless the class is a plain one."""
        known = self._entities.get(value.type)
        if known is None:
            owner = self.program.class_of(value.type) if value.type else None
            if owner is not None:
                known = bool(
                    self.program.hierarchy.external_bases(owner)
                ) and not self.program.is_enum(owner)
            else:
                known = not value.type
            self._entities[value.type] = known
        return known and value.id != "self"

    def is_receive(self, run: Caller, call: f.Call) -> bool:
        """Whether a call waits for the next event."""
        before = run.operations
        for value in run.program.static(run.module, run.number, call.func):
            name = run.program.callable_name(value)
            if name and run.program.catalog.receive(name) is not None:
                return True
        run.operations = before
        return False

    # the call graph

    def note_call(
        self, caller: Caller, function: v.Func, bound: dict[str, v.Values], at: int, end: int
    ) -> None:
        """A call was resolved: an edge of the call graph, and what parameters are passed."""
        if self._calls is not None and caller.operations is not None:
            self._calls[at, end, (function.module, function.scope)] = None
        module = self.program.modules[function.module]
        for param in module.facts.scopes[function.scope].params:
            values = bound.get(param.name)
            if not values or not self.program.annotations.is_open(module, function.scope, param):
                continue
            for value in values:
                kept = self._passed(value, param.name)
                if kept is not None:
                    passed = self.program.passed.setdefault(
                        (function.module, function.scope, param.name), {}
                    )
                    if len(passed) < _MAX_PASSED:
                        passed[kept] = None

    def _passed(self, value: v.Value, name: str) -> v.Value | None:
        """The part of an argument that tells something about the parameter, for every caller."""
        if isinstance(value, v.Func):
            return (
                v.Func(value.module, value.scope, None, (), value.raw)
                if value.receiver is None
                else None
            )
        if not isinstance(value, v.Obj) or not value.type:
            return None
        known = self.program.database_type(value)
        if known is None or (known.kind and known.kind not in _PASSED):
            return None
        origin = value.origin if known.kind == "session-factory" else None
        return v.Obj(value.type, value.id if origin else f"p:{name}", origin)


Passed = tuple[str, int, str]
_MAX_PASSED = 4
_PASSED = frozenset({"session", "connection", "cursor", "engine", "session-factory"})


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
