"""DBC904: a baseline entry that allows more findings than there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.findings import Suspect
from connlint.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connlint.location import Span
    from connlint.model.project import Project


class StaleBaselineEntry(Rule):
    """Triage holds the findings against the baseline and calls :meth:`stale`."""

    code = "DBC904"
    severity = "error"

    def suspects(self, project: Project) -> Iterable[Suspect]:
        return ()

    def stale(self, path: str, span: Span, entry: str, allowed: int, found: int) -> Suspect:
        """The suspect for ``entry``, at ``span`` of the baseline file ``path``."""
        left = "none is left" if not found else f"{found} left"
        return Suspect(
            code=self.code,
            path=path,
            span=span,
            shape="file",
            message=f"allows {allowed} of {entry}, {left}: shrink it with --write-baseline",
            symbol="",
            matched=entry,
        )
