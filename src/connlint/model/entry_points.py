"""The program in, its entry points out: what starts the code from outside, and how often.

Found by decorators, registering calls, base classes, loops that wait for events, dependencies that
many routes share, and the standard's own ``events``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

import msgspec

from connlint.config.globs import matches_name
from connlint.facts import types as f
from connlint.location import unpack
from connlint.model import values as v
from connlint.model.catalog.types import PER_EVENT, EntryKind, Registrar
from connlint.model.classes import ClassId
from connlint.model.engine import Engine
from connlint.model.expressions import calls_in
from connlint.model.focus import Focus
from connlint.model.name_parts import source_name
from connlint.model.names import Module, ScopeId
from connlint.model.registrations import (
    PROGRESS,
    Registration,
    pass_registries,
    registering_calls,
    registrars_of,
)
from connlint.model.routes import Prefixes, route_name

SHARED_BY = 3
"""A dependency or decorator that so many routes share runs as often as a request hook."""

_WITH_ROUTES = frozenset({"FastAPI", "APIRouter", "include_router"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})


class EntryPoint(msgspec.Struct, frozen=True):
    """What starts a function from outside.

    ``kind`` is an entry kind of the catalogue, ``name`` what a person calls it (``POST /jobs``).
    ``per_event``: it runs for every event; ``in_loop``: only what its receive loop does is.
    """

    kind: EntryKind
    name: str
    module: str
    scope: int
    symbol: str
    path: str
    line: int
    per_event: bool = False
    in_loop: bool = False


class Start(NamedTuple):
    """A call that has a function run: what is called (``asyncio.create_task``), and where."""

    target: str
    scope: ScopeId
    call: f.Call


class EntryPoints:
    """Finds the entry points of a program. Ask :attr:`found` once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._program = engine.program
        self._catalog = engine.program.catalog
        self._events = engine.program.standard.events
        self.starts: dict[ScopeId, list[Start]] = {}
        self._prefixes = Prefixes(engine.program)
        self._found: dict[tuple[ScopeId, str], EntryPoint] = {}
        self._by: dict[tuple[ScopeId, str], str] = {}
        """The module that makes each function an entry point; none when the standard does, or many
        modules do together."""
        self._at = ""
        self._is_whole = True

    def carry(self, earlier: EntryPoints, focus: Focus) -> None:
        """Take over what was found before a change in modules that are not looked at anew."""
        self._is_whole = False
        for (scope, kind), entry in earlier._found.items():
            by = earlier._by[scope, kind]
            now = focus.now(scope, self._program) if by not in focus.modules else None
            if now is not None:
                line = unpack(self._program.modules[now[0]].facts.scopes[now[1]].name_at)[0]
                moved = msgspec.structs.replace(entry, scope=now[1], line=line)
                self._found[now, kind] = moved
                self._by[now, kind] = by
        for scope, starts in earlier.starts.items():
            kept = [start for start in starts if start.scope[0] not in focus.modules]
            if kept and (now := focus.now(scope, self._program)):
                self.starts[now] = kept
        self._prefixes.carry(earlier._prefixes)

    def find(self) -> tuple[EntryPoint, ...]:
        """All entry points, in order of path and line."""
        pass_registries(self._program)
        calls = list(registering_calls(self._program))
        self._prefixes.collect(calls)
        for module in self._program.examined:
            self._at = module.name
            for number, scope in enumerate(module.facts.scopes):
                if scope.decorators:
                    self._from_decorators(module, number)
                if scope.kind == "class" and scope.bases:
                    self._from_bases(ClassId(module.name, number))
        for registration in calls:
            self._at = registration.module.name
            self._from_call(registration)
        self._depended_on()
        self._at = ""
        self._configured()
        if self._is_whole:
            self._shared()
        return tuple(sorted(self._found.values(), key=lambda e: (e.path, e.line, e.kind, e.name)))

    # adding

    def _add(self, kind: EntryKind, name: str, scope: ScopeId) -> None:
        module = self._program.modules[scope[0]]
        facts = module.facts.scopes[scope[1]]
        symbol = module.symbol(scope[1])
        in_loop = kind == "websocket"
        per_event = kind in PER_EVENT or in_loop
        exempt = self._events.exempt
        if any(matches_name(pattern, symbol) for pattern in exempt):
            per_event = False
        if kind == "route" and any(self._prefixes.matches(p, name) for p in self._events.routes):
            per_event = True
        line = unpack(facts.name_at)[0]
        entry = EntryPoint(
            kind, name, scope[0], scope[1], symbol, module.path, line, per_event, in_loop
        )
        if self._found.setdefault((scope, kind), entry) is entry:
            self._by[scope, kind] = self._at

    def _add_values(self, kind: EntryKind, name: str, values: v.Values) -> None:
        """Register everything that a handler argument may be."""
        for value in values:
            if isinstance(value, v.Func):
                self._add(kind, name or self._name_of(value), (value.module, value.scope))
            elif isinstance(value, v.Pending):
                func = value.func
                self._add(kind, name or self._name_of(func), (func.module, func.scope))
            elif isinstance(value, v.Partial):
                self._add_values(kind, name, value.func)
            elif isinstance(value, v.Items):
                for item in value.items:
                    self._add_values(kind, name, item)
            elif isinstance(value, v.Class):
                self._add_class(kind, name, ClassId(value.module, value.scope))
            elif isinstance(value, v.Obj):
                owner = self._program.class_of(value.type)
                found = self._program.hierarchy.method(owner, "__call__") if owner else None
                if found is not None:
                    self._add(kind, name, (found[0].module, found[1]))

    def _add_class(self, kind: EntryKind, name: str, owner: ClassId) -> None:
        """A class as a handler: a view with a method per verb, or an ASGI middleware."""
        methods = _VERBS if kind == "route" else {"__call__", "dispatch"}
        for method in sorted(methods):
            number = self._program.hierarchy.own_member(owner, method)
            if number is not None:
                label = f"{method.upper()} {name}" if kind == "route" else name
                self._add(kind, label or method, (owner.module, number))

    def _name_of(self, function: v.Func) -> str:
        return self._program.modules[function.module].facts.scopes[function.scope].qualname

    # decorators, calls, bases

    def _from_decorators(self, module: Module, number: int) -> None:
        scope = module.facts.scopes[number]
        for decorator in scope.decorators:
            call = decorator if isinstance(decorator, f.Call) else None
            callee = call.func if call is not None else decorator
            for value in self._program.static(module, scope.parent, callee):
                target = self._program.callable_name(value)
                if not target:
                    continue
                for registrar in registrars_of(self._program, value):
                    if registrar.decorates:
                        name = self._label(registrar, module, number, call, value)
                        if scope.kind == "class":
                            self._add_class(registrar.entry, name, ClassId(module.name, number))
                        else:
                            self._add(registrar.entry, name, (module.name, number))
                if any(matches_name(pattern, target) for pattern in self._events.decorators):
                    self._add("socket-event", scope.name, (module.name, number))

    def _label(
        self, registrar: Registrar, module: Module, number: int, call: f.Call | None, value: v.Value
    ) -> str:
        scope = module.facts.scopes[number]
        label = _argument(self._program, module, scope.parent, call, registrar.label)
        if registrar.entry in ("route", "websocket"):
            return route_name(
                self._prefixes, self._program, module, registrar, label, call, value, scope
            )
        return label or scope.name

    def _from_call(self, registration: Registration) -> None:
        for registrar in registration.registrars:
            if not registrar.calls:
                continue
            handler = registration.argument(registrar.handler, registrar.handler_keyword)
            if not handler:
                continue
            label = registration.text(registrar.label)
            if registrar.entry == "route":
                methods = registrar.methods or ("GET",)
                prefixed = self._prefixes.full(registration.receiver, label)
                label = f"{'/'.join(methods)} {prefixed}" if prefixed else ""
            self._add_values(registrar.entry, label, handler)
            scope = (registration.module.name, registration.scope)
            start = Start(registrar.target, scope, registration.node)
            for value in handler:
                started = value.func if isinstance(value, v.Pending) else value
                if isinstance(started, v.Func):
                    self.starts.setdefault((started.module, started.scope), []).append(start)
                    self._give(registrar, started)
        for name, values in registration.named():
            if PROGRESS.search(name) and any(
                isinstance(each, (v.Func, v.Partial)) for each in values
            ):
                self._add_values("progress-callback", "", values)

    def _give(self, registrar: Registrar, handler: v.Func) -> None:
        """Note what a handler is called with: nobody in the project says so."""
        params = self._program.modules[handler.module].facts.scopes[handler.scope].params
        params = params[1:] if handler.receiver is not None else params
        if registrar.gives and params and params[0].annotation is None:
            name = params[0].name
            key = (handler.module, handler.scope, name)
            given = v.Obj(registrar.gives, f"p:{name}")
            self._program.passed.setdefault(key, {})[given] = None
            self._program.forget_parameters()

    def _from_bases(self, owner: ClassId) -> None:
        for base in self._program.hierarchy.external_bases(owner):
            for known in self._catalog.bases_for(base):
                self._methods_of(owner, known.methods)
        ancestors = self._program.hierarchy.ancestors(owner)
        names = {
            *self._program.hierarchy.external_bases(owner),
            *(self._dotted(each) for each in ancestors[1:]),
        }
        if any(
            matches_name(pattern, name) for pattern in self._events.base_classes for name in names
        ):
            self._methods_of(
                owner,
                {"on_*": "socket-event", "handle*": "socket-event", "__call__": "socket-event"},
            )

    def _dotted(self, owner: ClassId) -> str:
        return self._program.modules[owner.module].symbol(owner.scope)

    def _methods_of(self, owner: ClassId, methods: object) -> None:
        module = self._program.modules[owner.module]
        kinds: dict[str, EntryKind] = dict(methods)  # type: ignore[call-overload]
        for number in module.children.get(owner.scope, ()):
            scope = module.facts.scopes[number]
            if scope.kind != "function":
                continue
            for pattern, kind in kinds.items():
                if fnmatchcase(scope.name, pattern):
                    label = f"{module.facts.scopes[owner.scope].name}.{scope.name}"
                    if kind == "route" and scope.name in _VERBS:
                        label = f"{scope.name.upper()} {module.facts.scopes[owner.scope].name}"
                    self._add(kind, label, (module.name, number))
                    break

    # the standard's own, and what many routes share

    def _configured(self) -> None:
        for pattern in self._events.functions:
            targets = [] if "*" in pattern else list(self._program.names.resolve_dotted(pattern))
            for target in targets:
                if target.kind == "function":
                    self._add("event-handler", target.name, (target.module, target.scope))
            if "*" in pattern:
                for module in self._program.examined:
                    for number, scope in enumerate(module.facts.scopes):
                        if scope.kind == "function" and matches_name(
                            pattern, module.symbol(number)
                        ):
                            self._add("event-handler", scope.qualname, (module.name, number))

    def _shared(self) -> None:
        """Dependencies and decorators that many routes share."""
        uses: dict[ScopeId, int] = {}
        for entry in list(self._found.values()):
            if entry.kind == "route":
                for used in set(self._used_by(entry)):
                    uses[used] = uses.get(used, 0) + 1
        for scope, count in sorted(uses.items()):
            if count >= SHARED_BY and not self._provides_session(scope):
                name = self._program.modules[scope[0]].facts.scopes[scope[1]].qualname
                self._add("request-hook", name, scope)

    def _depended_on(self) -> None:
        """Dependencies of applications and routers: they run before each of their routes."""
        for module in self._program.examined:
            self._at = module.name
            for number, scope in enumerate(module.facts.scopes):
                if not any(text.rpartition(".")[2] in _WITH_ROUTES for text in scope.called):
                    continue
                for call in calls_in(module.body(number)):
                    if source_name(call.func) in _WITH_ROUTES:
                        for value in self._listed(module, number, call):
                            name = self._program.modules[value.module].facts.scopes[value.scope]
                            self._add("request-hook", name.qualname, (value.module, value.scope))

    def _listed(self, module: Module, number: int, call: f.Call) -> Iterator[v.Func]:
        """The functions in ``dependencies=[Depends(function)]``."""
        for keyword in call.keywords:
            if keyword.name == "dependencies" and isinstance(keyword.value, f.Seq):
                for item in keyword.value.items:
                    for value in self._program.annotations.provider_of(module, number, item):
                        if isinstance(value, v.Func):
                            yield value

    def _used_by(self, entry: EntryPoint) -> Iterator[ScopeId]:
        module = self._program.modules[entry.module]
        scope = module.facts.scopes[entry.scope]
        for decorator in scope.decorators:
            for value in self._program.static(module, scope.parent, decorator):
                if isinstance(value, v.Func):
                    yield (value.module, value.scope)
            if isinstance(decorator, f.Call):
                for value in self._listed(module, scope.parent, decorator):
                    yield (value.module, value.scope)
        yield from self._dependencies(module, entry.scope, 0)

    def _dependencies(self, module: Module, number: int, depth: int) -> Iterator[ScopeId]:
        if depth > 4:
            return
        scope = module.facts.scopes[number]
        for param in scope.params:
            for provider in self._program.annotations.providers(module, scope.parent, param):
                if isinstance(provider, v.Func):
                    yield (provider.module, provider.scope)
                    inner = self._program.modules[provider.module]
                    yield from self._dependencies(inner, provider.scope, depth + 1)

    def _provides_session(self, scope: ScopeId) -> bool:
        symbol = self._program.modules[scope[0]].symbol(scope[1])
        if symbol in self._engine.providers:
            return True
        given = self._program.provided_by(v.Func(scope[0], scope[1]))
        return any(self._program.is_session(value) for value in given)


def _argument(
    program: object, module: Module, scope: int, call: f.Call | None, label: int | str | None
) -> str:
    """The constant text of a decorator's argument."""
    if call is None or label is None:
        return ""
    node: f.Expr | None = None
    if isinstance(label, int):
        node = call.args[label] if label < len(call.args) else None
        if node is None and label == 0:
            node = next(
                (k.value for k in call.keywords if k.name in ("path", "rule", "event", "url")), None
            )
    else:
        node = next((k.value for k in call.keywords if k.name == label), None)
    if node is None:
        return ""
    for value in program.static(module, scope, node):  # type: ignore[attr-defined]
        if isinstance(value, v.Const) and isinstance(value.value, str):
            return value.value
    return ""
