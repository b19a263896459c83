"""DBC505: a join is spelled out although the models have a relationship for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.expressions import calls_in, end_of
from connlint.model.name_parts import last_name
from connlint.model.queries.relationships import Relationship, Relationships
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_JOINS = frozenset({"join", "outerjoin"})


class ManualJoin(Rule):
    """``.join(Clip, Job.id == Clip.job_id)`` where ``Job.clips`` says the same."""

    code = "DBC505"
    severity = "info"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        relationships = Relationships(project.program)
        for scope in sorted(project.calling(_JOINS)):
            if project.role(scope) in EXEMPT_ROLES:
                continue
            for call in calls_in(project.module(scope[0]).body(scope[1])):
                if last_name(call.func) not in _JOINS or len(call.args) != 2:
                    continue
                target, condition = call.args
                found = _spelled_out(project, relationships, scope, target, condition)
                if found is None or not isinstance(target, (f.Name, f.Attr)):
                    continue
                owner, relationship = found
                yield suspect(
                    project, self.code, scope, target.at, end_of(target), shape="name",
                    message=f"this join spells out {owner}.{relationship.name}; join the "
                    "relationship",
                    matched=f"{owner}.{relationship.name}", priority="low",
                )  # fmt: skip


def _spelled_out(
    project: Project,
    relationships: Relationships,
    scope: ScopeId,
    target: f.Expr,
    condition: f.Expr,
) -> tuple[str, Relationship] | None:
    """The model and its relationship that a join's condition repeats."""
    joined = _model(project, scope, target)
    if joined is None or not isinstance(condition, f.Compare) or condition.ops != ("==",):
        return None
    sides = [
        (_model(project, scope, side.value), side.attr)
        for side in (condition.left, *condition.rights)
        if isinstance(side, f.Attr)
    ]
    if len(sides) != 2 or joined not in (sides[0][0], sides[1][0]):
        return None
    owner = sides[0][0] if sides[1][0] == joined else sides[1][0]
    if owner is None or owner == joined:
        return None
    keys = [
        model is not None and relationships.is_foreign_key(model, name) for model, name in sides
    ]
    relationship = relationships.between(owner, _name(project, joined))
    return (_name(project, owner), relationship) if relationship and keys.count(True) == 1 else None


def _model(project: Project, scope: ScopeId, node: f.Expr) -> ClassId | None:
    values = project.values(scope[0], scope[1], node)
    value = values[0] if len(values) == 1 else None
    return ClassId(value.module, value.scope) if isinstance(value, v.Class) else None


def _name(project: Project, model: ClassId) -> str:
    return project.module(model.module).facts.scopes[model.scope].name
