"""DBC110: a provider is used against its shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model import values as v
from connlint.model.expressions import calls_in, descend, expressions_of
from connlint.model.names import walk
from connlint.model.providers import Provider, provider_of
from connlint.model.usage import Use, uses_of
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, step, suspect
from connlint.rules.sessions.asked_for import asked_for
from connlint.rules.sessions.known_names import known_as

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_OF_MANAGERS = frozenset({"__enter__", "__exit__", "__aenter__", "__aexit__"})
_OF_GENERATORS = frozenset({"send", "throw", "close", "asend", "athrow", "aclose"})
_STEPS = frozenset({"__next__", "__anext__"})
_RIGHT = {
    "context-manager": "with {}() as session",
    "async-context-manager": "async with {}() as session",
    "generator": "Depends({0}), or with contextmanager({0})() as session",
    "async-generator": "Depends({0}), or async with asynccontextmanager({0})() as session",
}


class ProviderMisused(Rule):
    """Providers that are awaited, entered, iterated or used as a session though they are none."""

    code = "DBC110"
    severity = "error"
    fixes = ("safe", "unsafe")

    def suspects(self, project: Project) -> Iterator[Suspect]:
        providers = dict(_providers(project))
        for scope, run in project.runs():
            if project.role(scope) in EXEMPT_ROLES:
                continue
            for call, callee in asked_for(project, scope, providers):
                yield self._asked(project, scope, call, callee, providers[callee])
            calls = {(at, end): callee for at, end, callee in run.calls if callee in providers}
            if not calls:
                continue
            body = project.module(scope[0]).body(scope[1])
            uses = uses_of(body)
            for place, callee in calls.items():
                use = uses.get(place)
                wrong = _misuse(project, scope, providers[callee], use) if use else ""
                if wrong and not _is_closed_by_owner(project, scope, place[0]):
                    yield self._suspect(project, scope, place, callee, providers[callee], wrong)

    def _asked(
        self, project: Project, scope: ScopeId, call: f.Call, callee: ScopeId, provider: Provider
    ) -> Suspect:
        facts = project.module(callee[0]).facts.scopes[callee[1]]
        return suspect(
            project, self.code, scope, call.at, call.end, shape="call",
            message=f"{facts.name} is asked for in the body of a function, where nothing injects "
            "its session; make it the default of a parameter of the route, and hand the session on",
            matched=provider.name, priority="high",
            trace=(step(project, callee, facts.name_at, "gives the session"),),
        )  # fmt: skip

    def _suspect(
        self,
        project: Project,
        scope: ScopeId,
        place: tuple[int, int],
        callee: ScopeId,
        provider: Provider,
        wrong: str,
    ) -> Suspect:
        facts = project.module(callee[0]).facts.scopes[callee[1]]
        kind = provider.shape.replace("-", " ")
        article = "an" if kind[0] in "aeiou" else "a"
        right = _RIGHT[provider.shape].format(facts.name)
        return suspect(
            project, self.code, scope, *place, shape="call",
            message=f"{facts.name} is {article} {kind} and is {wrong} here; use {right}",
            matched=provider.name, priority="high",
            trace=(step(project, callee, facts.name_at, f"defined as {article} {kind}"),),
            intent=_intent(project, scope, provider, facts.name),
        )  # fmt: skip


def _intent(project: Project, scope: ScopeId, provider: Provider, name: str) -> FixIntent:
    """The rewrite that opens a provider in the block that its shape asks for."""
    is_route = any(
        entry.kind == "route" and (entry.module, entry.scope) == scope
        for entry in project.entry_points_of(scope)
    )
    is_async = provider.shape.startswith("async")
    manager = f"contextlib.{'async' if is_async else ''}contextmanager"
    return FixIntent(
        kind="enter-provider",
        safety="safe",
        title=f"open {name} in a block",
        data={
            "provider": provider.name,
            "provider_shape": provider.shape,
            "provider_commits": "yes" if provider.commits else "no",
            "route": "yes" if is_route else "no",
            "manager_known_as": known_as(project, scope, manager),
        },
    )


def _providers(project: Project) -> Iterator[tuple[ScopeId, Provider]]:
    """The generators of the project that hand out sessions, decorated or bare."""
    for scope, run in project.known_runs():
        facts = project.module(scope[0]).facts.scopes[scope[1]]
        if not facts.is_generator or project.role(scope) in EXEMPT_ROLES:
            continue
        if any(project.program.is_session(value) for value in run.summary.yields):
            yield scope, provider_of(project.engine, scope)


def _misuse(project: Project, scope: ScopeId, provider: Provider, use: Use) -> str:
    """What is wrong with the use of a provider's result, in words; nothing when it is right."""
    is_manager = provider.shape.endswith("context-manager")
    is_async = provider.shape.startswith("async")
    if use.kind == "awaited":
        return "awaited"
    if use.kind == "entered":
        if not is_manager:
            return "entered as a context manager"
        if use.is_async != is_async:
            return f"entered with {'async with' if use.is_async else 'a plain with'}"
        return ""
    if use.kind == "iterated":
        return "iterated over"
    if use.kind == "argument" and use.outer is not None:
        return "drained by hand" if _is_next(project, scope, use.outer) else ""
    if use.kind == "attribute":
        return _attribute(use.name, is_manager=is_manager)
    if use.kind == "assigned":
        return _named(project, scope, use.name, is_manager=is_manager)
    return ""


def _is_next(project: Project, scope: ScopeId, call: f.Call) -> bool:
    values = project.engine.anywhere(scope, call.func)
    return any(
        isinstance(each, v.Ext) and each.name in ("builtins.next", "builtins.anext")
        for each in values
    )


def _attribute(name: str, *, is_manager: bool) -> str:
    if name in _STEPS:
        return "drained by hand"
    if name in (_OF_MANAGERS if is_manager else _OF_GENERATORS):
        return ""
    return "used as the session itself"


def _named(project: Project, scope: ScopeId, name: str, *, is_manager: bool) -> str:
    """What is wrong with the uses of the name that holds the provider's result."""
    body = project.module(scope[0]).body(scope[1])
    if sum(1 for statement in walk(body) for each in _bound(statement) if each == name) != 1:
        return ""
    for call in calls_in(body):
        argument = call.args[0] if call.args else None
        is_given = isinstance(argument, f.Name) and argument.id == name
        if is_given and _is_next(project, scope, call):
            return "drained by hand"
    for statement in walk(body):
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Call) and isinstance(node.func, f.Attr):
                    held = node.func.value
                    if isinstance(held, f.Name) and held.id == name:
                        return _attribute(node.func.attr, is_manager=is_manager)
    return ""


def _bound(statement: f.Stmt) -> Iterator[str]:
    """The names that a statement binds."""
    targets: tuple[f.Expr | None, ...] = ()
    if isinstance(statement, f.Assign):
        targets = statement.targets
    elif isinstance(statement, f.With):
        targets = tuple(item.target for item in statement.items)
    elif isinstance(statement, (f.For, f.Annotated, f.AugAssign)):
        targets = (statement.target,)
    for target in targets:
        if target is not None:
            yield from (each.id for each in descend(target) if isinstance(each, f.Name))


def _is_closed_by_owner(project: Project, scope: ScopeId, at: int) -> bool:
    """Whether an owner drains a generator and closes the session itself."""
    if not project.is_owner(scope[0]):
        return False
    life = project.lives.of(scope)
    opened = any(each.at == at for each in life.acquired.values())
    return opened and all(leak.acquired.at != at for leak in life.leaks)
