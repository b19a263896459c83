"""DBC209: a background task works on a session that it did not open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_of, expressions_of
from connlint.model.name_parts import callee_of
from connlint.model.names import walk
from connlint.model.passing import parameters_passed
from connlint.model.usage import is_waited_for, uses_of
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.entry_points import EntryPoint
    from connlint.model.names import Module, ScopeId
    from connlint.model.project import Project

_CALLBACKS = frozenset({"call_soon", "call_soon_threadsafe", "call_later", "call_at"})
_TASKS = frozenset({"task", "thread", "scheduled-job"})


class TaskWithoutOwnSession(Rule):
    """Background tasks that take a session as a parameter, or one of the function around them."""

    code = "DBC209"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        seen: set[ScopeId] = set()
        for entry in project.entry_points:
            scope = (entry.module, entry.scope)
            if entry.kind not in _TASKS or scope in seen or project.role(scope) in EXEMPT_ROLES:
                continue
            seen.add(scope)
            what = _given(project, scope) if _runs_behind(project, scope) else ""
            if what:
                yield self._suspect(project, entry, what)

    def _suspect(self, project: Project, entry: EntryPoint, what: str) -> Suspect:
        scope = (entry.module, entry.scope)
        facts = project.module(scope[0]).facts.scopes[scope[1]]
        return suspect(
            project, self.code, scope, facts.at, facts.end, shape="def",
            message=f"{facts.name} runs in the background on {what}, which may be closed by then; "
            "let it open a session of its own",
            matched=project.symbol(scope), priority="high",
        )  # fmt: skip


def _runs_behind(project: Project, scope: ScopeId) -> bool:
    """Whether a task is started so that it can outlive whoever starts it: neither as a callback of
    the loop's own, nor so that its starter waits for it."""
    starts = project.starts.get(scope, ())
    for start in starts:
        if start.target.rpartition(".")[2] in _CALLBACKS:
            continue
        body = project.module(start.scope[0]).body(start.scope[1])
        if not is_waited_for(body, start.call, uses_of(body)):
            return True
    return not starts


def _given(project: Project, scope: ScopeId) -> str:
    """The session that a task is given, in words; nothing when it opens its own."""
    module = project.module(scope[0])
    facts = module.facts.scopes[scope[1]]
    for param in facts.params:
        for value in project.program.annotations.parameter(module, scope[1], param):
            is_parameter = isinstance(value, v.Obj) and (
                value.origin is not None and value.origin.kind == "parameter"
            )
            if is_parameter and project.program.is_session(value):
                if param.name in parameters_passed(project.engine, scope):
                    return ""
                if _is_passed_in(project, scope, param.name):
                    return ""
                return f"the session in its parameter {param.name}"
    parent = module.facts.scopes[facts.parent]
    if parent.kind != "function":
        return ""
    outer = f"s:{scope[0]}:{facts.parent}:"
    own = {f"p:{param.name}" for param in facts.params}
    theirs = {f"p:{param.name}" for param in parent.params if _is_session(project, scope, param)}
    for operation in project.run(scope).operations:
        session = operation.effect.session
        if session.startswith(outer) or session in theirs - own:
            return f"a session of {parent.name}"
    return ""


def _is_passed_in(project: Project, scope: ScopeId, name: str) -> bool:
    """Whether a decorator of the project passes an argument of this name to what it wraps."""
    module = project.module(scope[0])
    parent = module.facts.scopes[scope[1]].parent
    for decorator in module.facts.scopes[scope[1]].decorators:
        callee = callee_of(decorator)
        for value in project.values(scope[0], parent, callee):
            if isinstance(value, v.Func) and _passes(
                project.module(value.module), value.scope, name
            ):
                return True
    return False


def _passes(module: Module, number: int, name: str) -> bool:
    """Whether a decorator, or a wrapper in it, makes a keyword argument of this name."""
    for statement in walk(module.body(number)):
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                key = target.index if isinstance(target, f.Index) else None
                if isinstance(key, f.Const) and key.value == name:
                    return True
        for expression in expressions_of(statement):
            for call in calls_of(expression):
                is_plain = isinstance(call.func, f.Name)
                if is_plain and any(keyword.name == name for keyword in call.keywords):
                    return True
    return any(_passes(module, child, name) for child in module.children.get(number, ()))


def _is_session(project: Project, scope: ScopeId, param: f.Param) -> bool:
    """Whether a parameter of the function around holds a session."""
    module = project.module(scope[0])
    parent = module.facts.scopes[scope[1]].parent
    values = project.program.annotations.parameter(module, parent, param)
    return any(project.program.is_session(value) for value in values)
