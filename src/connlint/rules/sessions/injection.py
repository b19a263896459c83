"""A session that a route opens itself in, the dependency that would hand it one, as the intent of a
fix, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.findings import FixIntent
from connlint.location import span_between
from connlint.model.providers import Provider, provider_of
from connlint.rules.sessions.known_names import known_as
from connlint.rules.sessions.openings import opener_of, own_openings
from connlint.rules.sessions.replacement import provider_data, providers, respelled

if TYPE_CHECKING:
    from connlint.location import Span
    from connlint.model.effects import Operation
    from connlint.model.names import Module, ScopeId
    from connlint.model.project import Project


def injection_intent(project: Project, scope: ScopeId, opened: Operation) -> FixIntent | None:
    """The rewrite that takes the session as a parameter; ``None`` without a fitting dependency."""
    is_async = project.acquired_async(opened)
    known = providers(project, project.standard.sessions.dependencies)
    provider = next((each for each in known if each.is_async == is_async), None)
    spelled = respelled(project, scope, provider) if provider is not None else None
    if provider is None or spelled is None:
        return None
    data = {
        **provider_data(spelled, "yes" if is_async else "no"),
        "provider_known_as": known_as(project, scope, provider.name),
        "injector_known_as": known_as(project, scope, "fastapi.Depends"),
        "opened_commits": _commits(project, opened),
        "session_type": opened.effect.gives,
        "session_type_known_as": known_as(project, scope, opened.effect.gives),
    }
    like = next(_injected_with(project, project.module(scope[0]), provider.name), None)
    if like is not None:
        data["like"] = ",".join(map(str, (like.line, like.column)))
    return FixIntent(
        kind="inject-session",
        safety="unsafe",
        title=f"take a session from {provider.name} as a parameter",
        data=data,
        obstacle=_unfit(provider) or _obstacle(project, scope),
    )


def _unfit(provider: Provider) -> str:
    """Why no framework injects what a provider gives, in words for the user."""
    is_decorator = provider.shape == "decorator"
    return f"{provider.name} is a decorator, not a dependency" if is_decorator else ""


def _commits(project: Project, opened: Operation) -> str:
    """Whether leaving what the route opens commits."""
    if opened.own or len(opened.effect.chain) < 2:
        return "no"
    inner = opened.effect.chain[1]
    return "yes" if provider_of(project.engine, (inner.module, inner.scope)).commits else "no"


def _obstacle(project: Project, scope: ScopeId) -> str:
    """Why the handler can't take one more parameter, in words for the user."""
    module = project.module(scope[0])
    decorators = project.program.decorator_names(module, scope[1])
    if not any(name.startswith("fastapi.") for name in decorators):
        return "nothing injects parameters into this route"
    for caller, callees in project.call_graph.callees.items():
        if scope in callees:
            return f"{project.symbol(caller)} calls it, too, and has no session to hand it"
    openers = {opener_of(each) for each in own_openings(project, scope)}
    if len(list(own_openings(project, scope))) > 1:
        return f"it opens several sessions ({', '.join(sorted(openers))})"
    return ""


def _injected_with(project: Project, module: Module, provider: str) -> Iterator[Span]:
    """The parameters in a file that get their value from a provider."""
    annotations = project.program.annotations
    for facts in module.facts.scopes:
        for param in facts.params:
            values = annotations.providers(module, facts.parent, param)
            if any(project.program.callable_name(value) == provider for value in values):
                yield span_between(param.at, param.end)
