"""DBC107: connection settings are handed to a task or down the call chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in, end_of
from connlint.model.name_parts import last_name
from connlint.rules.base import Rule
from connlint.rules.evidence import instead, may_make_sessions, suspect
from connlint.rules.sessions.handing import handing_intent

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_ALWAYS = "db_params"
_A_TASK = "a task"


class ConnectionParametersPassed(Rule):
    """Arguments that carry connection settings where a session should go, or nothing at all."""

    code = "DBC107"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        bundles = frozenset({_ALWAYS, *project.standard.sessions.parameter_bundles})
        for module in project.program.examined:
            for number in range(len(module.facts.scopes)):
                body = module.facts.bodies[number]
                if not any(name.encode() in body for name in bundles):
                    continue
                scope = (module.name, number)
                if not may_make_sessions(project, scope):
                    for call in calls_in(module.body(number)):
                        yield from self._passed(project, scope, call, bundles)

    def _passed(
        self, project: Project, scope: ScopeId, call: f.Call, bundles: frozenset[str]
    ) -> Iterator[Suspect]:
        direct = [(name, node) for name, node in _arguments(call) if name in bundles]
        packed = [(name, node) for name, node in _packed(call) if name in bundles]
        callee = _callee(project, scope, call) if direct or packed else ""
        found = direct if not callee.startswith(_A_TASK) else [*direct, *packed]
        for name, node in found if callee else ():
            is_name = isinstance(node, (f.Name, f.Attr))
            is_fixable = is_name and (name, node) in direct
            yield suspect(
                project, self.code, scope,
                node.at if isinstance(node, (f.Name, f.Attr)) else call.at,
                end_of(node) if isinstance(node, (f.Name, f.Attr)) else call.end,
                shape="name" if is_name else "call",
                message=f"hands connection settings ({name}) to {callee}; let it open a session: "
                f"{instead(project)}",
                matched=name,
                intent=handing_intent(project, scope, call, node, name) if is_fixable else None,
            )  # fmt: skip


def _arguments(call: f.Call) -> Iterator[tuple[str, f.Expr]]:
    """The arguments of a call, each under the name of the parameter or of what is handed on."""
    for argument in call.args:
        inner = argument.value if isinstance(argument, f.Starred) else argument
        yield last_name(inner), inner
    for keyword in call.keywords:
        is_none = isinstance(keyword.value, f.Const) and keyword.value.value is None
        if not is_none:
            name = keyword.name or ""
            yield (name if name == _ALWAYS else last_name(keyword.value) or name), keyword.value


def _packed(call: f.Call) -> Iterator[tuple[str, f.Expr]]:
    """What a call hands on in a sequence or dictionary: ``Thread(args=(db_params,))``."""
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(argument, f.Seq):
            yield from ((last_name(item), item) for item in argument.items)
        elif isinstance(argument, f.DictLit):
            yield from ((last_name(value), value) for value in argument.values)


def _callee(project: Project, scope: ScopeId, call: f.Call) -> str:
    """The task, function or class of the project that a call hands its arguments to."""
    program = project.program
    for value in project.engine.anywhere(scope, call.func):
        name = program.callable_name(value)
        if isinstance(value, (v.Func, v.Class)):
            return "" if project.role((value.module, value.scope)) == "test" else name
        if name in program.catalog.spawns:
            return f"{_A_TASK} ({name})"
        if name == "functools.partial" and call.args:
            return next(_functions(project, scope, call.args[0]), "")
    return ""


def _functions(project: Project, scope: ScopeId, node: f.Expr) -> Iterator[str]:
    """The functions and classes of the project that an expression stands for."""
    for value in project.engine.anywhere(scope, node):
        if isinstance(value, (v.Func, v.Class)):
            yield project.program.callable_name(value)
