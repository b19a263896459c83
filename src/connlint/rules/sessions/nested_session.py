"""DBC114: a second session is opened while another one of the same database is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.location import line_of
from connlint.model import values as v
from connlint.rules.base import Rule
from connlint.rules.evidence import step, suspect
from connlint.rules.sessions.openings import given_sessions, opener_of, openers

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation, Step
    from connlint.model.lifetimes.noticed import Nested
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class Opening(NamedTuple):
    """A second session, seen from the function that has the first one open."""

    scope: ScopeId
    nested: Nested
    inner: Step


class NestedSession(Rule):
    """Sessions opened, here or through a call, on a way on which one is open already."""

    code = "DBC114"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        found: dict[tuple[str, int], list[Opening]] = {}
        for scope in openers(project, known=True):
            life = project.lives.of(scope)
            leaked = {leak.acquired.at for leak in life.leaks if not leak.ever_closes}
            for nested in life.nested:
                step_ = _opening_step(project, nested.inner)
                inside = (step_.module, step_.scope)
                if nested.outer.at in leaked or not _counts(project, nested):
                    continue
                if inside == scope or not given_sessions(project, inside):
                    place = (step_.module, step_.at)
                    found.setdefault(place, []).append(Opening(scope, nested, step_))
        for openings in found.values():
            yield self._suspect(project, openings)

    def _suspect(self, project: Project, openings: list[Opening]) -> Suspect:
        scope, nested, inner = openings[0]
        outer = nested.outer
        place = (inner.module, inner.scope)
        around = f"{project.path(scope)}:{line_of(outer.at)}"
        through = "" if place == scope else f", on a way from {project.symbol(scope)}"
        more = f" (and in {len(openings) - 1} more places)" if len(openings) > 1 else ""
        return suspect(
            project, self.code, place, inner.at, inner.end,
            message=f"opens another session while that of {around} is open{through}{more}; "
            "pass that one on, or open this one after it is closed",
            matched=nested.inner.effect.provider,
            trace=(
                step(project, scope, outer.at, f"opens a session: {opener_of(outer)}"),
                *project.trace(nested.inner.effect),
            ),
        )  # fmt: skip


def _opening_step(project: Project, inner: Operation) -> Step:
    """Where the inner session is opened: in the function that works with it, not in those that
    hand it out."""
    chain = inner.effect.chain
    index = len(chain) - 1
    while index and _hands_out(project, (chain[index].module, chain[index].scope)):
        index -= 1
    return chain[index]


def _hands_out(project: Project, scope: ScopeId) -> bool:
    """Whether a function yields or returns a session that it opened."""
    own = f"s:{scope[0]}:{scope[1]}:"
    return any(
        isinstance(value, v.Obj) and value.id.startswith(own) and project.program.is_session(value)
        for value in v.flattened(project.engine.provided_by_scope(scope))
    )


def _counts(project: Project, nested: Nested) -> bool:
    """Whether both are sessions of one database, and the inner one no way out of an error."""
    inner, outer = nested.inner, nested.outer
    if inner.in_handler and not outer.in_handler:
        return False
    if project.is_driver_connect(inner) or project.is_driver_connect(outer):
        return False
    return bool(_sources(project, inner) & _sources(project, outer))


def _sources(project: Project, operation: Operation) -> set[str]:
    """What the session comes from: a factory of the project, and functions that hand it out.

    A function that is told which database to open says nothing.
    """
    names = set()
    for each in operation.effect.chain[1:]:
        facts = project.module(each.module).facts.scopes[each.scope]
        asked = [param for param in facts.params if param.default is None and param.kind in "pok"]
        is_told = any(param.name not in ("self", "cls") for param in asked)
        if not is_told and _hands_out(project, (each.module, each.scope)):
            names.add(project.symbol((each.module, each.scope)))
    provider = operation.effect.provider
    if provider.partition(".")[0] not in project.program.catalog.packages:
        names.add(provider)
    return names - {""}
