"""Findings in, the protocol's diagnostics out, with the call chain as related information."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types
from pygls.uris import from_fs_path

from connlint.findings import Finding, Severity, TraceStep
from connlint.rules.run.unused_suppression import UnusedSuppression
from connlint.server.buffers import Buffer
from connlint.server.outcome import Checked
from connlint.server.positions import Positions, Units
from connlint.source import split_lines

SOURCE = "connlint"
_SEVERITIES: dict[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the client understands: its ``units`` of columns, and which extras it can show."""

    units: Units
    shows_related: bool = False
    shows_tags: bool = False


class Shown:
    """The findings in one buffer, each with its diagnostic."""

    def __init__(self, checked: Checked, dialect: Dialect, opened: Sequence[Buffer]) -> None:
        """Take the findings of ``checked``; ``opened`` are all buffers of the run."""
        self.checked = checked
        self._dialect = dialect
        self._uris = {str(buffer.path): buffer.uri for buffer in opened}
        self.versions = {buffer.uri: buffer.version for buffer in opened}
        """Which version of which open file was analysed, by URI."""
        own = Positions(split_lines(checked.buffer.text), dialect.units)
        self._known: dict[str, Positions] = {checked.path: own}
        self.pairs = tuple((finding, self._diagnostic(finding)) for finding in checked.findings)

    @property
    def diagnostics(self) -> list[types.Diagnostic]:
        """What to show in the buffer."""
        return [diagnostic for _, diagnostic in self.pairs]

    def uri(self, path: str) -> str:
        """The URI of a file of the project, spelt as the client does where it has opened it."""
        location = str(self.checked.analysis.location(path))
        return self._uris.get(location) or from_fs_path(location) or ""

    def positions(self, path: str) -> Positions:
        """The places in a file of the project."""
        if path not in self._known:
            lines = self.checked.analysis.source_lines(path)
            self._known[path] = Positions(lines, self._dialect.units)
        return self._known[path]

    def _diagnostic(self, finding: Finding) -> types.Diagnostic:
        tags = None
        if self._dialect.shows_tags and finding.code == UnusedSuppression.code:
            tags = [types.DiagnosticTag.Unnecessary]
        related = None
        if self._dialect.shows_related and finding.trace:
            related = [self._related(step) for step in finding.trace]
        return types.Diagnostic(
            range=self.positions(finding.path).range(finding.span),
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            source=SOURCE,
            message=finding.message,
            tags=tags,
            related_information=related,
        )

    def _related(self, step: TraceStep) -> types.DiagnosticRelatedInformation:
        place = self.positions(step.path).rest_of_line(step.line, step.column)
        text = f"{step.symbol}: {step.note}" if step.symbol else step.note
        return types.DiagnosticRelatedInformation(types.Location(self.uri(step.path), place), text)
