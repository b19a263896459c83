"""DBC205: a commit by hand right before the provider commits anyway."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model.enclosing import Frame, frames_around
from connlint.model.expressions import calls_of, expressions_of
from connlint.model.names import walk
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect
from connlint.rules.transactions.plain_values import is_plain

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class CommitUnderManagedSession(Rule):
    """Commits that the end of the session's block or request repeats, with nothing between."""

    code = "DBC205"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        nested = {(each.place.module, each.place.at) for each in project.nestings}
        for scope, run in project.runs():
            if project.role(scope) in EXEMPT_ROLES:
                continue
            for operation in run.operations:
                effect = operation.effect
                if effect.kind != "commit" or operation.leaving or effect.implicit:
                    continue
                if (scope[0], operation.at) in nested:
                    continue
                provider = _manager(project, run, operation)
                if not operation.own and not _is_own_method(project, run, operation):
                    continue
                if provider and _is_last(project, scope, run, operation):
                    yield self._suspect(project, scope, operation, provider)

    def _suspect(
        self, project: Project, scope: ScopeId, operation: Operation, provider: str
    ) -> Suspect:
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"{provider} commits when it is left, and nothing needs this commit before",
            matched=provider,
            intent=FixIntent(
                kind="remove-commit", safety="unsafe", title="remove the commit",
                data={"caution": "what is committed early may be waited for elsewhere"},
            ),
        )  # fmt: skip


def _is_own_method(project: Project, run: FunctionRun, operation: Operation) -> bool:
    """Whether a commit is a method of the very object that commits when it is left: the
    ``commit()`` of a unit of work."""
    classes = {
        _class_of(project, each)
        for each in run.operations
        if each.leaving
        and each.effect.kind == "commit"
        and each.effect.session == operation.effect.session
    }
    own = _class_of(project, operation)
    return own is not None and own in classes


def _class_of(project: Project, operation: Operation) -> ScopeId | None:
    """The class whose method commits when it is called directly."""
    if len(operation.effect.chain) != 2:
        return None
    step = operation.effect.chain[1]
    scopes = project.module(step.module).facts.scopes
    parent = scopes[step.scope].parent
    return (step.module, parent) if scopes[parent].kind == "class" else None


def _manager(project: Project, run: FunctionRun, operation: Operation) -> str:
    """The provider that commits the session when it is left, by its last name."""
    injected = project.injector(operation.origin)
    if injected is not None:
        return injected.name.rpartition(".")[2] if injected.commits else ""
    return next(
        (
            each.effect.chain[0].text
            for each in run.operations
            if each.leaving
            and not each.own
            and each.effect.kind == "commit"
            and each.effect.session == operation.effect.session
        ),
        "",
    )


def _is_last(project: Project, scope: ScopeId, run: FunctionRun, operation: Operation) -> bool:
    """Whether nothing but logging follows until the session is left."""
    body = project.module(scope[0]).body(scope[1])
    ends = {
        each.at
        for each in run.operations
        if each.leaving and each.effect.session == operation.effect.session
    }
    opened = max((at for at in ends if at < operation.at), default=0)
    inner = (*operation.tries, *(loop.at for loop in operation.loops))
    if any(at > opened for at in inner):
        return False
    for frame in reversed(frames_around(body, operation.at)):
        if frame.part in ("handler", "final"):
            return False
        if not all(_is_idle(project, scope, each) for each in walk(frame.following)):
            return False
        if frame.owner is not None and _is_left(frame, ends):
            return True
    return not ends


def _is_left(frame: Frame, ends: set[int]) -> bool:
    """Whether the end of a block is where the session is left."""
    owner = frame.owner
    return isinstance(owner, f.With) and any(
        getattr(item.context, "at", 0) in ends for item in owner.items
    )


def _is_idle(project: Project, scope: ScopeId, statement: f.Stmt) -> bool:
    """Whether a statement can do without what was committed: it logs, or returns what it has."""
    if isinstance(statement, f.Return):
        return statement.value is None or is_plain(project, scope, statement.value)
    if isinstance(statement, f.Evaluate):
        return project.signals.is_quiet(scope, statement.value)
    if isinstance(statement, f.If):
        return not any(True for each in expressions_of(statement) for _ in calls_of(each))
    return False
