"""A function in, why a decorator that hands it one more argument can't be put on it out.

Its callers don't see that. What looks at its parameters does: a framework that calls it, or what
else it is handed on to. Threads and the like only call it, with the arguments that they are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.model import values as v
from connlint.model.mentions import Mention, Mentions

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_ONLY_CALL = frozenset(
    {
        "anyio.abc.TaskGroup.start_soon", "asyncio.TaskGroup.create_task", "asyncio.create_task",
        "asyncio.ensure_future", "asyncio.gather", "asyncio.to_thread",
        "starlette.background.BackgroundTask", "starlette.background.BackgroundTasks.add_task",
        "threading.Thread", "threading.Timer",
    }
)  # fmt: skip


def why_not_decorated(project: Project, scope: ScopeId) -> str:
    """Why one more parameter of a function would not stay between it and a decorator."""
    facts = project.module(scope[0]).facts.scopes[scope[1]]
    if facts.kind != "function":
        return ""
    starts = project.starts.get(scope, ())
    entries = [each for each in project.entry_points if (each.module, each.scope) == scope]
    is_started = bool(starts) and all(each.target in _ONLY_CALL for each in starts)
    is_task = all(each.kind in {"task", "thread"} for each in entries)
    if entries and not (is_task and is_started):
        return f"{facts.name} is called by a framework, which may look at its parameters"

    def wanted(value: v.Value) -> str:
        is_it = isinstance(value, v.Func) and (value.module, value.scope) == scope
        return facts.name if is_it else ""

    def is_start(mention: Mention) -> bool:
        return any(
            each.scope == (mention.module.name, mention.scope)
            and each.call.at <= mention.at < each.call.end
            for each in starts
        )

    mentions = Mentions(project.program, project.engine.relevance, wanted)
    if not all(map(is_start, mentions.handed_on())):
        return f"{facts.name} is handed on to what may look at its parameters"
    return ""
