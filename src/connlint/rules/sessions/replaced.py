"""The fix that puts a provider into the place of something in, the same fix out, with what is known
of the thing that it replaces: what would be lost, and under which names the provider is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.model.providers import provider_of
from connlint.rules.sessions.decoratable import why_not_decorated
from connlint.rules.sessions.known_names import known_as
from connlint.rules.sessions.sharing import why_shared

if TYPE_CHECKING:
    from connlint.findings import FixIntent
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


def mindful(
    project: Project, scope: ScopeId, at: int, name: str, intent: FixIntent | None
) -> FixIntent | None:
    """``intent`` to replace ``name``, which stands at a place of a function, with its obstacles."""
    if intent is None:
        return None
    wanted, module = intent.data["provider"], intent.data["provider_module"]
    # Of a method's name, what is imported is the object.
    root = f"{module}.{wanted.removeprefix(f'{module}.').partition('.')[0]}"
    data = {
        **intent.data,
        "provider_known_as": known_as(project, scope, root),
        **_names_of_helpers(project, scope, intent.data),
    }
    obstacle = intent.obstacle
    if intent.data["provider_commits"] == "no" and _commits(project, name):
        obstacle = f"{name} commits when it is left, and {wanted} does not"
    elif _is_given_arguments(project, scope, at):
        obstacle = "the provider has no place for the arguments that the factory is given"
    elif not obstacle and data["provider_shape"] == "decorator":
        obstacle = why_not_decorated(project, scope)
    elif not obstacle and data["provider_shape"] == "scoped":
        obstacle = why_shared(project, scope, wanted)
    return replace(intent, data=data, obstacle=obstacle)


def _names_of_helpers(project: Project, scope: ScopeId, data: Mapping[str, str]) -> dict[str, str]:
    """The names that the file has for what a generator, or a parameter's type, is written with."""
    shape, kind = data["provider_shape"], data.get("session_type", "")
    found = {}
    if shape.endswith("generator"):
        manager = f"contextlib.{'async' if shape.startswith('async') else ''}contextmanager"
        found["manager_known_as"] = known_as(project, scope, manager)
    if kind:
        found["session_type_known_as"] = known_as(project, scope, kind)
    return found


def _commits(project: Project, name: str) -> bool:
    """Whether something of the project commits when its block is left."""
    functions = (each for each in project.targets(name) if each.kind == "function")
    return any(provider_of(project.engine, (t.module, t.scope)).commits for t in functions)


def _is_given_arguments(project: Project, scope: ScopeId, at: int) -> bool:
    """Whether the call at a place is one of a ``partial`` that holds more than the factory."""
    for call in calls_in(project.module(scope[0]).body(scope[1])):
        if call.at != at:
            continue
        func = call.func
        if isinstance(func, f.Attr) and func.attr == "begin":
            func = func.value
        for value in project.values(*scope, func):
            if isinstance(value, v.Partial) and (value.args or value.keywords):
                return True
    return False
