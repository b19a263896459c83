"""The hooks with the real pre-commit program, installed from a copy of this repository.

Installing them makes an environment with all dependencies, which takes most of the time: so there
is one test of everything that needs it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.applications import DATABASE, write
from cli.repositories import SETTINGS, commit, git

ROOT = Path(__file__).parents[2]
PACKAGED = ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
CONFIGURATION = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: {hook}
"""
STANDARD = """
src = ["."]
select = ["DBC101", "DBC102"]
[sessions]
providers = ["app.database.get_session"]
forbidden = ["app.database.make_session"]
owners = ["app/database.py"]
"""
BAD = """\
from app.database import make_session


def names():
    with make_session() as session:
        return session.execute("SELECT name FROM users").all()
"""
GOOD = BAD.replace("make_session", "get_session")


class Project:
    """A git repository with the hook installed, as somebody who uses it has it."""

    def __init__(self, root: Path, hooks: Path) -> None:
        self.root, self.hooks = root, hooks
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GIT_", "PRE_COMMIT", "PYTHON"))
        } | {
            **SETTINGS,
            "PRE_COMMIT_HOME": str(root.parent / "pre-commit"),
            "CONNLINT_CACHE_DIR": str(root.parent / "cache"),
            "PRE_COMMIT_COLOR": "never",
        }

    def configure(self, hook: str) -> None:
        revision = git(self.hooks, "rev-parse", "HEAD")
        text = CONFIGURATION.format(repository=self.hooks, revision=revision, hook=hook)
        write(self.root, {".pre-commit-config.yaml": text})

    def run(self, *command: str | Path) -> tuple[int, str]:
        """Exit code and output of a command in the repository."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def commit(self, files: dict[str, str]) -> tuple[int, str]:
        """Write, stage and commit ``files``; the hook decides on the exit code."""
        write(self.root, files)
        git(self.root, "add", *files)
        return self.run("git", "commit", "--message", "a change")

    def text(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")


def _pre_commit(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pre_commit", *map(str, arguments)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in PACKAGED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, hooks / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, hooks / name)
    commit(hooks)
    root = tmp_path / "project"
    root.mkdir()
    project = Project(root, hooks)
    project.configure("connlint")
    commit(
        root,
        {
            "connlint.toml": STANDARD,
            "app/__init__.py": "",
            "app/database.py": DATABASE,
            "app/old.py": BAD,
        },
    )
    return project


def test_the_manifest_is_what_pre_commit_takes() -> None:
    manifest = ROOT / ".pre-commit-hooks.yaml"
    done = subprocess.run(
        _pre_commit("validate-manifest", manifest), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_hooks_report_and_fix(project: Project) -> None:
    code, output = project.run(*_pre_commit("install", "--install-hooks"))
    assert code == 0, output

    # A bad change: no commit, its finding alone, no edit.
    code, output = project.commit({"app/users.py": BAD})
    assert code == 1
    assert "app/users.py:5:10: DBC101 " in output
    assert "app/old.py" not in output
    assert "files were modified" not in output
    assert project.text("app/users.py") == BAD

    # A good change passes, though the old finding elsewhere is still there.
    code, output = project.commit({"app/users.py": GOOD})
    assert code == 0, output
    assert git(project.root, "status", "--porcelain") == ""

    # A broken standard ends the hook as a failure.
    code, output = project.commit({"connlint.toml": "selct = []\n", "app/new.py": GOOD})
    assert code == 1
    assert "error: connlint.toml:1: selct: unknown key" in output
    project.commit({"connlint.toml": STANDARD, "app/new.py": GOOD})

    # The other hook fixes what is staged, says so, and leaves other files alone.
    project.configure("connlint-fix")
    code, output = project.commit(
        {".pre-commit-config.yaml": project.text(".pre-commit-config.yaml"), "app/users.py": BAD}
    )
    assert code == 1
    assert "files were modified by this hook" in output
    assert project.text("app/users.py") == GOOD
    assert project.text("app/old.py") == BAD
    code, output = project.commit({"app/users.py": project.text("app/users.py") + "\n"})
    assert code == 0, output
