"""DBC305: the same fact goes to process memory and to the database, in no order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.location import line_of
from connlint.rules.base import Rule
from connlint.rules.evidence import step, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.dual_writes import DualWrite as Found
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class DualWrite(Rule):
    """Facts that one function writes to memory and to the database, with no order between them."""

    code = "DBC305"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, _ in project.runs():
            for found in project.dual_writes.of(scope):
                if project.role(scope) != "test":
                    yield self._suspect(project, scope, found)

    def _suspect(self, project: Project, scope: ScopeId, found: Found) -> Suspect:
        memory = found.memory
        names = ", ".join(sorted({fact.name for fact in found.facts} - {"*"})) or "fields"
        line = line_of(found.stored_at)
        return suspect(
            project, self.code, scope, memory.at, memory.end,
            message=f"{names} of {memory.container} also goes to the database (line {line}), and "
            "nothing says which of them is right; write to the database, commit, then to memory",
            matched=memory.container,
            trace=(step(project, scope, found.stored_at, "the database gets it here"),),
        )  # fmt: skip
