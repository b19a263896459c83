"""The backup server runs, and shows the bugs of its database layer as they are."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

APPLICATION = Path(__file__).parents[2] / "fixtures" / "sqlite_server"


def test_sqlite_server_smoke(tmp_path: Path) -> None:
    copy = tmp_path / "application"
    shutil.copytree(APPLICATION, copy, ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-B", "smoke.py"], cwd=copy, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    observed = json.loads(run.stdout)

    assert observed["wrong_columns"]["record"] is not None
    assert observed["wrong_columns"]["listed"] == []
    assert observed["wrong_columns"]["deleted"] is False
    assert observed["clients"]["bulk"]["inserted"] > observed["clients"]["really_inserted"]
    assert observed["clients"]["nested"] == "OperationalError"
    assert observed["pool"]["after_double_return"]["broken_returns"] == 1
    assert observed["pool"]["after_leak"]["available"] < observed["pool"]["start"]["available"]
    assert observed["pool"]["after_emergency"]["dropped_returns"] == 1
    expected = json.loads((APPLICATION / "smoke.json").read_text(encoding="utf-8"))
    assert observed == expected
