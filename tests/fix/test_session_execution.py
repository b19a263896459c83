"""What the fixes of the rules on sessions make of code does what it did; nothing stays open."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.fixed_project import Project
from fix.shop import CLIENT, DATABASE, GIVEN, LEFT_OPEN, MISUSED, ROUTES
from fix.shop_harness import told_by

pytest.importorskip("sqlalchemy")
pytest.importorskip("aiosqlite")
pytest.importorskip("greenlet")

STANDARD = """\
[sessions]
providers = ["shop.db.get_session", "shop.db.get_async_session"]
dependencies = ["shop.db.get_db", "shop.db.get_async_db"]
owners = ["shop/db.py"]
"""


def _project(root: Path, code: str, source: str) -> Project:
    files = {"shop/__init__.py": "", "shop/db.py": DATABASE, "shop/service.py": source}
    return Project.of(root, code, STANDARD, files)


def test_what_was_left_open_is_closed(tmp_path: Path) -> None:
    project = _project(tmp_path, "DBC109", LEFT_OPEN)
    before = told_by(project)
    outcome = project.fix(unsafe=True)
    assert (len(outcome.fixed), [each.reason for each in outcome.refused]) == (10, [])
    after = told_by(project)
    assert {name: told[:3] for name, told in after.items()} == {
        name: told[:3] for name, told in before.items()
    }
    assert {told[3] for told in after.values()} == {0}
    assert sum(told[3] != 0 for told in before.values()) >= 10


def test_providers_that_were_misused_work(tmp_path: Path) -> None:
    project = _project(tmp_path, "DBC110", MISUSED)
    before = told_by(project)
    outcome = project.fix()
    assert len(outcome.fixed) == 6
    assert len(project.fix(unsafe=True).fixed) == 2
    after = told_by(project)
    assert {told[3] for told in after.values()} == {0}
    assert sum(told[3] != 0 for told in before.values()) >= 2
    for name, told in after.items():
        if name.startswith("works"):
            assert told[:3] == before[name][:3]
        else:
            assert before[name][0] in {"TypeError", "AttributeError"}
            expected = "Failure" if name.endswith("bad") else repr(f"good {name.split()[0]}")
            assert told[0] == expected


def test_routes_answer_as_they_did(tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    project = _project(tmp_path, "DBC105", ROUTES)
    before = project.run(CLIENT)
    assert before.splitlines()[-1] == "open 0"
    (tmp_path / "shop.sqlite").unlink()
    outcome = project.fix(unsafe=True)
    assert (len(outcome.fixed), [each.reason for each in outcome.refused]) == (5, [])
    assert "SessionLocal" not in project.read("shop/service.py")
    assert project.run(CLIENT) == before
    assert "409" in before


def test_the_session_that_is_given_reads_the_same(tmp_path: Path) -> None:
    project = _project(tmp_path, "DBC106", GIVEN)
    before = told_by(project)
    outcome = project.fix(unsafe=True)
    assert (len(outcome.fixed), [each.reason for each in outcome.refused]) == (2, [])
    assert "own" not in project.read("shop/service.py")
    assert told_by(project) == before
