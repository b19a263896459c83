"""The user's command in, whether it is content with the project as it is out.

The command is one for the shell. It runs where connlint was called, in a process group of its own,
so that all of it ends when connlint is interrupted.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import IO

from connlint.errors import ConnlintError

_NOT_EXECUTABLE, _NOT_FOUND = 126, 127
_FROM_SIGNAL = 128
_ENDED_BY_OTHERS = ("SIGHUP", "SIGINT", "SIGKILL", "SIGTERM")
"""Signals that say nothing about the code: what crashes by itself ends otherwise."""
_PATIENCE = 5.0
_TAIL = 4096
_SHOWN = 120


@dataclass(slots=True)
class Verification:
    """Runs ``command``; ``say`` is told before each run, ``runs`` counts them."""

    command: str
    say: Callable[[str], None]
    runs: int = 0

    def failure(self) -> str:
        """How the command fails with what is on disk now, or nothing when it succeeds.

        Raises :class:`ConnlintError` when it can't be run, or is ended from outside.
        """
        self.runs += 1
        self.say(f"Verifying (run {self.runs}): {self.command}")
        with tempfile.TemporaryFile() as output:
            code = self._run(output)
            if code == 0:
                return ""
            if reason := _no_answer(code):
                raise ConnlintError(f"`{self.command}` {reason}; nothing is changed")
            last = _last_line(output)
        how = f"exit code {code}" if code > 0 else _name_of(-code)
        return f"`{self.command}` fails ({how}{': ' if last else ''}{last})"

    def _run(self, output: IO[bytes]) -> int:
        # Files that change twice in a second would be taken for what was compiled of them first.
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        try:
            process = subprocess.Popen(  # the user's own command line
                self.command, shell=True, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env=environment, start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise ConnlintError(f"`{self.command}` can't be run: {error}") from error
        try:
            return process.wait()
        except BaseException:
            _end(process)
            raise


@contextmanager
def orderly_ending() -> Iterator[None]:
    """What asks the process to end raises ``SystemExit`` in the block, so that it can clean up."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(_FROM_SIGNAL + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _no_answer(code: int) -> str:
    """What kept the command from judging the code, or nothing when it did."""
    if code == _NOT_FOUND:
        return "was not found"
    if code == _NOT_EXECUTABLE:
        return "is not executable"
    name = _name_of(-code if code < 0 else code - _FROM_SIGNAL)
    return f"was ended by {name}" if name in _ENDED_BY_OTHERS else ""


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


def _last_line(output: IO[bytes]) -> str:
    """The last line that is not blank of what a command said, made fit to print."""
    end = output.seek(0, os.SEEK_END)
    output.seek(max(end - _TAIL, 0))
    lines = output.read().decode("utf-8", "replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    shown = "".join(char if char.isprintable() else " " for char in last)
    return " ".join(shown.split())[:_SHOWN]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and everything that it started."""
    for number in (signal.SIGINT, getattr(signal, "SIGKILL", signal.SIGTERM)):
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, number)
            else:
                process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
            return
