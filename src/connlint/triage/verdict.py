"""What a run comes to: the findings that count, those that do not and why, the exit code."""

from __future__ import annotations

import msgspec

from connlint.findings import SEVERITY_ORDER, Finding, Problem, Severity


class Silenced(msgspec.Struct, frozen=True):
    """A finding that does not count, and the reason given for that (empty when none was)."""

    finding: Finding
    justification: str


class Verdict(msgspec.Struct, frozen=True):
    """The outcome of one run. ``findings`` count; all three lists are sorted by place.

    ``files`` is the number of files that the report is about; ``notes`` are remarks for a person,
    such as a baseline entry that was exceeded.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[Silenced, ...] = ()
    baselined: tuple[Silenced, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    files: int = 0

    @property
    def is_broken(self) -> bool:
        """Something went wrong that makes the findings incomplete."""
        return any(problem.fatal for problem in self.problems)

    def exit_code(self, fail_on: Severity = "warning") -> int:
        """0 for nothing found, 1 for findings at or above ``fail_on``, 2 for a broken run."""
        if self.is_broken:
            return 2
        limit = SEVERITY_ORDER[fail_on]
        return int(any(SEVERITY_ORDER[finding.severity] >= limit for finding in self.findings))
