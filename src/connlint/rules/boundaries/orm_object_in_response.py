"""DBC601: a route returns rows as they are, without a response model that says what goes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import EntryPointRef
from connlint.model.names import walk
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project
    from connlint.model.responses import Route


class OrmObjectInResponse(Rule):
    """Routes that return ORM objects or raw rows without a response model."""

    code = "DBC601"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for route in project.responses.routes(project.entry_points):
            decorator = route.decorator
            if decorator is None or route.model is not None or project.role(route.scope) == "test":
                continue
            if any(keyword.name == "response_class" for keyword in decorator.keywords):
                continue
            for statement in walk(project.module(route.scope[0]).body(route.scope[1])):
                if (
                    isinstance(statement, f.Return)
                    and statement.value is not None
                    and project.rows.are_given(route.scope, statement.value)
                ):
                    yield self._suspect(project, route, statement)
                    break

    def _suspect(self, project: Project, route: Route, statement: f.Return) -> Suspect:
        return suspect(
            project, self.code, route.scope, statement.at, statement.end, shape="statement",
            message=f"{route.entry.name} returns rows of the database as they are; declare a "
            "response_model with the fields that clients need",
            matched="return",
            entry_point=EntryPointRef(route.entry.kind, route.entry.name),
        )  # fmt: skip
