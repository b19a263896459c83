"""Routers and their registrations in, full route names out: ``POST /api/jobs/{id}``."""

from __future__ import annotations

from collections.abc import Iterable

from connlint.config.globs import matches_route
from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.types import Registrar
from connlint.model.name_parts import last_name
from connlint.model.names import Module
from connlint.model.program import Program
from connlint.model.registrations import Registration

_OWN = {"APIRouter": "prefix", "Blueprint": "url_prefix"}
_MOUNTED = {"include_router": "prefix", "register_blueprint": "url_prefix"}


class Prefixes:
    """The prefixes of routers and blueprints, by their constructors and where they are included."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._own: dict[str, str] = {}
        self._mounted: dict[str, tuple[str, str]] = {}

    def carry(self, earlier: Prefixes) -> None:
        """Take over the prefixes that were known before a change."""
        self._own.update(earlier._own)
        self._mounted.update(earlier._mounted)

    def collect(self, calls: Iterable[Registration]) -> None:
        """Read the constructors of routers and the calls that include them."""
        mounted: dict[str, tuple[str, str]] = {}
        for call in calls:
            if call.method in _MOUNTED and call.args:
                for child in call.args[0]:
                    if isinstance(child, v.Obj):
                        parent = call.receiver.id if isinstance(call.receiver, v.Obj) else ""
                        prefix = call.text(_MOUNTED[call.method])
                        mounted.setdefault(child.id, (prefix, parent))
        self._mounted.update(mounted)
        for module in self._program.examined:
            if module.facts.scopes and _constructs(module):
                for name, values in module.assignments.items():
                    for value in values:
                        self._constructor(module, name, value)

    def _constructor(self, module: Module, name: str, value: f.Expr) -> None:
        if not isinstance(value, f.Call):
            return
        keyword = _OWN.get(last_name(value.func))
        for each in value.keywords:
            if keyword is not None and each.name == keyword:
                for prefix in self._program.static(module, 0, each.value):
                    if isinstance(prefix, v.Const) and isinstance(prefix.value, str):
                        self._own[f"g:{module.name}.{name}"] = prefix.value

    def full(self, router: v.Value | None, path: str) -> str:
        """A route's path with the prefixes of its router and of the routers around that."""
        prefix = ""
        seen: set[str] = set()
        identity = router.id if isinstance(router, v.Obj) else ""
        while identity and identity not in seen:
            seen.add(identity)
            outer, parent = self._mounted.get(identity, ("", ""))
            prefix = outer + self._own.get(identity, "") + prefix
            identity = parent
        return prefix + path

    def matches(self, pattern: str, name: str) -> bool:
        """Whether a configured route pattern means the route ``METHOD /path``."""
        return matches_route(pattern, name.partition(" ")[2] or name)


def _constructs(module: Module) -> bool:
    called = module.facts.scopes[0].called
    return any(name.rpartition(".")[2] in _OWN for name in called)


def route_name(
    prefixes: Prefixes,
    program: Program,
    module: Module,
    registrar: Registrar,
    path: str,
    call: f.Call | None,
    value: v.Value,
    scope: f.Scope,
) -> str:
    """``GET /path`` for a decorated handler; the handler's name when the path is not constant."""
    receiver = value.receiver if isinstance(value, v.Bound) else None
    full = prefixes.full(receiver, path)
    methods = registrar.methods or _methods(program, module, scope.parent, call)
    if registrar.entry == "websocket":
        return full or scope.name
    return f"{'/'.join(methods)} {full}" if full else f"{'/'.join(methods)} {scope.name}"


def _methods(program: Program, module: Module, scope: int, call: f.Call | None) -> tuple[str, ...]:
    found: list[str] = []
    for keyword in call.keywords if call is not None else ():
        if keyword.name == "methods":
            for value in program.static(module, scope, keyword.value):
                if isinstance(value, v.Items):
                    for item in value.items:
                        found.extend(
                            str(each.value).upper() for each in item if isinstance(each, v.Const)
                        )
    return tuple(found) or ("GET",)
