"""What a forbidden way to get a session is to be replaced with, as the intent of a fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from connlint.findings import FixIntent
from connlint.model.providers import Provider, provider_of

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


def providers(project: Project, names: Iterable[str]) -> Iterator[Provider]:
    """The functions that names of the standard lead to."""
    for name in names:
        for target in project.targets(name):
            if target.kind == "function":
                yield provider_of(project.engine, (target.module, target.scope))


def provider_for(project: Project, scope: ScopeId) -> Provider | None:
    """The provider that suits a function: a task's own for tasks, else one of the same colour."""
    sessions = project.standard.sessions
    is_task = project.role(scope) == "task"
    names = (*sessions.task_providers, *sessions.providers) if is_task else sessions.providers
    is_async = project.program.modules[scope[0]].facts.scopes[scope[1]].is_async
    known = list(providers(project, names))
    fitting = [each for each in known if each.is_async == is_async]
    return next(iter(fitting or known), None)


def provider_intent(
    project: Project, scope: ScopeId, operation: Operation | None
) -> FixIntent | None:
    """The rewrite to the provider, or ``None`` when the standard names none."""
    provider = provider_for(project, scope)
    if provider is None:
        return None
    is_async = project.acquired_async(operation) if operation is not None else None
    factory = "unknown" if is_async is None else "yes" if is_async else "no"
    return _intent(provider, f"open the session with {provider.name}", factory)


def dependency_intent(project: Project, forbidden: str) -> FixIntent | None:
    """The rewrite of an injected dependency, or ``None`` when the standard names none."""
    provider = next(providers(project, project.standard.sessions.dependencies), None)
    if provider is None:
        return None
    replaced = next(providers(project, (forbidden,)), None)
    factory = "unknown" if replaced is None else "yes" if replaced.is_async else "no"
    return _intent(provider, f"inject {provider.name}", factory)


def _intent(provider: Provider, title: str, factory_async: str) -> FixIntent:
    data = provider_data(provider, factory_async)
    return FixIntent(kind="use-provider", safety="safe", title=title, data=data)


def provider_data(provider: Provider, factory_async: str) -> dict[str, str]:
    """A provider, and the kind of session that it has to give, as arguments of a fix."""
    return {
        "provider": provider.name,
        "provider_module": provider.module,
        "provider_shape": provider.shape,
        "provider_async": "yes" if provider.is_async else "no",
        "provider_commits": "yes" if provider.commits else "no",
        "factory_async": factory_async,
    }
