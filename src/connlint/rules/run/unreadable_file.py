"""DBC900: a file that the analysis could not read, decode or parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.findings import Suspect
from connlint.location import Span
from connlint.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connlint.facts.types import ReadProblem
    from connlint.model.project import Project


class UnreadableFile(Rule):
    """Such a file is no part of the project: the pipeline, which met it, calls :meth:`unread`."""

    code = "DBC900"
    severity = "error"
    always_on = True

    def suspects(self, project: Project) -> Iterable[Suspect]:
        return ()

    def unread(self, path: str, problem: ReadProblem) -> Suspect:
        """The suspect for the file at ``path``, of which no more than ``problem`` is known."""
        line, column = problem.line, problem.column
        return Suspect(
            code=self.code,
            path=path,
            span=Span(line, column, line, column),
            shape="file",
            message=f"not analysed: {problem.message}",
            symbol="",
            matched=problem.message,
            priority="high",
        )
