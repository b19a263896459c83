"""DBC900: a file that the analysis could not read, decode or parse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.findings import Suspect
from connlint.location import Span
from connlint.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connlint.model.project import Project


class UnreadableFile(Rule):
    """Nothing is known about the file, so nothing about it can be called clean."""

    code = "DBC900"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for path, facts in project.files.items():
            if problem := facts.problem:
                line, column = problem.line, problem.column
                yield Suspect(
                    code=self.code,
                    path=path,
                    span=Span(line, column, line, column),
                    shape="file",
                    message=f"not analysed: {problem.message}",
                    symbol="",
                    matched=problem.message,
                    priority="high",
                )
