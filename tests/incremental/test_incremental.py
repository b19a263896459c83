"""What an incremental analysis starts from, when there is none, and how far it looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from connlint.incremental import MAX_CHANGED, incremental
from connlint.model.focus import Focus
from connlint.pipeline import Analysis
from incremental.projects import analysis_of, continued, findings_of, places

FILES = {
    "connlint.toml": """\
src = ["."]
select = ["DBC101", "DBC301"]

[sessions]
providers = ["app.db.get_session"]
owners = ["app/db.py"]
forbidden = ["app.db.SessionLocal"]
""",
    "requirements.txt": "sqlalchemy\nfastapi\npython-socketio\n",
    "app/__init__.py": "",
    "app/db.py": """\
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite://"))


@contextmanager
def get_session():
    with SessionLocal() as session:
        yield session
""",
    "app/jobs.py": """\
from app.db import get_session


def note(progress):
    return progress
""",
    "app/events.py": """\
import socketio

from app.jobs import note

sio = socketio.Server()


@sio.on("progress")
def on_progress(sid, data):
    note(data)
""",
    "app/reports.py": """\
from app.db import SessionLocal


def report():
    return SessionLocal()
""",
}
COMMITS = """\
from app.db import get_session


def note(progress):
    with get_session() as session:
        session.add(progress)
        session.commit()
"""
ELSEWHERE = "app/reports.py:5 DBC101"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_helper_that_starts_to_commit_shows_at_the_handler_that_calls_it(folder: Path) -> None:
    before = analysis_of(folder)
    assert places(findings_of(before)) == [ELSEWHERE]
    (folder / "app" / "jobs.py").write_text(COMMITS)
    after = continued(before, before.request)
    assert places(findings_of(after)) == ["app/events.py:10 DBC301", ELSEWHERE]
    assert "app/reports.py" not in {each.path for each in after.project.program.examined}


def test_what_is_not_saved_counts(folder: Path) -> None:
    before = analysis_of(folder)
    request = msgspec.structs.replace(before.request, unsaved={"app/jobs.py": COMMITS.encode()})
    after = continued(before, request)
    assert places(findings_of(after)) == ["app/events.py:10 DBC301", ELSEWHERE]
    again = continued(Analysis(request), before.request)
    assert places(findings_of(again)) == [ELSEWHERE]


def test_what_is_mended_is_gone_and_what_moves_keeps_its_fingerprint(folder: Path) -> None:
    before = analysis_of(folder)
    (found,) = findings_of(before)
    moved = b"\n\n" + (folder / "app" / "reports.py").read_bytes()
    request = msgspec.structs.replace(before.request, unsaved={"app/reports.py": moved})
    (after,) = findings_of(continued(before, request))
    assert (after.span.line, after.fingerprint) == (found.span.line + 2, found.fingerprint)
    request = msgspec.structs.replace(before.request, unsaved={"app/reports.py": b"x = 1\n"})
    assert findings_of(continued(before, request)) == ()


def test_suppressions_of_the_changed_file_hold(folder: Path) -> None:
    before = analysis_of(folder)
    text = FILES["app/reports.py"].replace("SessionLocal()", "SessionLocal()  # noqa: DBC101")
    request = msgspec.structs.replace(before.request, unsaved={"app/reports.py": text.encode()})
    assert findings_of(continued(before, request)) == ()


def _add(folder: Path) -> None:
    (folder / "app" / "more.py").write_text("x = 1\n")


def _remove(folder: Path) -> None:
    (folder / "app" / "events.py").unlink()


def _break(folder: Path) -> None:
    (folder / "app" / "jobs.py").write_text("def broken(:\n")


def _add_sql(folder: Path) -> None:
    (folder / "schema.sql").write_text("CREATE TABLE jobs (id INTEGER);\n")


def _declare(folder: Path) -> None:
    (folder / "requirements.txt").write_text("sqlalchemy\n")


def _configure(folder: Path) -> None:
    path = folder / "connlint.toml"
    path.write_text(path.read_text() + 'names = ["s"]\n')


@pytest.mark.parametrize("change", [_add, _remove, _break, _add_sql, _declare, _configure])
def test_after_any_other_change_a_whole_analysis_is_needed(
    folder: Path, change: Callable[[Path], None]
) -> None:
    before = analysis_of(folder)
    findings_of(before)
    change(folder)
    assert incremental(before, analysis_of(folder).request) is None


def test_a_change_of_many_files_needs_a_whole_analysis(folder: Path) -> None:
    for number in range(MAX_CHANGED + 1):
        (folder / "app" / f"part{number}.py").write_text("x = 1\n")
    before = analysis_of(folder)
    findings_of(before)
    for number in range(MAX_CHANGED):
        (folder / "app" / f"part{number}.py").write_text("x = 2\n")
    assert incremental(before, before.request) is not None
    (folder / "app" / f"part{MAX_CHANGED}.py").write_text("x = 2\n")
    assert incremental(before, before.request) is None


def test_a_file_that_could_not_be_read_needs_a_whole_analysis_when_it_can(folder: Path) -> None:
    _break(folder)
    before = analysis_of(folder)
    assert any(each.code == "DBC900" for each in findings_of(before))
    (folder / "app" / "jobs.py").write_text(COMMITS)
    assert incremental(before, before.request) is None


def test_a_function_is_found_again_by_its_name(folder: Path) -> None:
    before = analysis_of(folder).project
    text = "def earlier():\n    pass\n\n\n" + FILES["app/jobs.py"]
    request = msgspec.structs.replace(
        analysis_of(folder).request, unsaved={"app/jobs.py": text.encode()}
    )
    now = Analysis(request).project.program
    focus = Focus(before.program, frozenset({"app.jobs"}), frozenset({"app.jobs"}), frozenset())
    assert focus.now(("app.jobs", 1), now) == ("app.jobs", 2)
    assert focus.now(("app.events", 1), now) == ("app.events", 1)
    assert Focus(now, *focus[1:]).now(("app.jobs", 1), before.program) is None
