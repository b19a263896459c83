"""The fixes of the rules on sessions, as the real rules ask for them: case by case."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.case_files import Case, cases
from fix.fixed_project import Project
from fix.projects import fixed_project
from fix.providers import ASYNC_DATABASE, DATABASE, STANDARD

FILES = {
    "close_session": "DBC109",
    "enter_provider": "DBC110",
    "inject_session": "DBC105",
    "reuse_session": "DBC106",
}
ALWAYS_UNSAFE = {"DBC105", "DBC106", "DBC109"}
CASES = [(code, case) for name, code in FILES.items() for case in cases(name)]


def _project(root: Path, code: str, source: str) -> Project:
    files = {"app/db.py": DATABASE, "app/asyncdb.py": ASYNC_DATABASE}
    project = Project.of(root, code, STANDARD, files)
    (root / "app/service.py").write_bytes(source.encode())
    return project


def of_cases(*, fixed: bool) -> pytest.MarkDecorator:
    parameters = [
        pytest.param(code, case, id=f"{code}-{case.title}")
        for code, case in CASES
        if (case.before != case.after) is fixed
    ]
    return pytest.mark.parametrize(("code", "case"), parameters)


@of_cases(fixed=True)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_fixed(tmp_path: Path, code: str, case: Case, newline: str) -> None:
    project = _project(tmp_path, code, case.before.replace("\n", newline))
    if case.reason:
        assert all(case.reason in each for each in project.reasons())
    outcome = project.fix(unsafe=bool(case.reason) or code in ALWAYS_UNSAFE)
    assert outcome.fixed
    assert [each.reason for each in outcome.refused] == []
    text = (tmp_path / "app/service.py").read_bytes().decode()
    assert text == case.after.replace("\n", newline)
    assert project.fix(unsafe=True).changes == ()


@of_cases(fixed=False)
def test_refused(tmp_path: Path, code: str, case: Case) -> None:
    reasons = _project(tmp_path, code, case.before).reasons(unsafe=True)
    assert reasons, "nothing is found"
    assert all(case.reason in each for each in reasons), reasons


def test_fixes_of_several_rules_drop_an_import_once(tmp_path: Path) -> None:
    source = """\
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import SessionLocal
from app.models import User


def first(session: Session):
    with SessionLocal() as own:
        return own.scalars(select(User)).first()
"""
    files = {"app/db.py": DATABASE, "app/service.py": source}
    result = fixed_project(tmp_path, files, STANDARD)
    assert {each.finding.code for each in result.outcome.fixed} == {"DBC101", "DBC102", "DBC106"}
    assert result.files["app/service.py"] == source.replace(
        "from app.db import SessionLocal\n", ""
    ).replace("    with SessionLocal() as own:\n        return own", "    return session")
