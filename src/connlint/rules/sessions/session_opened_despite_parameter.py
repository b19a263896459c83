"""DBC106: a function that is given a session opens another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model.lifetimes.ways import tested_names
from connlint.model.name_parts import root_name
from connlint.model.names import collect_assignments, walk
from connlint.rules.base import Rule
from connlint.rules.evidence import step, suspect
from connlint.rules.sessions.openings import (
    arguments_at,
    given_sessions,
    opener_of,
    openers,
    own_openings,
)
from connlint.rules.sessions.reuse import reuse_intent

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


def _is_given_too(operation: Operation) -> bool:
    """Whether the engine, pool or factory is a parameter itself: it was given for just this."""
    return operation.effect.source.startswith("p:")


def _is_choice(
    project: Project, scope: ScopeId, operation: Operation, given: Sequence[str]
) -> bool:
    """Whether what is entered comes from what is given (a pool, then) or from a test of it, as in
    ``nullcontext(given) if given else pool.connection()``."""
    body = project.module(scope[0]).body(scope[1])
    contexts = [
        item.context
        for statement in walk(body)
        if isinstance(statement, f.With)
        for item in statement.items
        if getattr(item.context, "at", None) == operation.at
    ]
    if any(isinstance(each, f.Call) and root_name(each) in given for each in contexts):
        return True
    return any(
        isinstance(value, f.Cond) and set(tested_names(value.test)) & set(given)
        for each in contexts
        if isinstance(each, f.Name)
        for value in collect_assignments(body).get(each.id, ())
    )


class SessionOpenedDespiteParameter(Rule):
    """Second sessions in functions, and in methods of objects, that were given one."""

    code = "DBC106"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope in openers(project):
            given = given_sessions(project, scope)
            if not given:
                continue
            unneeded = project.lives.of(scope).unneeded
            for operation in own_openings(project, scope):
                if operation.at in unneeded or project.is_driver_connect(operation):
                    continue
                if _is_given_too(operation) or _is_choice(project, scope, operation, given):
                    continue
                # `Session(bind=connection)` works on the connection that was given.
                if arguments_at(project, scope, operation.at, operation.end) & set(given):
                    continue
                yield self._suspect(project, scope, operation, given[0])

    def _suspect(
        self, project: Project, scope: ScopeId, operation: Operation, given: str
    ) -> Suspect:
        name = opener_of(operation)
        facts = project.module(scope[0]).facts.scopes[scope[1]]
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"{facts.name} is given a session ({given}) and opens another one with {name}; "
            "use the one that it is given",
            # Not what opens it: that changes with the fix of another rule.
            matched=given,
            trace=(
                step(project, scope, facts.name_at, f"is given {given}"),
                step(project, scope, operation.at, f"opens another session: {name}"),
            ),
            intent=reuse_intent(project, scope, operation, given),
        )  # fmt: skip
