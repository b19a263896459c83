"""Fixes of transactions and writes, case by case, with the findings of the real analysis."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from fix.jobs import PROJECT, STANDARD
from fix.projects import Outcome, fixed_project

_CASE = re.compile(r"^## (?P<title>.+)\n(?P<body>(?:(?!^## ).*\n?)+)", re.MULTILINE)
_ITEM = re.compile(r"^- (\w+): (.+)$", re.MULTILINE)
_CODE = re.compile(r"^```(?:before|after)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Case(NamedTuple):
    """One case. ``after`` is ``before`` where nothing changes, for the ``reason``."""

    title: str
    code: str
    path: str
    reason: str
    before: str
    after: str


def _cases() -> list[Case]:
    text = (Path(__file__).parent / "cases" / "transactions.md").read_text("utf-8")
    found = []
    for match in _CASE.finditer(text):
        items, codes = dict(_ITEM.findall(match["body"])), _CODE.findall(match["body"])
        assert items.keys() <= {"code", "path", "reason"}, match["title"]
        path, reason = items.get("path", "app/case.py"), items.get("reason", "")
        found.append(Case(match["title"], items["code"], path, reason, codes[0], codes[-1]))
    return found


CASES = _cases()
FIXED = [case for case in CASES if case.after != case.before]
REFUSED = [case for case in CASES if case.after == case.before]


def _title(case: Case) -> str:
    return f"{case.code} {case.title}"


def _fix(root: Path, case: Case, text: str, *, unsafe: bool = True) -> Outcome:
    standard = f'select = ["{case.code}"]\n{STANDARD}'
    return fixed_project(root, {**PROJECT, case.path: text}, standard, unsafe=unsafe)


def test_each_rule_has_cases_of_both_kinds() -> None:
    for kind in (FIXED, REFUSED):
        codes = {case.code for case in kind}
        assert codes == {"DBC201", "DBC202", "DBC203", "DBC205", "DBC206", "DBC302", "DBC306"}
    assert all(case.reason for case in REFUSED)


@pytest.mark.parametrize("case", FIXED, ids=_title)
def test_fixed(tmp_path: Path, case: Case) -> None:
    result = _fix(tmp_path, case, case.before)
    assert result.reasons(case.code) == []
    assert result.files[case.path] == case.after
    assert result.fixed(case.code)
    assert {path: result.files[path] for path in PROJECT} == PROJECT


@pytest.mark.parametrize("case", FIXED, ids=_title)
def test_nothing_is_done_unasked(tmp_path: Path, case: Case) -> None:
    result = _fix(tmp_path, case, case.before, unsafe=False)
    assert result.files[case.path] == case.before
    assert all(each.startswith("takes --unsafe-fixes: ") for each in result.reasons(case.code))


@pytest.mark.parametrize("case", FIXED, ids=_title)
def test_the_line_ends_of_windows_stay(tmp_path: Path, case: Case) -> None:
    result = _fix(tmp_path, case, case.before.rstrip().replace("\n", "\r\n"))
    assert result.files[case.path] == case.after.rstrip().replace("\n", "\r\n")


@pytest.mark.parametrize("case", REFUSED, ids=_title)
def test_refused(tmp_path: Path, case: Case) -> None:
    result = _fix(tmp_path, case, case.before)
    assert result.files[case.path] == case.before
    assert any(case.reason in each for each in result.reasons(case.code)), result.reasons(case.code)


STATUS = """from sqlalchemy.orm import Session


def set_status(session: Session, job, status):
    job.status = status
    session.commit()
"""
START = """from sqlalchemy.orm import Session

from app.status import set_status


def start(session: Session, job):
    set_status(session, job, "{state}")
"""


def test_a_commit_in_another_file_goes_when_all_callers_are_covered(tmp_path: Path) -> None:
    callers = {f"app/{name}.py": START.format(state="UPLOADING") for name in ("one", "two")}
    files = {**PROJECT, "app/status.py": STATUS, **callers}
    result = fixed_project(tmp_path, files, f'select = ["DBC201"]\n{STANDARD}')
    assert result.fixed("DBC201") == 2
    assert result.reasons("DBC201") == []
    assert result.files == {**files, "app/status.py": STATUS.replace("    session.commit()\n", "")}
    assert [each.path for each in result.outcome.changes] == ["app/status.py"]


def test_a_commit_in_another_file_stays_for_one_caller(tmp_path: Path) -> None:
    states = {"one": "UPLOADING", "two": "COMPLETE"}
    callers = {f"app/{name}.py": START.format(state=state) for name, state in states.items()}
    files = {**PROJECT, "app/status.py": STATUS, **callers}
    result = fixed_project(tmp_path, files, f'select = ["DBC201"]\n{STANDARD}')
    assert result.files == files
    (reason,) = result.reasons("DBC201")
    assert reason == (
        "the commit is in app.status.set_status, and whoever else calls that counts on it"
    )


LOOKS_UP = """from sqlalchemy.orm import Session

from app.models import Job


def expire(session: Session, numbers):
    for number in numbers:
        job = session.get(Job, number)
        job.status = "EXPIRED"
        session.commit()
"""
SWALLOWS = """from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session


def load(session: Session, rows):
    for row in rows:
        try:
            session.add(row)
            session.flush()
        except IntegrityError:
            print("skipped")
"""


@pytest.mark.parametrize(
    ("code", "other", "text"),
    [("DBC302", "DBC307", LOOKS_UP), ("DBC206", "DBC202", SWALLOWS)],
)
def test_what_a_fix_would_only_uncover_counts_as_new(
    tmp_path: Path, code: str, other: str, text: str
) -> None:
    files = {**PROJECT, "app/services/work.py": text}
    together = fixed_project(tmp_path, files, f'select = ["{code}", "{other}"]\n{STANDARD}')
    (reason,) = together.reasons(code)
    assert reason.startswith(f"{other} would be found in app.services.work.")
    assert together.files == files
    alone = fixed_project(tmp_path, files, f'select = ["{code}"]\n{STANDARD}')
    assert alone.fixed(code) == 1
