"""Real git repositories for tests: commits on demand, independent of the user's settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cli.applications import write

SETTINGS = {
    "GIT_CONFIG_GLOBAL": str(Path(__file__).with_name("no-such.gitconfig")),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


def git(folder: Path, *arguments: str | Path) -> str:
    """Run git in ``folder``; what it printed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *map(str, arguments)],
        cwd=folder,
        env=inherited | SETTINGS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str] | None = None) -> str:
    """Write ``files``, commit everything there is in ``folder`` and return the commit."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    write(folder, files or {})
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "a change")
    return git(folder, "rev-parse", "HEAD")
