"""The verdict: what counts, what does not and why, and the exit code."""

from __future__ import annotations

import pytest

from connlint.findings import Problem, Severity
from connlint.triage.baseline import Baseline
from connlint.triage.baseline_file import Entry
from connlint.triage.fingerprint import identity
from connlint.triage.judge import hold_against, judge
from connlint.triage.verdict import Verdict
from triage.making import comments, finding, terms


def _places(verdict: Verdict) -> list[tuple[str, str, int]]:
    return [(found.code, found.path, found.span.line) for found in verdict.findings]


def test_findings_are_sorted_by_place_and_get_fingerprints() -> None:
    found = [finding(line=9), finding(path="a.py", line=10), finding(line=2)]
    verdict = judge(found, {}, terms(), files=2)
    assert _places(verdict) == [
        ("DBC301", "a.py", 10),
        ("DBC301", "app/jobs.py", 2),
        ("DBC301", "app/jobs.py", 9),
    ]
    assert len({item.fingerprint for item in verdict.findings} - {""}) == 3
    assert verdict.files == 2


def test_the_standard_sets_severities_of_all_findings() -> None:
    directives = comments("x = 1  # connlint: ignore[DBC104] why")
    chosen = terms(severity={"DBC301": "info", "DBC9": "error"})
    verdict = judge([finding(line=3)], directives, chosen)
    assert [(item.code, item.severity) for item in verdict.findings] == [
        ("DBC901", "error"),
        ("DBC301", "info"),
    ]


def test_per_file_ignores_take_findings_out_altogether() -> None:
    found = [finding(path="scripts/a.py"), finding(path="app/b.py")]
    verdict = judge(found, {}, terms(per_file_ignores={"scripts/**": ("DBC3",)}))
    assert _places(verdict) == [("DBC301", "app/b.py", 1)]
    assert verdict.suppressed == ()


def test_suppressed_findings_are_kept_with_their_justification() -> None:
    directives = comments("x = 1  # connlint: ignore[DBC301] buffer planned")
    verdict = judge([finding(line=1), finding(line=2)], directives, terms())
    assert _places(verdict) == [("DBC301", "app/jobs.py", 2)]
    (silenced,) = verdict.suppressed
    assert (silenced.finding.span.line, silenced.justification) == (1, "buffer planned")
    assert silenced.finding.fingerprint


def test_the_report_is_narrowed_and_fingerprints_are_not_changed_by_that() -> None:
    found = [finding(path="a.py"), finding(path="b.py"), finding(path="b.py", line=8)]
    whole, narrow = judge(found, {}, terms()), judge(found, {}, terms(only="b.py"))
    assert narrow.findings == whole.findings[1:]


def test_a_baseline_accepts_and_its_stale_entries_count() -> None:
    stale = Entry(("DBC104", "a.py", "a.f", "create_engine"), 1, "old", line=4)
    baseline = Baseline("b.txt", (Entry(identity(finding()), 1, "why", line=3), stale))
    verdict = hold_against(judge([finding()], {}, terms()), baseline, terms())
    assert _places(verdict) == [("DBC904", "b.txt", 4)]
    assert verdict.findings[0].fingerprint
    assert [item.justification for item in verdict.baselined] == ["why"]
    assert verdict.exit_code() == 1


@pytest.mark.parametrize(
    "chosen",
    [
        terms(ignore=("DBC104",)),
        terms(ignore=("DBC904",)),
        terms(only="app"),
        terms(per_file_ignores={"a.py": ("DBC104",)}),
    ],
    ids=["its rule did not run", "stale entries are ignored", "not asked for", "off in the file"],
)
def test_an_entry_is_not_stale_where_nobody_looked(chosen: object) -> None:
    stale = Entry(("DBC104", "a.py", "a.f", "create_engine"), 1, "old", line=4)
    verdict = hold_against(judge([], {}, chosen), Baseline("b.txt", (stale,)), chosen)  # type: ignore[arg-type]
    assert verdict.findings == ()


def test_an_entry_of_an_unreadable_file_is_not_stale() -> None:
    broken = finding("DBC900", path="a.py", matched="never closed", symbol="")
    stale = Entry(("DBC104", "a.py", "a.f", "create_engine"), 1, "old", line=4)
    verdict = hold_against(judge([broken], {}, terms()), Baseline("b.txt", (stale,)), terms())
    assert [item.code for item in verdict.findings] == ["DBC900"]


def test_exceeding_the_baseline_is_noted() -> None:
    baseline = Baseline("b.txt", (Entry(identity(finding()), 1, "why", line=3),))
    found = [finding(line=1), finding(line=2)]
    verdict = hold_against(judge(found, {}, terms()), baseline, terms())
    assert len(verdict.findings) == 2
    assert verdict.notes[0].startswith("b.txt:3: allows 1 of DBC301")


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        ("error", "error", 1),
        ("error", "info", 1),
        ("warning", "error", 0),
        ("warning", "warning", 1),
        ("info", "warning", 0),
        ("info", "info", 1),
    ],
)
def test_the_exit_code_follows_severity(severity: Severity, fail_on: Severity, code: int) -> None:
    assert Verdict((finding(severity=severity),)).exit_code(fail_on) == code


def test_a_broken_run_fails_whatever_was_found() -> None:
    assert Verdict((), problems=(Problem("rule died", fatal=True),)).exit_code() == 2
    assert Verdict((finding(),), problems=(Problem("died", fatal=True),)).exit_code() == 2
    assert Verdict((), problems=(Problem("a remark"),)).exit_code() == 0
    assert Verdict(()).exit_code() == 0
