"""DBC903: a suppression comment that names no rule, and so silences nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.run.comments import comment_suspect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connlint.facts.types import Directive
    from connlint.findings import Suspect
    from connlint.model.project import Project


class UnknownCodeInSuppression(Rule):
    """The comments are read by triage, which knows every rule and calls :meth:`unknown`."""

    code = "DBC903"

    def suspects(self, project: Project) -> Iterable[Suspect]:
        return ()

    def unknown(self, path: str, directive: Directive, word: str, nearest: str) -> Suspect:
        """The suspect for ``word`` in ``directive``; ``nearest`` is the rule most like it."""
        hint = f"; did you mean {nearest}?" if nearest else ""
        return self._suspect(path, directive, f"no rule is called {word}{hint}", word)

    def malformed(self, path: str, directive: Directive) -> Suspect:
        """The suspect for a comment that begins like a suppression but can't be read as one."""
        message = f"this suppression can't be read: {directive.reason}"
        return self._suspect(path, directive, message, "malformed")

    def _suspect(self, path: str, directive: Directive, message: str, matched: str) -> Suspect:
        return comment_suspect(self.code, path, directive, message=message, matched=matched)
