"""What is accepted, what is converted in part, what remains to be done, and what is completed."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.auditing import STANDARD, audit, audited, write
from connlint.report import audit_json, audit_markdown
from connlint.report.audit_view import AuditView

PARTLY = """
    from db import SessionLocal, get_session
    from models import Job


    def old(query):
        with SessionLocal() as session:
            return session.scalar(query)


    def new(query):
        with get_session() as session:
            return session.scalar(query)


    def gone(id):
        with SessionLocal() as session:
            session.add(Job(id=id))
            session.commit()
"""
WHOLE = """
    from db import get_session


    def read(query):
        with get_session() as session:
            return session.scalar(query)
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> AuditView:
    files = {"partly.py": PARTLY, "whole.py": WHOLE, "db2.py": "def nothing(): pass\n"}
    return audited(tmp_path_factory.mktemp("plan"), files)


def test_the_accepted_ways_are_those_of_the_standard(tmp_path: Path) -> None:
    standard = STANDARD + '    [roles]\n    service = ["services/**"]\n'
    found = audited(tmp_path, {"whole.py": WHOLE}, standard).tables.accepted
    assert [(each.who, each.form, each.transaction) for each in found] == [
        ("services", "a parameter: the session that they are given", "whoever opened the session"),
        ("everything", "`with get_session() as session:`", "whoever uses it"),
        ("owners: `db.py`", "engines, factories and providers", "they decide"),
    ]


def test_a_provider_that_commits_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"whole.py": WHOLE})
    db = tmp_path / "db.py"
    text = db.read_text("utf-8").replace(
        "yield session\n", "yield session\n        session.commit()\n"
    )
    db.write_text(text, encoding="utf-8")
    (row, *_) = audit(tmp_path).tables.accepted
    assert row.transaction == "leaving it commits, an error rolls back"


def test_only_a_file_with_both_ways_is_converted_in_part(view: AuditView) -> None:
    (mixed,) = view.tables.mixed
    assert mixed.path == "partly.py"
    assert [(way.name, way.lines, way.complies) for way in mixed.ways] == [
        ("db.get_session", (11,), True),
        ("db.SessionLocal", (6, 16), False),
    ]


def test_the_plan_says_what_is_done_and_what_is_not(view: AuditView) -> None:
    steps = {step.what: step for step in view.tables.plan}
    assert steps["Audit every file with connections"].done
    assert steps["Decide on every connection point"].done
    fixing = steps["Fix what has high priority"]
    assert (fixing.done, fixing.state) == (False, "2 findings left in 1 file")
    assert steps["Make every file comply"].state == "3 of 4 files comply"
    assert not steps["Verify the changes with tests"].done


def test_what_can_not_be_read_is_not_audited(tmp_path: Path) -> None:
    steps = audited(tmp_path, {"whole.py": WHOLE, "broken.py": "def (:\n"}).tables.plan
    assert (steps[0].done, steps[0].state) == (False, "3 of 4 files read; left: `broken.py`")


def test_what_is_completed_is_told_with_how(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    project = tmp_path / "project"
    before.write_text(audit_json.render(audited(project, {"partly.py": PARTLY})), encoding="utf-8")
    after = PARTLY.partition("    def gone")[0]
    after = after.replace("with SessionLocal()", "with get_session()")
    write(project, {"partly.py": after.replace("SessionLocal, get_session", "get_session")})
    found = audit(project, previous=before)
    (row,) = found.tables.completed
    assert (row.path, row.codes, row.is_whole) == ("partly.py", {"DBC101": 2, "DBC102": 1}, True)
    assert "`gone` removed" in row.how
    assert "`SessionLocal()` replaced with `get_session()` in line 6" in row.how
    text = audit_markdown.render(found)
    assert "- ✅ `partly.py`: fixed (2 × DBC101 and DBC102)\n" in text
    steps = {step.what: step for step in found.tables.plan}
    assert steps["Fix what has high priority"].done
    assert steps["Make every file comply"].done
