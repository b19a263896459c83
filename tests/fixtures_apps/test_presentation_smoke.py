"""The presentation service runs, and shows what a half-way migration to a database shows."""

from __future__ import annotations

from pathlib import Path

from fixtures_apps.smoke_run import copy_of, expected_of, run_smoke


def test_presentation_smoke(tmp_path: Path) -> None:
    run = run_smoke(copy_of("presentation", tmp_path))
    assert run.exit_code == 0, run.errors
    observed = run.observed

    assert observed["jobs"]["done"]["status"] == "completed"
    assert observed["stored_after_create"] == 0
    assert observed["after_restart"] == {"status": 404, "listed": 0, "stored_job": 404}
    assert observed["stored_job"]["after"] == [["stored-1", "completed", 100.0]]
    assert observed["stored_job"]["known_to_service"] is False
    assert observed == expected_of("presentation")
