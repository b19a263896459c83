"""The presentation service runs, and shows what a half-way migration to a database shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

APPLICATION = Path(__file__).parents[2] / "fixtures" / "presentation"


def test_presentation_smoke(tmp_path: Path) -> None:
    copy = tmp_path / "application"
    shutil.copytree(APPLICATION, copy, ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-B", "smoke.py"], cwd=copy, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    observed = json.loads(run.stdout)

    assert observed["jobs"]["done"]["status"] == "completed"
    assert observed["stored_after_create"] == 0
    assert observed["after_restart"] == {"status": 404, "listed": 0, "stored_job": 404}
    assert observed["stored_job"]["after"] == [["stored-1", "completed", 100.0]]
    assert observed["stored_job"]["known_to_service"] is False
    expected = json.loads((APPLICATION / "smoke.json").read_text(encoding="utf-8"))
    assert observed == expected
