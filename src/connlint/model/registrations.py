"""The program in, its registering calls out: every call of a function that the catalogue knows to
take a handler, with its arguments evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.lookup import Catalog
from connlint.model.catalog.types import Registrar
from connlint.model.expressions import calls_in
from connlint.model.names import Module
from connlint.model.program import Program

PROGRESS = re.compile(r"(^|_)(progress|chunk|heartbeat|tick)(_|$)", re.IGNORECASE)
"""Names of parameters for what runs once a chunk or step."""
_REPORTS = (b"progress", b"chunk", b"heartbeat", b"tick")
_ROUTING = frozenset({"include_router", "register_blueprint", "mount", "APIRouter", "Blueprint"})


@dataclass(slots=True)
class Registration:
    """One registering call. ``receiver`` is the object whose method is called."""

    module: Module
    scope: int
    node: f.Call
    method: str
    receiver: v.Value | None
    registrars: tuple[Registrar, ...]
    args: list[v.Values] = field(default_factory=list)
    keywords: list[tuple[str, v.Values]] = field(default_factory=list)
    params: tuple[str, ...] = ()
    """The names of the parameters of the function that is called, where it is the project's."""

    def argument(self, position: int | str, keyword: str = "") -> v.Values:
        """An argument by position or keyword, whichever is there."""
        if isinstance(position, int) and position < len(self.args):
            return self.args[position]
        wanted = {keyword, position} - {""}
        return next((values for name, values in self.keywords if name in wanted), ())

    def named(self) -> Iterator[tuple[str, v.Values]]:
        """The arguments with a name: of the keyword, or of the parameter that they are for."""
        yield from self.keywords
        if self.params and not any(isinstance(each, f.Starred) for each in self.node.args):
            yield from zip(self.params, self.args, strict=False)

    def text(self, position: int | str | None) -> str:
        """The constant text of an argument, or nothing."""
        if position is None:
            return ""
        for value in self.argument(position):
            if isinstance(value, v.Const) and isinstance(value.value, str):
                return value.value
        return ""


def pass_registries(program: Program) -> None:
    """Evaluate the calls of functions that register on a parameter (``def routes(app): @app.get``).

    Afterwards the program knows what their callers pass for it.
    """
    wanted: dict[str, None] = {}
    for module in program.modules.values():
        scopes = module.facts.scopes
        for scope in scopes:
            for decorator in scope.decorators:
                root = _root(decorator)
                around = scopes[scope.parent]
                if any(param.name == root and param.annotation is None for param in around.params):
                    wanted[around.name] = None
    if not wanted:
        return
    for module in program.examined:
        for number, scope in enumerate(module.facts.scopes):
            if any(called.rpartition(".")[2] in wanted for called in scope.called):
                for node in calls_in(module.body(number)):
                    func = node.func
                    last = func.attr if isinstance(func, f.Attr) else getattr(func, "id", "")
                    if last in wanted:
                        program.static(module, number, node)
    program.forget_parameters()


def _root(node: f.Expr) -> str:
    """The name that a decorator starts with."""
    while isinstance(node, (f.Attr, f.Call)):
        node = node.value if isinstance(node, f.Attr) else node.func
    return node.id if isinstance(node, f.Name) else ""


def registering_calls(program: Program) -> Iterator[Registration]:
    """All registering calls of all scopes, in order."""
    catalog = program.catalog
    everywhere, by_package = _registering_names(catalog)
    reporting = _reporting(program)
    for module in program.examined:
        absolute = (item.module for item in module.facts.imports if not item.level)
        imported = {name.partition(".")[0] for name in absolute}
        wanted = everywhere.union(*(by_package.get(package, ()) for package in imported))
        for number, scope in enumerate(module.facts.scopes):
            names = {called.rpartition(".")[2] for called in scope.called}
            body = module.facts.bodies[number]
            watched = any(word in body for word in _REPORTS) or bool(names & reporting)
            if names & wanted or watched:
                yield from _calls_of(program, module, number, wanted, watched=watched)


def _reporting(program: Program) -> frozenset[str]:
    """The names of the project's functions that take a callback for their progress."""
    return frozenset(
        scope.name
        for module in program.modules.values()
        for scope in module.facts.scopes
        if any(PROGRESS.search(param.name) for param in scope.params)
    )


def _registering_names(catalog: Catalog) -> tuple[set[str], dict[str, set[str]]]:
    """The last names of registering functions: telling ones, and everyday ones by package.

    An everyday name (``get``, ``run``) counts only in files that import the library.
    """
    everywhere = set(_ROUTING)
    by_package: dict[str, set[str]] = {}
    for library in catalog.libraries:
        for registrar in library.registrars:
            name = registrar.target.rpartition(".")[2]
            if registrar.calls and ("_" in name or name[:1].isupper()):
                everywhere.add(name)
            elif registrar.calls:
                for package in library.packages:
                    by_package.setdefault(package, set()).add(name)
    return everywhere, by_package


def _calls_of(
    program: Program, module: Module, number: int, wanted: set[str], *, watched: bool
) -> Iterator[Registration]:
    for node in calls_in(module.body(number)):
        func = node.func
        last = (
            func.attr if isinstance(func, f.Attr) else func.id if isinstance(func, f.Name) else ""
        )
        given = (*node.args, *(k.value for k in node.keywords)) if watched else ()
        callbacks = any(isinstance(each, (f.Name, f.Attr, f.Lambda)) for each in given)
        if last not in wanted and not callbacks:
            continue
        targets = program.static(module, number, func)
        for value in targets or (v.NONE[0],):
            registrars = registrars_of(program, value) if targets and last in wanted else ()
            if registrars or callbacks or last in _ROUTING:
                yield _registration(program, module, number, node, last, value, registrars)


def registrars_of(program: Program, value: v.Value) -> tuple[Registrar, ...]:
    """How calling or decorating with a value registers handlers.

    An object that a library keeps under a name of its own (``celery.signals.worker_ready``) may
    mean more than its type does.
    """
    if isinstance(value, v.Bound) and value.receiver.origin is not None:
        origin = value.receiver.origin
        if origin.kind == "global":
            own = program.catalog.registrars_for(f"{origin.name}.{value.method}")
            if own:
                return own
    name = program.callable_name(value)
    return program.catalog.registrars_for(name) if name else ()


def _registration(
    program: Program,
    module: Module,
    number: int,
    node: f.Call,
    last: str,
    value: v.Value,
    registrars: tuple[Registrar, ...],
) -> Registration:
    receiver: v.Value | None = value.receiver if isinstance(value, v.Bound) else None
    found = Registration(module, number, node, last, receiver, registrars)
    if isinstance(value, v.Func):
        params = program.modules[value.module].facts.scopes[value.scope].params
        names = tuple(param.name for param in params if param.kind in "op")
        found.params = names[1:] if value.receiver is not None else names
    for argument in node.args:
        if not isinstance(argument, f.Starred):
            found.args.append(program.static(module, number, argument))
    for keyword in node.keywords:
        if keyword.name is not None:
            found.keywords.append((keyword.name, program.static(module, number, keyword.value)))
    return found
