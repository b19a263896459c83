"""A verdict in, everything that the formats show of a check out: computed once, for all of them."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from connlint.findings import (
    PRIORITY_ORDER,
    SEVERITY_ORDER,
    Edit,
    EntryPointRef,
    Finding,
    Safety,
)
from connlint.location import Span
from connlint.rules.card import RuleCard
from connlint.triage.verdict import Verdict
from connlint.version import __version__

SourceLines = Callable[[str], Sequence[str]]
"""The lines of a file of the project, without their ends; none when it can't be read."""


@dataclass(frozen=True, slots=True)
class ProposedFix:
    """What fixing a finding would change."""

    safety: Safety
    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check as all formats see it. ``fixes`` go by the fingerprint of their finding.

    ``folder`` leads from the top of the repository to the project's root, where they differ:
    servers that show a repository know files by their paths in it.
    """

    verdict: Verdict
    rules: tuple[RuleCard, ...]
    source: SourceLines
    fixes: Mapping[str, ProposedFix] = field(default_factory=dict)
    version: str = __version__
    folder: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that count, by place."""
        return self.verdict.findings

    def in_repository(self, path: str) -> str:
        """The path of a file as a server that shows the repository knows it."""
        return posixpath.normpath(f"{self.folder}/{path}") if self.folder else path

    @property
    def by_code(self) -> dict[str, int]:
        """How many findings each code has, in the order of codes."""
        return dict(sorted(Counter(finding.code for finding in self.findings).items()))

    @property
    def fixable(self) -> int:
        """How many findings connlint knows a fix for."""
        return sum(finding.proposal is not None for finding in self.findings)

    @property
    def worst_first(self) -> list[Finding]:
        """The findings by severity and priority, the worst first; by place among equals."""
        return sorted(
            self.findings,
            key=lambda f: (SEVERITY_ORDER[f.severity], PRIORITY_ORDER[f.priority]),
            reverse=True,
        )


def position(span: Span) -> str:
    """``line:column`` where ``span`` begins, both from 1."""
    return f"{span.line}:{span.column + 1}"


def one_line(finding: Finding) -> str:
    """``path:line:column: CODE message``, which editors and people know how to read."""
    message = " ".join(finding.message.split())
    return printable(f"{finding.path}:{position(finding.span)}: {finding.code} {message}")


def printable(text: str) -> str:
    """``text`` without characters that would steer a terminal: analysed code is no friend."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def entry_point_label(entry_point: EntryPointRef) -> str:
    """An entry point in words: ``route POST /jobs``."""
    return f"{entry_point.kind} {entry_point.name}".strip()


def counted(number: int, noun: str) -> str:
    """``1 finding``, ``2 findings``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def summary_line(view: CheckView) -> str:
    """What the check comes to, in a sentence."""
    verdict = view.verdict
    parts = [f"{counted(len(view.findings), 'finding')} in {counted(verdict.files, 'file')}"]
    if view.fixable:
        parts.append(f"{view.fixable} fixable")
    if verdict.suppressed:
        parts.append(f"{len(verdict.suppressed)} suppressed")
    if verdict.baselined:
        parts.append(f"{len(verdict.baselined)} in the baseline")
    return ", ".join(parts) + "."
