"""``connlint check --fix`` is killed while it writes, and what the next command makes of that."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.applications import write
from cli.running import run_process
from connlint.facts.cache import project_cache
from connlint.fix.journal import journal_in
from fix.scans import FILES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")

# Kills itself when so many files have got their new content.
KILLED = """
import os, signal, sys
from connlint.cli.app import process
from connlint.fix import write

allowed = int(sys.argv.pop(1))
replace = write.Path.replace

def counting(self, target):
    global allowed
    if str(target).endswith(".py"):
        if not allowed:
            os.kill(os.getpid(), signal.SIGKILL)
        allowed -= 1
    return replace(self, target)

write.Path.replace = counting
process()
"""
FIX = ("check", "--select", "DBC107", "--fix", "--unsafe-fixes")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one fix that spans three files."""
    root = tmp_path / "project"
    write(root, {**FILES, "pyproject.toml": ""})
    return root


def contents(project: Path) -> dict[str, str]:
    """What is in the project, whatever it is."""
    return {
        str(place.relative_to(project)): place.read_text()
        for place in project.rglob("*")
        if place.is_file()
    }


def kill_after(project: Path, files: int) -> None:
    """Fix, and be killed before one file more is written."""
    process = start(project, "-c", KILLED, str(files), *FIX)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, errors


def start(project: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start Python with these arguments, and the cache that ``run_process`` uses."""
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
        "CONNLINT_CACHE_DIR": str(project.parent / "connlint-cache"),
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("command", ["check", "audit", "init --dry-run", "config", "trace"])
def test_the_next_command_takes_back_what_is_half_done(project: Path, command: str) -> None:
    before = contents(project)
    kill_after(project, 2)
    between = contents(project)
    assert between != before
    assert len(between) == len(before) + 1  # and the file that was about to take its place
    target = ["app.tasks.scan_site"] if command == "trace" else []
    done = run_process(*command.split(), *target, cwd=project)
    assert contents(project) == before
    assert done.err.startswith(
        "warning: a run was killed while it fixed files; taken back: app/routes.py, app/store.py\n"
    )


def test_a_fix_goes_on_where_one_was_killed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(project.parent / "connlint-cache"))
    cache = project_cache(project)
    assert cache
    kill_after(project, 1)
    assert journal_in(cache).exists()
    done = run_process(*FIX, "--no-cache", cwd=project)
    assert done.err.startswith("warning: a run was killed while it fixed files; taken back: app/")
    assert done.code == 0
    assert "db_params:" not in (project / "app/tasks.py").read_text()
    assert not journal_in(cache).exists()
    assert run_process(*FIX, cwd=project).err.count("killed") == 0


def test_without_a_cache_folder_a_fix_that_spans_files_is_refused(project: Path) -> None:
    before = contents(project)
    (project.parent / "taken").write_text("no folder")
    environment = {"CONNLINT_CACHE_DIR": str(project.parent / "taken")}
    done = run_process(*FIX, cwd=project, environment=environment)
    assert (done.code, contents(project)) == (1, before)
    assert "(it can't be noted in " in done.err


def test_two_runs_at_once_fix_the_project_once(project: Path) -> None:
    runs = [start(project, "-m", "connlint", *FIX) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in runs]
    for process, errors in zip(runs, said, strict=True):
        assert process.returncode in (0, 1, 2), errors
        assert b"Traceback" not in errors
    assert any(b"3 findings fixed in 3 files" in errors for errors in said)
    assert set(contents(project)) == {*FILES, "pyproject.toml"}
    assert "0 findings" in run_process("check", "--select", "DBC107", cwd=project).err
