"""Small rules, findings and comments for tests about what is made of findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connlint.config.selection import ActiveRules
from connlint.config.standard import Standard
from connlint.facts.directives import directives
from connlint.facts.types import Directive
from connlint.findings import Finding, Priority, Severity, Suspect
from connlint.location import Span
from connlint.rules.base import Rule
from connlint.rules.card import card_of
from connlint.rules.registry import Registry
from connlint.rules.run.stale_baseline_entry import StaleBaselineEntry
from connlint.rules.run.suppression_without_reason import SuppressionWithoutReason
from connlint.rules.run.unknown_code_in_suppression import UnknownCodeInSuppression
from connlint.rules.run.unreadable_file import UnreadableFile
from connlint.rules.run.unused_suppression import UnusedSuppression
from connlint.source import decode
from connlint.triage.judge import Terms
from connlint.triage.scope import Scope


class _SilentRule(Rule):
    def suspects(self, project: object) -> Iterable[Suspect]:
        return ()


class RedundantEngine(_SilentRule):
    code = "DBC104"


class PerEventWrite(_SilentRule):
    code = "DBC301"
    severity = "error"


REGISTRY = Registry(
    card_of(rule)
    for rule in (
        RedundantEngine,
        PerEventWrite,
        UnreadableFile,
        UnusedSuppression,
        SuppressionWithoutReason,
        UnknownCodeInSuppression,
        StaleBaselineEntry,
    )
)


def finding(
    code: str = "DBC301",
    line: int = 1,
    *,
    path: str = "app/jobs.py",
    column: int = 4,
    statement: int | None = None,
    symbol: str = "app.jobs.save",
    matched: str = "session.commit",
    severity: Severity = "error",
    priority: Priority = "medium",
    message: str = "commit for each event",
) -> Finding:
    """A finding on one line; ``statement`` is where its statement begins, by default there too."""
    first = line if statement is None else statement
    rule = REGISTRY.find(code)
    assert rule is not None
    return Finding(
        code=code,
        name=rule.name,
        severity=severity,
        priority=priority,
        message=message,
        path=path,
        span=Span(line, column, line, column + 16),
        statement=Span(first, 0, line, column + 16),
        symbol=symbol,
        matched=matched,
    )


def comments(*lines: str, path: str = "app/jobs.py") -> dict[str, tuple[Directive, ...]]:
    """The suppression comments of a file with these lines."""
    return {path: directives(decode("".join(f"{line}\n" for line in lines).encode()))}


def terms(
    *,
    select: tuple[str, ...] = ("DBC",),
    ignore: tuple[str, ...] = (),
    per_file_ignores: Mapping[str, tuple[str, ...]] | None = None,
    severity: Mapping[str, Severity] | None = None,
    only: str = "",
) -> Terms:
    """Terms for the rules above; ``only`` narrows the report to that file or folder."""
    standard = Standard(
        select=select,
        ignore=ignore,
        per_file_ignores=dict(per_file_ignores or {}),
        severity=dict(severity or {}),
    )
    active = ActiveRules(REGISTRY.infos, standard)
    return Terms(standard, REGISTRY, active, Scope([only]))
