"""Runs the command line in this process, as ``main`` would, and in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from connlint.cli.app import main

SOURCE = Path(__file__).parents[2] / "src"


class Done(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


def run(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str | Path) -> Done:
    """Run in this process."""
    capfdbinary.readouterr()
    code = main([str(argument) for argument in arguments])
    out, err = capfdbinary.readouterr()
    return Done(code, out.decode(), err.decode())


def run_process(
    *arguments: str | Path,
    cwd: Path,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> Done:
    """Run in a new process, with a cache of its own below ``cwd``'s parent."""
    variables = {
        "PYTHONPATH": str(SOURCE),
        "PATH": os.environ.get("PATH", ""),
        "CONNLINT_CACHE_DIR": str(cwd.parent / "connlint-cache"),
        **(environment or {}),
    }
    done = subprocess.run(
        [sys.executable, "-m", "connlint", *map(str, arguments)],
        cwd=cwd,
        env=variables,
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())
