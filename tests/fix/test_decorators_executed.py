"""Functions whose session a decorator hands over do what they did when they opened it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix import decorated
from fix.fixed_project import Project
from fix.shop import DATABASE
from fix.shop_harness import told_by

pytest.importorskip("sqlalchemy")
pytest.importorskip("aiosqlite")
pytest.importorskip("greenlet")

STANDARD = """\
[sessions]
providers = ["shop.db.with_session"]
owners = ["shop/db.py"]
"""
FUNCTIONS, METHODS = decorated.FUNCTIONS, decorated.METHODS
BOTH = FUNCTIONS + METHODS
KINDS = [
    pytest.param(decorated.BY_POSITION, FUNCTIONS, 7, id="by position"),
    pytest.param(decorated.BY_KEYWORD, BOTH, 9, id="by keyword"),
    pytest.param(decorated.COMMITTING, FUNCTIONS, 7, id="committing"),
    pytest.param(decorated.MADE, BOTH, 9, id="made"),
    pytest.param(decorated.FOR_METHODS, METHODS, 2, id="for methods"),
    pytest.param(decorated.CLASS, BOTH, 9, id="class"),
]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize(("decorator", "functions", "fixed"), KINDS)
def test_decorated_functions_do_what_they_did(
    tmp_path: Path, decorator: str, functions: str, fixed: int, is_async: bool
) -> None:
    factory = decorated.written(decorator, is_async=is_async)
    service = decorated.written(decorated.CHECK + functions, is_async=is_async)
    files = {
        "shop/__init__.py": "",
        "shop/db.py": f"from functools import wraps\n{DATABASE}\n{factory}",
        "shop/service.py": service,
    }
    project = Project.of(tmp_path, "DBC101", STANDARD, files)
    before = told_by(project)
    outcome = project.fix(unsafe=True)
    assert [each.reason for each in (*outcome.refused, *outcome.left)] == []
    assert len(outcome.fixed) == fixed
    text = project.read("shop/service.py")
    assert text.count("@with_session") == fixed
    assert "SessionLocal" not in text
    assert project.fix(unsafe=True).changes == ()
    after = told_by(project)
    assert after.keys() == before.keys()
    for name, (result, rows, commits, left_open) in after.items():
        was = before[name]
        assert (name, result, rows, left_open) == (name, was[0], was[1], 0)
        if decorator is decorated.COMMITTING:
            assert int(str(commits)) - int(str(was[2])) in {0, 1}
        else:
            assert commits == was[2]
