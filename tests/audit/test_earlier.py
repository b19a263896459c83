"""Comparing with an earlier audit: what is fixed, new and removed, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.auditing import audit, audited, write
from connlint.audit.earlier import load_earlier
from connlint.errors import UsageError
from connlint.report import audit_json

BEFORE = """
    from db import SessionLocal

    def load():
        with SessionLocal() as session:
            return session.execute("select 1")

    def other():
        with SessionLocal() as session:
            return session.execute("select 2")
"""
AFTER = """
    from db import SessionLocal, get_session


    def load():
        with get_session() as session:
            return session.execute("select 1")

    def other():
        with SessionLocal() as session:
            return session.execute("select 2")
"""


def earlier(root: Path, code: str) -> Path:
    """The JSON of an audit of this code."""
    path = root / "earlier.json"
    path.write_text(audit_json.render(audited(root, {"app.py": code})), encoding="utf-8")
    return path


def test_nothing_changed(tmp_path: Path) -> None:
    changes = audit(tmp_path, previous=earlier(tmp_path, BEFORE)).tables.changes
    assert changes is not None
    assert (changes.fixed, changes.new, changes.removed, changes.added) == (
        (),
        frozenset(),
        (),
        frozenset(),
    )


def test_moved_lines_change_nothing(tmp_path: Path) -> None:
    path = earlier(tmp_path, BEFORE)
    write(tmp_path, {"app.py": f"\n    # moved\n{BEFORE}"})
    changes = audit(tmp_path, previous=path).tables.changes
    assert changes is not None
    assert not changes.fixed and not changes.new and not changes.removed


def test_a_renamed_function_keeps_its_points(tmp_path: Path) -> None:
    path = earlier(tmp_path, BEFORE)
    write(tmp_path, {"app.py": BEFORE.replace("def load", "def fetch")})
    changes = audit(tmp_path, previous=path).tables.changes
    assert changes is not None
    assert (changes.removed, changes.added) == ((), frozenset())


def test_a_fix_is_fixed_removed_and_added(tmp_path: Path) -> None:
    path = earlier(tmp_path, BEFORE)
    write(tmp_path, {"app.py": AFTER})
    view = audit(tmp_path, previous=path)
    changes = view.tables.changes
    assert changes is not None
    assert [(each.code, each.symbol) for each in changes.fixed] == [("DBC101", "app.load")]
    removed = [(each.call, each.symbol) for each in changes.removed]
    assert removed == [("SessionLocal()", "app.load")]
    added = [view.tables.points[number].place.call for number in sorted(changes.added)]
    assert added == ["get_session()"]
    row = next(each for each in view.tables.progress if each.file.path == "app.py")
    assert row.fixed == "partially"
    done = [(item.code, item.lines) for item in view.tables.priorities if item.done]
    assert done == [("DBC101", (4,))]
    assert view.tables.by_verdict["removed"] == 1


def test_new_findings_are_told_apart(tmp_path: Path) -> None:
    path = earlier(tmp_path, AFTER)
    write(tmp_path, {"app.py": BEFORE})
    view = audit(tmp_path, previous=path)
    changes = view.tables.changes
    assert changes is not None
    new = [each.symbol for each in view.tables.findings if each.fingerprint in changes.new]
    assert new == ["app.load"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not what connlint audit --format json writes"),
        ('{"schema_version": 1}', "is not what connlint audit --format json writes"),
        (
            '{"schema_version": 7, "connection_points": [], "findings": []}',
            "schema version 7",
        ),
    ],
)
def test_a_file_that_is_no_audit_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "earlier.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        load_earlier(path)
    with pytest.raises(UsageError, match="can't be read"):
        load_earlier(tmp_path / "missing.json")
