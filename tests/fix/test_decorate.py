"""Decorators that hand a session over, put on functions by the real rules: case by case."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.case_files import Case, cases
from fix.decorators import DECORATORS
from fix.projects import Outcome, fixed_project

CASES = cases("decorate")


def _fixed(root: Path, case: Case, newline: str = "\n", *, unsafe: bool) -> Outcome:
    name = case.data["provider"]
    standard = f'[sessions]\nproviders = ["app.db.{name}"]\nowners = ["app/db.py"]\n'
    standard = f'select = ["DBC101", "DBC102"]\n{standard}'
    files = {
        "app/__init__.py": "",
        "app/db.py": DECORATORS,
        "app/jobs.py": case.before.replace("\n", newline),
    }
    return fixed_project(root, files, standard, unsafe=unsafe)


def of_cases(*, fixed: bool) -> pytest.MarkDecorator:
    wanted = [each for each in CASES if (each.before != each.after) is fixed]
    return pytest.mark.parametrize("case", wanted, ids=[each.title for each in wanted])


@of_cases(fixed=True)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_decorated(tmp_path: Path, case: Case, newline: str) -> None:
    kept = _fixed(tmp_path, case, newline, unsafe=False)
    if case.reason:
        assert kept.files["app/jobs.py"] == case.before.replace("\n", newline)
        assert any(case.reason in each for each in kept.reasons("DBC101"))
    done = _fixed(tmp_path, case, newline, unsafe=True)
    assert done.reasons("DBC101") == []
    assert done.files["app/jobs.py"] == case.after.replace("\n", newline)


@of_cases(fixed=False)
def test_refused(tmp_path: Path, case: Case) -> None:
    outcome = _fixed(tmp_path, case, unsafe=True)
    assert outcome.files["app/jobs.py"] == case.before
    reasons = outcome.reasons("DBC101")
    assert reasons, "nothing is found"
    assert all(case.reason in each for each in reasons), reasons
