"""The clip service runs, and shows its few slips from the standard."""

from __future__ import annotations

from pathlib import Path

from fixtures_apps.smoke_run import copy_of, expected_of, run_smoke


def test_clips_smoke(tmp_path: Path) -> None:
    run = run_smoke(copy_of("clips", tmp_path))
    assert run.exit_code == 0, run.errors
    observed = run.observed

    assert observed["upload"]["completed"] == ["queued", 12]
    assert observed["process"]["results"][0] == "completed"
    assert "id" in observed["process"]["clip_exposes"]
    assert "celery_task_id" in observed["process"]["raw_exposes"]
    assert observed["states"]["logs"] == ["worker died", "retried by hand", "cancelled"]
    assert observed == expected_of("clips")
