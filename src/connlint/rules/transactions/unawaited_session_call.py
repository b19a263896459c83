"""DBC208: a coroutine method of an asynchronous session is called and not awaited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model import values as v
from connlint.model.expressions import calls_in, descend, expressions_of
from connlint.model.names import walk
from connlint.model.usage import Use, uses_of
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_OF_COROUTINES = frozenset({"send", "throw", "close", "cr_frame", "cr_running"})


class _Coroutine(NamedTuple):
    """A coroutine method. ``awaits_more``: its result may have coroutine methods in turn."""

    name: str
    awaits_more: bool


class UnawaitedSessionCall(Rule):
    """Coroutines of sessions and connections that are dropped, or taken for their results."""

    code = "DBC208"
    severity = "error"
    fixes = ("safe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            places = {
                (each.at, each.end)
                for each in run.operations
                if each.own and _may_be(project, each)
            }
            if not places:
                continue
            body = project.module(scope[0]).body(scope[1])
            uses: dict[tuple[int, int], Use] | None = None
            for call in calls_in(body):
                if (call.at, call.end) not in places:
                    continue
                uses = uses_of(body) if uses is None else uses
                use = uses.get((call.at, call.end))
                if use is None or not (_is_lost(body, use) or _is_handed_over(project, scope, use)):
                    continue
                found = _coroutine(project, scope, call)
                if found is not None:
                    yield self._suspect(project, scope, call, found)

    def _suspect(
        self, project: Project, scope: ScopeId, call: f.Call, found: _Coroutine
    ) -> Suspect:
        function = project.module(scope[0]).facts.scopes[scope[1]]
        obstacle = ""
        if function.kind == "function" and not function.is_async:
            obstacle = "the function is synchronous: nothing can be awaited in it"
        data = {"awaits_more": "yes" if found.awaits_more else "no"}
        return suspect(
            project, self.code, scope, call.at, call.end, shape="call",
            message=f"{found.name} is a coroutine and is not awaited: nothing is done",
            matched=found.name, priority="high",
            intent=FixIntent("await-call", "safe", f"await {found.name}", data, obstacle),
        )  # fmt: skip


def _may_be(project: Project, operation: Operation) -> bool:
    """Whether an operation may be a coroutine's: its object is asynchronous, or held globally."""
    found = project.program.catalog.type(operation.effect.chain[-1].text.rpartition(".")[0])
    return found is None or found.is_async


def _is_lost(body: f.Body, use: Use) -> bool:
    """Whether nobody can await the result any more."""
    if use.kind == "dropped":
        return True
    if use.kind == "attribute":
        return use.name not in _OF_COROUTINES
    if use.kind == "iterated":
        return True
    return use.kind == "assigned" and _is_taken_for_result(body, use.name)


def _is_handed_over(project: Project, scope: ScopeId, use: Use) -> bool:
    """Whether a session, connection or cursor is called with the coroutine, as if it were a row."""
    if use.kind != "argument" or use.outer is None:
        return False
    values = project.values(*scope, use.outer.func)
    return bool(values) and all(
        isinstance(value, v.Bound)
        and (known := project.program.catalog.type(value.receiver.type)) is not None
        and known.kind in ("session", "connection", "cursor")
        for value in values
    )


def _is_taken_for_result(body: f.Body, name: str) -> bool:
    """Whether a name is only asked for attributes: never awaited, passed on or returned."""
    mentions = 0
    asked = 0
    for statement in walk(body):
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Name) and node.id == name:
                    mentions += 1
                elif (
                    isinstance(node, f.Attr)
                    and isinstance(node.value, f.Name)
                    and node.value.id == name
                ):
                    asked += 1
    bound = sum(
        isinstance(target, f.Name) and target.id == name
        for statement in walk(body)
        if isinstance(statement, f.Assign)
        for target in statement.targets
    )
    return bound == 1 and 0 < asked == mentions - bound


def _coroutine(project: Project, scope: ScopeId, call: f.Call) -> _Coroutine | None:
    """What is called, when it is a coroutine whatever the path."""
    catalog = project.program.catalog
    names = set()
    awaits_more = False
    for value in project.values(*scope, call.func):
        if not isinstance(value, v.Bound):
            return None
        method = catalog.method(value.receiver.type, value.method)
        if (
            not project.program.kind(value.receiver)
            or method is None
            or not (method.is_async or method.is_startable)
        ):
            return None
        names.add(f"{value.receiver.type.rpartition('.')[2]}.{value.method}")
        result = catalog.type(method.returns)
        awaits_more |= result is None or any(
            each.is_async or each.is_startable for each in result.methods.values()
        )
    return _Coroutine(min(names), awaits_more) if names else None
