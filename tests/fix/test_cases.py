"""What is fixed safely, what only when asked, and what is never touched: case by case."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from connlint.fix.outcome import FixTarget
from connlint.fix.plan import plan_file
from fix.analyser import FORBIDDEN, SYNC, Analyser, fix
from fix.case_files import Case, cases

SAFE, UNSAFE, REFUSED = cases("safe"), cases("unsafe"), cases("refused")


def _title(case: Case) -> str:
    return case.title


def test_the_case_files_are_read() -> None:
    assert [len(each) > 15 for each in (SAFE, UNSAFE, REFUSED)] == [True] * 3
    assert all(case.before != case.after for case in (*SAFE, *UNSAFE))
    assert all(case.before == case.after and case.reason for case in REFUSED)


@pytest.mark.parametrize("case", SAFE, ids=_title)
def test_safe(tmp_path: Path, case: Case) -> None:
    result = fix(tmp_path, case.before, case.data)
    assert result.reasons == []
    assert result.text == case.after
    assert {each.finding.code for each in result.outcome.fixed} == {"DBC101", "DBC102"}


@pytest.mark.parametrize("case", SAFE, ids=_title)
def test_safe_without_a_newline_at_the_end(tmp_path: Path, case: Case) -> None:
    assert fix(tmp_path, case.before.rstrip(), case.data).text == case.after.rstrip()


@pytest.mark.parametrize("case", SAFE, ids=_title)
def test_safe_with_the_line_ends_of_windows(tmp_path: Path, case: Case) -> None:
    result = fix(tmp_path, case.before.replace("\n", "\r\n"), case.data)
    assert result.text == case.after.replace("\n", "\r\n")


@pytest.mark.parametrize("case", UNSAFE, ids=_title)
def test_unsafe(tmp_path: Path, case: Case) -> None:
    kept = fix(tmp_path / "kept", case.before, case.data)
    assert kept.text == case.before
    (left,) = kept.outcome.left
    assert left.reason.startswith("takes --unsafe-fixes: ")
    assert case.reason in left.reason
    done = fix(tmp_path / "done", case.before, case.data, unsafe=True)
    assert done.reasons == []
    assert done.text == case.after


@pytest.mark.parametrize("case", REFUSED, ids=_title)
def test_refused(tmp_path: Path, case: Case) -> None:
    result = fix(tmp_path, case.before, case.data, unsafe=True)
    assert result.text == case.before
    outcome = result.outcome
    assert not (outcome.fixed or outcome.left or outcome.changes)
    reasons = [each.reason for each in outcome.refused if each.finding.code == "DBC101"]
    assert any(case.reason in each for each in reasons), reasons


def test_what_a_rule_calls_unsafe_is_unsafe(tmp_path: Path) -> None:
    source = b"from app.db import SessionLocal\nwith SessionLocal() as db:\n    db.get(1)\n"
    (_, finding) = Analyser({"a.py": source}, FORBIDDEN, SYNC)({})
    assert finding.intent
    unsafe = replace(finding, intent=replace(finding.intent, safety="unsafe"))
    target = FixTarget("a.py", tmp_path / "a.py", source, "a")
    plans = [
        plan_file(target, source, [each], unsafe=asked)
        for each, asked in ((finding, False), (unsafe, False), (unsafe, True))
    ]
    assert [len(plan.applied) for plan in plans] == [1, 0, 1]
