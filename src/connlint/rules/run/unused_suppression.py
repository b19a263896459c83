"""DBC901: a suppression comment that silences nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.findings import FixIntent
from connlint.rules.base import Rule
from connlint.rules.run.comments import comment_suspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connlint.facts.types import Directive
    from connlint.findings import Suspect
    from connlint.model.project import Project


class UnusedSuppression(Rule):
    """What a comment silences is known only when all findings are: triage calls :meth:`unused`."""

    code = "DBC901"
    fixes = ("safe",)

    def suspects(self, project: Project) -> Iterable[Suspect]:
        return ()

    def unused(self, path: str, directive: Directive, codes: Mapping[str, str]) -> Suspect:
        """The suspect for ``codes`` of ``directive``, none of which silenced a finding.

        The mapping holds the words by which the comment means each code: a rule has a name, too.
        """
        listed = ", ".join(codes)
        where = "in this file" if directive.kind == "ignore-file" else "on this line"
        return comment_suspect(
            self.code,
            path,
            directive,
            message=f"suppression of {listed} is not needed: no such finding {where}",
            matched=f"{directive.kind}[{listed}]",
            priority="low",
            intent=FixIntent(
                kind="remove-suppression",
                safety="safe",
                title=f"Remove the suppression of {listed}",
                data={"words": " ".join(codes.values())},
            ),
        )
