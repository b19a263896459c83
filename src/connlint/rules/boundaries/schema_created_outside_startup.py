"""DBC604: tables are created while the application is at work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model.schema_creation import SchemaCreation
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project
    from connlint.model.schema_creation import Creation


class SchemaCreatedOutsideStartup(Rule):
    """``create_all``, and functions that only call it, outside start-up, migrations and tests."""

    code = "DBC604"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        found = SchemaCreation(
            project.program, project.roles, dict(project.known_runs()), project.entry_points_of
        )
        for creation in found.at_work():
            yield self._suspect(project, creation)

    def _suspect(self, project: Project, creation: Creation) -> Suspect:
        what = "create_all"
        if creation.callee is not None:
            what = project.symbol(creation.callee).rpartition(".")[2]
        return suspect(
            project, self.code, creation.scope, creation.at, creation.end, shape="call",
            message=f"{what}() creates tables while the application is at work; call it at "
            "start-up, or write a migration",
            matched=what,
        )  # fmt: skip
