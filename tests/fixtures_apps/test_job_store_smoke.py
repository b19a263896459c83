"""The job store works, its smoke run would notice when it did not, and covers what it has to."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures_apps.smoke_run import copy_of, not_executed, replace, run_smoke

BREAKAGES = {
    "an upload progress event is not stored": (
        "websocket.py",
        "with SessionLocal.begin() as db:",
        "with SessionLocal() as db:",
    ),
    "the activity of a session is not stored": (
        "auth.py",
        "            row.last_active = utc_now()\n            db.commit()\n",
        "            row.last_active = utc_now()\n",
    ),
    "log entries are not stored": (
        "db_logger.py",
        "            db.commit()\n",
        "            db.flush()\n",
    ),
    "old log entries stay": (
        "retention.py",
        "            db.commit()\n            return result.rowcount\n",
        "            return result.rowcount\n",
    ),
    "a failed task leaves its job queued": (
        "celery_signals.py",
        "        db.commit()\n",
        "        db.flush()\n",
    ),
    "a session factory is gone": (
        "database/__init__.py",
        "from .session import SessionLocal as open_session\n",
        "open_session = None\n",
    ),
}


def test_application_works(tmp_path: Path) -> None:
    run = run_smoke(copy_of("job_store", tmp_path))
    assert run.exit_code == 0, run.errors
    observed = run.observed
    assert observed["multipart"]["row"] == ["COMPLETE", 100, True]
    assert observed["result"]["download"] == "<p>one &amp; two</p><p>three</p>"
    assert observed["events"]["progress_stored"] == 55
    assert observed["abandoned"]["without_redis"] == 2


def test_two_runs_observe_the_same(tmp_path: Path) -> None:
    tree = copy_of("job_store", tmp_path)
    assert run_smoke(tree).output == run_smoke(tree).output


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_smoke_notices_that(breakage: str, tmp_path: Path) -> None:
    tree = copy_of("job_store", tmp_path)
    replace(tree, *BREAKAGES[breakage])
    assert run_smoke(tree).exit_code == 1


def test_smoke_allows_what_unsafe_fixes_do(tmp_path: Path) -> None:
    """Commits on transient states are not what the service shows to anybody."""
    tree = copy_of("job_store", tmp_path)
    commit = "        db.commit()\n"
    replace(tree, "routes.py", "    job_store.persist_to_db(job_id)\n    upload", "    upload")
    replace(tree, "routes.py", f"add(job)\n{commit}", "add(job)\n")
    replace(tree, "routes.py", f"reopen(job)\n{commit}", "reopen(job)\n")
    replace(tree, "uploads.py", commit, "")
    run = run_smoke(tree)
    assert run.exit_code == 0, run.errors


def test_smoke_runs_every_forbidden_opening(tmp_path: Path) -> None:
    missed = not_executed("job_store", tmp_path, "DBC101", "DBC102", "DBC103", "DBC104")
    # The interpreter reports a parenthesised import at its first line.
    assert missed == ["retention.py:SessionLocal", "routes.py:SessionLocal,"]
