"""The clip service runs, and shows its few slips from the standard."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

APPLICATION = Path(__file__).parents[2] / "fixtures" / "clips"


def test_clips_smoke(tmp_path: Path) -> None:
    copy = tmp_path / "application"
    shutil.copytree(APPLICATION, copy, ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-B", "smoke.py"], cwd=copy, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    observed = json.loads(run.stdout)

    assert observed["upload"]["completed"] == ["queued", 12]
    assert observed["process"]["results"][0] == "completed"
    assert "id" in observed["process"]["clip_exposes"]
    assert "celery_task_id" in observed["process"]["raw_exposes"]
    assert observed["states"]["logs"] == ["worker died", "retried by hand", "cancelled"]
    expected = json.loads((APPLICATION / "smoke.json").read_text(encoding="utf-8"))
    assert observed == expected
