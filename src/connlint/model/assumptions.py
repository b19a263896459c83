"""The standard, classes and annotations in, what may be assumed of functions out: their parameters,
what they return, which are providers, which store entities; and what their callers pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.effects import Summary
from connlint.model.exits import never_returns
from connlint.model.held_methods import held_method
from connlint.model.names import Module, Target
from connlint.model.program import Program
from connlint.model.seams import Run
from connlint.model.states import Vocabulary

CallEdge = tuple[int, int, tuple[str, int]]
"""Where a call starts and ends, and the function that it was resolved to."""

Passed = tuple[str, int, str]
_MAX_PASSED = 4
_PASSED = frozenset({"session", "connection", "cursor", "engine", "session-factory"})
_NO_ENTITIES = frozenset({
    "abc", "builtins", "collections", "contextlib", "dataclasses", "enum", "logging", "pydantic",
    "pydantic_settings", "threading", "typing", "typing_extensions", "unittest",
})  # fmt: skip
"""Packages whose classes make no entities: setting an attribute of theirs writes nothing."""


_RAISES = Summary(returns_normally=False)


class Assumptions:
    """What is assumed of functions before they are run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.vocabulary = Vocabulary.of(program.standard.states)
        self._defaults: dict[tuple[ClassId, str], v.Values] = {}
        self._entities: dict[str, bool] = {}
        self._raising: dict[tuple[str, int], bool] = {}
        self._calls: dict[CallEdge, None] | None = None
        self.persist_functions = frozenset(
            self._canonical(program.standard.states.persist_functions)
        )
        sessions = program.standard.sessions
        self.providers = frozenset(
            self._canonical((*sessions.providers, *sessions.dependencies, *sessions.task_providers))
        )

    def _canonical(self, names: Iterable[str]) -> list[str]:
        """Configured dotted names, as written and as the definition that they lead to."""
        found = list(names)
        for name in names:
            for target in self.program.names.resolve_dotted(name):
                found.append(target.dotted)
                found.extend(self._entering(target))
            if (method := held_method(self.program, name)) is not None:
                found.append(self.program.modules[method.module].symbol(method.scope))
        return found

    def _entering(self, target: Target) -> Iterator[str]:
        """The methods that hand out what entering an instance of a class gives."""
        if target.kind == "class":
            owner = ClassId(target.module, target.scope)
            for name in ("__enter__", "__aenter__"):
                if (method := self.program.hierarchy.method(owner, name)) is not None:
                    yield self.program.modules[method[0].module].symbol(method[1])

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
        return self.program.receiver(module, scope)

    def _declared(self, function: v.Func) -> Summary:
        """What the annotations promise of a function that is not worth evaluating."""
        module = self.program.modules[function.module]
        scope = module.facts.scopes[function.scope]
        nothing = v.unknown(f"o:{function.module}:{function.scope}")
        if self._only_raises(module, function.scope):
            return _RAISES
        if scope.returns is None:
            return Summary(nothing, nothing if scope.is_generator else ())
        if scope.is_generator:
            declared = self.program.annotations.values(module, scope.parent, scope.returns)
            items = tuple(
                each for value in declared if isinstance(value, v.Items) for each in value.items
            )
            return Summary(nothing, tuple(each for item in items for each in item) or nothing)
        return Summary(self._typed_return(module, function.scope) or nothing)

    def _only_raises(self, module: Module, number: int) -> bool:
        """Whether a call never returns; an abstract method stands for those that override it."""
        key = (module.name, number)
        known = self._raising.get(key)
        if known is None:
            is_abstract = self.program.hierarchy.is_abstract(*key)
            known = self._raising[key] = not is_abstract and never_returns(module, number)
        return known

    def _typed_return(self, module: Module, scope: int) -> v.Values:
        facts = module.facts.scopes[scope]
        if facts.returns is None:
            return ()
        declared = self.program.annotations.values(module, facts.parent, facts.returns)
        found: list[v.Value] = []
        for value in declared:
            if isinstance(value, v.Obj) and (
                self.program.class_of(value.type) or self.program.catalog.type(value.type)
            ):
                found.append(v.Obj(value.type, f"r:{module.name}:{scope}", value.origin))
        return tuple(found)

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

    def is_persist_function(self, dotted: str) -> bool:
        return dotted in self.persist_functions

    def origin_kind(self, dotted: str) -> str:
        """Whether a function that hands out a session is a provider of the standard."""
        return "provider" if dotted in self.providers else "factory"

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
                bases = self.program.hierarchy.external_bases(owner)
                known = any(base.partition(".")[0] not in _NO_ENTITIES for base in bases)
            else:
                known = not value.type
            self._entities[value.type] = known
        return known and value.id != "self"

    def is_receive(self, run: Run, call: f.Call, *, iterates: bool = False) -> bool:
        """Whether a call waits for the next event; ``iterates``: whether looping over it does."""
        for value in run.program.static(run.module, run.number, call.func):
            name = run.program.callable_name(value)
            found = run.program.catalog.receive(name) if name else None
            if found is not None and (found.iterates or not iterates):
                return True
        return False

    def note_call(
        self, caller: Run, function: v.Func, bound: dict[str, v.Values], at: int, end: int
    ) -> None:
        """A call was resolved: an edge of the call graph, and what parameters are passed."""
        if self._calls is not None and caller.operations is not None:
            self._calls[at, end, (function.module, function.scope)] = None
        self.note_passed(function, bound)

    def note_passed(self, function: v.Func, bound: dict[str, v.Values]) -> None:
        """What a caller, or something that starts the function, passes for its parameters."""
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
