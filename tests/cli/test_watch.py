"""``connlint check --watch``: a report after each change, until an interruption."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cli.running import SOURCE, run
from cli.visited_routes import A_THIRD_ROUTE, FILES

Capture = pytest.CaptureFixture[bytes]
BROKEN = "def broken(:\n"
PATIENCE_SECONDS = 60


class Watched:
    """A watching process in ``folder``, and the lines that it prints, errors included."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "connlint", "check", "--watch", *arguments],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(SOURCE),
                "CONNLINT_CACHE_DIR": str(folder.parent / "cache"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Whoever runs the tests in the background has them ignore interruptions.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip())

    def until(self, beginning: str) -> None:
        """Wait for a line that begins like this; one change may be told in several reports."""
        while not self._lines.get(timeout=PATIENCE_SECONDS).startswith(beginning):
            pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "connlint.toml").write_text('src = ["."]\n')
    (tmp_path / "project" / "a.py").write_text("x = 1\n")
    return tmp_path / "project"


@pytest.fixture
def watched(folder: Path) -> Iterator[Watched]:
    watching = Watched(folder)
    yield watching
    watching.process.kill()
    watching.process.wait()


@pytest.mark.skipif(os.name == "nt", reason="interrupts are sent differently there")
def test_it_checks_again_after_each_change_and_ends_with_an_interruption(
    watched: Watched, folder: Path
) -> None:
    watched.until("0 findings in 1 file.")
    (folder / "a.py").write_text(BROKEN)
    watched.until("a.py:1:12: DBC900 ")
    (folder / "connlint.toml").write_text("selct = []\n")
    watched.until("error: connlint.toml:1: selct: ")
    (folder / "connlint.toml").write_text('src = ["."]\n')
    watched.until("a.py:1:12: DBC900 ")
    (folder / "a.py").unlink()
    watched.until("0 findings in 0 files.")
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(timeout=PATIENCE_SECONDS) == 130


def test_a_change_shows_where_it_reaches_and_a_look_at_all_corrects_that(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    # Without a cache nothing tells what the confirmation under way has found already.
    watched = Watched(folder, "--format", "concise", "--no-cache")
    try:
        watched.until("0 findings in 5 files.")
        (folder / "app" / "visits.py").write_text("\n" + FILES["app/visits.py"])
        watched.until("0 findings in 5 files.")
        (folder / "app" / "routes.py").write_text(A_THIRD_ROUTE)
        watched.until("0 findings in 5 files.")
        watched.until("A look at the whole project changes the report:")
        watched.until("app/visits.py:8:")
        watched.until("1 finding in 5 files.")
        (folder / "app" / "visits.py").write_text(FILES["app/visits.py"])
        watched.until("app/visits.py:7:")
    finally:
        watched.process.kill()
        watched.process.wait()


def test_a_broken_configuration_at_the_start_is_told_and_watched(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "connlint.toml").write_text("selct = []\n")
    watched = Watched(folder)
    try:
        watched.until("error: connlint.toml:1: selct: ")
        (folder / "connlint.toml").write_text('src = ["."]\n')
        watched.until("0 findings in 1 file.")
    finally:
        watched.process.kill()
        watched.process.wait()


def test_without_watchfiles_it_says_what_to_install(
    capfdbinary: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    monkeypatch.chdir(folder)
    assert run(capfdbinary, "check", "--watch") == (
        2,
        "",
        "error: --watch needs watchfiles: pip install 'connlint[watch]'\n",
    )


@pytest.mark.parametrize("option", ["--fix", "--diff", "--add-noqa"])
def test_nothing_is_changed_with_it(capfdbinary: Capture, option: str) -> None:
    done = run(capfdbinary, "check", "--watch", option)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: --watch only reports")
