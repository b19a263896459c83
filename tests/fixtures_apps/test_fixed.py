"""The fixture applications do what they did when they are fixed, with no more open or committed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fixtures_apps.smoke_run import copy_of

SOURCE = Path(__file__).parents[2] / "src"
COUNTED = Path(__file__).with_name("counted.py")
FIXES = {"safe": ("--fix",), "unsafe": ("--fix", "--unsafe-fixes")}
FIXED_AT_LEAST = {
    "clips": (1, 0), "job_store": (13, 4), "presentation": (0, 3), "scraper": (16, 4),
    "sqlite_server": (0, 5),
}  # fmt: skip
"""How many findings of each application the safe fixes mend, and the unsafe ones after them."""
EMPTY_COMMITS = {("presentation", "unsafe"): 1}
"""A provider that commits does so after reading as well: how often the smoke only reads with it."""


@dataclass(frozen=True)
class Observed:
    """What the smoke of an application printed, and what its databases were asked for."""

    printed: dict[str, Any]
    commits: int
    left_open: int

    @classmethod
    def of(cls, tree: Path) -> Observed:
        """Run the smoke."""
        out = tree.with_suffix(".counts")
        done = subprocess.run(
            [sys.executable, str(COUNTED), str(out)],
            cwd=tree, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        counts = json.loads(out.read_text("utf-8"))
        left_open = counts["opened"] - counts["closed"] + counts["checkouts"] - counts["checkins"]
        commits = counts["commits"] + counts["driver_commits"]
        return cls(json.loads(done.stdout), commits, left_open)


def _fix(tree: Path, *options: str) -> int:
    """Fix the application in ``tree`` with the real command; how many findings are fixed?"""
    done = subprocess.run(
        [sys.executable, "-m", "connlint", "check", *options],
        cwd=tree, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE), "CONNLINT_CACHE_DIR": str(tree.parent)},
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    return sum(line.startswith("fixed ") for line in done.stderr.splitlines())


@pytest.mark.parametrize("name", FIXED_AT_LEAST)
def test_the_fixed_application_does_what_it_did(name: str, tmp_path: Path) -> None:
    tree = copy_of(name, tmp_path)
    before = Observed.of(tree)
    for (kind, options), least in zip(FIXES.items(), FIXED_AT_LEAST[name], strict=True):
        assert _fix(tree, *options) >= least
        after = Observed.of(tree)
        if (name, kind) == ("sqlite_server", "unsafe"):
            _check_mended(before, after)
        else:
            assert after.printed == before.printed
        assert after.left_open <= before.left_open
        assert after.commits <= before.commits + EMPTY_COMMITS.get((name, kind), 0)
    assert _fix(tree, *FIXES["unsafe"]) == 0


def _check_mended(before: Observed, after: Observed) -> None:
    """The files of a client are found by the client now: the one thing that has to change."""
    wrong, right = before.printed["wrong_columns"], after.printed["wrong_columns"]
    assert (wrong["listed"], wrong["deleted"], wrong["total"]) == ([], False, 2)
    assert (right["listed"], right["deleted"], right["total"]) == (["notes.txt"], True, 1)
    assert right["record"] is None
