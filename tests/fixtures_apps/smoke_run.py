"""Runs a copy of a fixture application's ``smoke.py`` and says which of its lines were executed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"

TRACER = """
import json, runpy, sys, threading
root, out = sys.argv[1:3]
lines = {}

def local(frame, event, _):
    if event == "line":
        lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
    return local

def call(frame, *_):
    return local if frame.f_code.co_filename.startswith(root) else None

sys.path.insert(0, root)
threading.settrace(call)
sys.settrace(call)
try:
    runpy.run_path(root + "/smoke.py", run_name="__main__")
finally:
    sys.settrace(None)
    with open(out, "w", encoding="utf-8") as handle:
        json.dump({name[len(root) + 1:]: sorted(found) for name, found in lines.items()}, handle)
"""


@dataclass(frozen=True)
class Run:
    exit_code: int
    output: str
    errors: str

    @property
    def observed(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.output)
        return document


def copy_of(name: str, directory: Path) -> Path:
    """A copy of the fixture application without compiled files."""
    target = directory / name
    shutil.copytree(FIXTURES / name, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target.resolve()


def run_smoke(tree: Path) -> Run:
    return _run([sys.executable, "smoke.py"], tree)


def executed_lines(tree: Path, out: Path) -> dict[str, set[int]]:
    """Run the smoke of ``tree`` and return the executed lines of each of its files."""
    run = _run([sys.executable, "-c", TRACER, str(tree), str(out)], tree)
    assert run.exit_code == 0, run.errors
    found: dict[str, list[int]] = json.loads(out.read_text(encoding="utf-8"))
    return {path: set(lines) for path, lines in found.items()}


def violations(name: str, *codes: str) -> list[dict[str, Any]]:
    document = json.loads((FIXTURES / name / "labels.json").read_text(encoding="utf-8"))
    return [
        label
        for label in document["labels"]
        if label["verdict"] == "violation" and label["code"] in codes
    ]


def not_executed(name: str, directory: Path, *codes: str) -> list[str]:
    """Where an application breaks these rules in lines that its smoke does not run."""
    executed = executed_lines(copy_of(name, directory), directory / "lines.json")
    return [
        f"{label['path']}:{label['matched']}"
        for label in violations(name, *codes)
        for line in [label["line"], *label.get("also", [])]
        if line not in executed.get(label["path"], set())
    ]


def expected_of(name: str) -> dict[str, Any]:
    """What the smoke of a fixture application observes, as it was agreed on."""
    document: dict[str, Any] = json.loads((FIXTURES / name / "smoke.json").read_text("utf-8"))
    return document


def replace(tree: Path, path: str, old: str, new: str) -> None:
    """Replace the one occurrence of ``old`` in a file of ``tree``."""
    file = tree / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {text.count(old)} times {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def _run(command: list[str], tree: Path) -> Run:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr)
