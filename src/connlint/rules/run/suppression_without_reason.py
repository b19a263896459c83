"""DBC902: a suppression comment that does not say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.run.comments import comment_suspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connlint.facts.types import Directive
    from connlint.findings import Suspect
    from connlint.model.project import Project


class SuppressionWithoutReason(Rule):
    """Comments are read by triage, which calls :meth:`unexplained` for each without a reason."""

    code = "DBC902"
    default_on = False

    def suspects(self, project: Project) -> Iterable[Suspect]:
        return ()

    def unexplained(self, path: str, directive: Directive, codes: Sequence[str]) -> Suspect:
        """The suspect for ``directive``, which silences ``codes`` without a reason."""
        listed = ", ".join(codes)
        return comment_suspect(
            self.code,
            path,
            directive,
            message=f"suppression of {listed} gives no reason: write it behind the codes",
            matched=f"{directive.kind}[{listed}]",
            priority="low",
        )
