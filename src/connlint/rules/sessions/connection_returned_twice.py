"""DBC112: a connection goes back to its pool after it was closed or returned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import step, suspect
from connlint.rules.sessions.openings import opener_of, openers

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.lifetimes.noticed import Return
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class ConnectionReturnedTwice(Rule):
    """Connections that are handed back to their pool although they are gone already."""

    code = "DBC112"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope in openers(project):
            for returned in project.lives.of(scope).returns:
                # The pools of the drivers throw closed connections away themselves.
                if returned.before == "returned" or not returned.to_library:
                    yield self._suspect(project, scope, returned)

    def _suspect(self, project: Project, scope: ScopeId, returned: Return) -> Suspect:
        opened = returned.acquired
        advice = (
            "the pool hands it out twice"
            if returned.before == "returned"
            else "the pool hands out a closed connection"
        )
        return suspect(
            project, self.code, scope, returned.at, returned.end, shape="call",
            message=f"connection goes back to the pool after it was {returned.before}; {advice}",
            matched=opener_of(opened), priority="high",
            trace=(
                step(project, scope, opened.at, f"takes a connection: {opener_of(opened)}"),
                step(project, scope, returned.at, f"returns it after it was {returned.before}"),
            ),
        )  # fmt: skip
