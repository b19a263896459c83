"""The backup server runs, and shows the bugs of its database layer as they are."""

from __future__ import annotations

from pathlib import Path

from fixtures_apps.smoke_run import copy_of, expected_of, run_smoke


def test_sqlite_server_smoke(tmp_path: Path) -> None:
    run = run_smoke(copy_of("sqlite_server", tmp_path))
    assert run.exit_code == 0, run.errors
    observed = run.observed

    assert observed["wrong_columns"]["record"] is not None
    assert observed["wrong_columns"]["listed"] == []
    assert observed["wrong_columns"]["deleted"] is False
    assert observed["clients"]["bulk"]["inserted"] > observed["clients"]["really_inserted"]
    assert observed["clients"]["nested"] == "OperationalError"
    assert observed["pool"]["after_double_return"]["broken_returns"] == 1
    assert observed["pool"]["after_leak"]["available"] < observed["pool"]["start"]["available"]
    assert observed["pool"]["after_emergency"]["dropped_returns"] == 1
    assert observed == expected_of("sqlite_server")
