"""The audit's tables with what every format says around them: the standard, the run, marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from connlint.audit.files import FileRow
from connlint.audit.leads import Lead
from connlint.audit.points import Point, PointVerdict
from connlint.audit.remarks import Remark
from connlint.audit.tables import Tables
from connlint.config.loading import LoadedStandard
from connlint.config.render import Row, rows_of
from connlint.findings import Finding
from connlint.report.view import ProposedFix
from connlint.triage.verdict import Verdict
from connlint.version import __version__

SourceLines = Callable[[str], Sequence[str]]
_LABELS: dict[PointVerdict, tuple[str, str]] = {
    "keep": ("\N{WHITE HEAVY CHECK MARK}", "KEEP"),
    "remove": ("\N{CROSS MARK}", "UNNECESSARY"),
    "fix": ("\N{CROSS MARK}", "NOT COMPLIANT"),
    "move": ("\N{WARNING SIGN}\N{VARIATION SELECTOR-16}", "COULD BE CACHED"),
    "batch": ("\N{WARNING SIGN}\N{VARIATION SELECTOR-16}", "COULD BE BATCHED"),
    "review": ("\N{BLACK QUESTION MARK ORNAMENT}", "REVIEW"),
    "removed": ("\N{WHITE HEAVY CHECK MARK}", "REMOVED"),
}


@dataclass(frozen=True, slots=True)
class AuditView:
    """An audit as all formats see it. ``skipped`` are folders and files that were left out, each
    with the reason. ``fixes`` go by the fingerprint of their finding, ``refusals`` say of the
    others why they are not fixed; both are empty for a format that shows neither."""

    tables: Tables
    loaded: LoadedStandard
    verdict: Verdict
    source: SourceLines
    skipped: tuple[tuple[str, str], ...] = ()
    fixes: Mapping[str, ProposedFix] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    version: str = __version__

    @property
    def title(self) -> str:
        """The report's heading, as the standard gives it."""
        return self.loaded.standard.audit.title

    @property
    def settings(self) -> list[Row]:
        """The settings of the standard that are not defaults."""
        return _chosen(self.loaded)

    @property
    def files(self) -> list[FileRow]:
        """The files with connections, in order of path."""
        return [progress.file for progress in self.tables.progress]

    def elsewhere(self, remark: Remark) -> Point | None:
        """The connection point in another function that a remark is about."""
        return None if remark.elsewhere is None else self.tables.points[remark.elsewhere]

    def refusal(self, finding: Finding) -> str:
        """Why connlint does not fix a finding, as a sentence; empty where it does."""
        reason = self.refusals.get(finding.fingerprint, "")
        return f"Not fixed automatically: {reason}." if reason else ""

    @property
    def compliant_files(self) -> int:
        """How many of the files with connections have no finding."""
        return sum(not row.findings for row in self.files)


def _chosen(loaded: LoadedStandard) -> list[Row]:
    return [row for row in rows_of(loaded) if row.origin != "default"]


def chosen_settings(loaded: LoadedStandard) -> dict[str, object]:
    """The settings that are not defaults as the JSON of an audit has them."""
    return {row.key: msgspec.json.decode(msgspec.json.encode(row.value)) for row in _chosen(loaded)}


def mark(verdict: PointVerdict) -> str:
    """The sign of a verdict."""
    return _LABELS[verdict][0]


def way(lead: Lead) -> str:
    """What a call of another function does in the end: ``commits through run → save``."""
    return f"{lead.does} through {' → '.join(lead.through)}"


def label(remark: Remark) -> str:
    """A verdict in capitals; what may stay is necessary when it saves data."""
    if remark.verdict == "keep":
        return "NECESSARY" if remark.saves else "OK"
    return _LABELS[remark.verdict][1]


def action(verdict: PointVerdict) -> str:
    """What a verdict asks for, for lists: ``move to a cache``."""
    return {"move": "move to a cache or buffer", "batch": "batch"}.get(verdict, verdict)


def connection_type(row: FileRow) -> str:
    """How a file gets its connections, in words."""
    return "no connection of its own" if row.connection_type == "none" else row.connection_type
