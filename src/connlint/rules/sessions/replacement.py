"""What a forbidden way to get a session is to be replaced with, as the intent of a fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from connlint.findings import FixIntent
from connlint.model import values as v
from connlint.model.inner_roots import spelled_in
from connlint.model.named_providers import providers_named
from connlint.model.providers import Provider

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


def providers(project: Project, names: Iterable[str]) -> Iterator[Provider]:
    """What names of the standard lead to."""
    for name in names:
        yield from providers_named(project.engine, name)


def respelled(project: Project, scope: ScopeId, provider: Provider) -> Provider | None:
    """The provider by the name that the file of ``scope`` can import it by, if there is one."""
    module = project.program.names.modules.get(provider.module)
    if module is None:
        return provider
    spelled = spelled_in(project.program.modules[scope[0]], module)
    if not spelled:
        return None
    name = spelled + provider.name.removeprefix(module.dotted)
    return provider._replace(name=name, module=spelled)


def provider_for(project: Project, scope: ScopeId) -> Provider | None:
    """The provider that suits a function: a task's own for tasks, else one of the same colour.

    Where the standard has nothing but what is injected, that, unless it can be injected here.
    """
    sessions = project.standard.sessions
    is_task = project.role(scope) == "task"
    names = (*sessions.task_providers, *sessions.providers) if is_task else sessions.providers
    if not names and not _is_route(project, scope):
        names = sessions.dependencies
    is_async = project.program.modules[scope[0]].facts.scopes[scope[1]].is_async
    spelled = (respelled(project, scope, each) for each in providers(project, names))
    known = [each for each in spelled if each is not None]
    fitting = [each for each in known if each.is_async == is_async]
    return next(iter(fitting or known), None)


def _is_route(project: Project, scope: ScopeId) -> bool:
    entries = project.entry_points
    return any(each.kind == "route" and (each.module, each.scope) == scope for each in entries)


def provider_intent(
    project: Project, scope: ScopeId, operation: Operation | None
) -> FixIntent | None:
    """The rewrite to the provider, or ``None`` when the standard names none."""
    provider = provider_for(project, scope)
    if provider is None:
        return None
    is_async = project.acquired_async(operation) if operation is not None else None
    factory = "unknown" if is_async is None else "yes" if is_async else "no"
    title = f"open the session with {provider.name}"
    return _intent(provider, title, factory, _obstacle(provider))


def dependency_intent(project: Project, scope: ScopeId, forbidden: str) -> FixIntent | None:
    """The rewrite of an injected dependency, or ``None`` when the standard names none."""
    names = project.standard.sessions.dependencies
    spelled = (respelled(project, scope, each) for each in providers(project, names))
    provider = next(filter(None, spelled), None)
    if provider is None:
        return None
    replaced = next(providers(project, (forbidden,)), None)
    factory = "unknown" if replaced is None else "yes" if replaced.is_async else "no"
    return _intent(provider, f"inject {provider.name}", factory, "")


def _intent(provider: Provider, title: str, factory_async: str, obstacle: str) -> FixIntent:
    data = provider_data(provider, factory_async)
    return FixIntent(kind="use-provider", safety="safe", title=title, data=data, obstacle=obstacle)


def _obstacle(provider: Provider) -> str:
    """Why a provider can't be put into the place of anything, in words for the user."""
    if provider.passing is not None and provider.passing.obstacle:
        return f"{provider.name} can't be put on a function: {provider.passing.obstacle}"
    if provider.needs:
        return f"{provider.name} has to be given {provider.needs}"
    if provider.swallows:
        return f"{provider.name} may keep to itself what is raised in its block"
    return ""


def provider_data(provider: Provider, factory_async: str) -> dict[str, str]:
    """A provider, and the kind of session that it has to give, as arguments of a fix."""
    return {
        "provider": provider.name,
        "provider_module": provider.module,
        "provider_shape": provider.shape,
        "provider_async": "yes" if provider.is_async else "no",
        "provider_commits": "yes" if provider.commits else "no",
        "factory_async": factory_async,
        **_passing_data(provider),
    }


def _passing_data(provider: Provider) -> dict[str, str]:
    """How a provider that is a decorator is put on a function, as arguments of a fix."""
    passing = provider.passing
    if passing is None:
        return {}
    kind = passing.session.type if isinstance(passing.session, v.Obj) else ""
    return {
        "passed_as": passing.keyword,
        "passed_behind": str(passing.before),
        "decorator_async": "yes" if passing.is_async else "no",
        "decorator_called": "yes" if passing.is_made else "no",
        "decorator_marks": "yes" if passing.is_marked else "no",
        "decorator_depends": "yes" if passing.depends else "no",
        "session_type": "" if ":" in kind else kind,
    }
