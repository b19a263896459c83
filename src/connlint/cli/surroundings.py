"""The process's streams and environment in, how to talk to its user out."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What standard output and standard error are like.

    ``is_terminal``: a person reads standard output as it is; ``colour``: it takes escape sequences;
    ``width`` is in columns; ``animates``: standard error can show a progress bar.
    """

    is_terminal: bool
    colour: bool
    width: int
    animates: bool


def look_around(
    environment: Mapping[str, str] | None = None,
    output: TextIO | None = None,
    errors: TextIO | None = None,
) -> Surroundings:
    """The surroundings of this process, or of the streams and variables given.

    ``FORCE_COLOR`` stands for a terminal, ``NO_COLOR`` wins over it where colour is concerned, and
    nothing moves in ``CI``.
    """
    variables = os.environ if environment is None else environment
    dumb = variables.get("TERM") == "dumb"
    forced = variables.get("FORCE_COLOR", "0") not in ("", "0")
    is_terminal = forced or (_is_tty(output or sys.stdout) and not dumb)
    return Surroundings(
        is_terminal=is_terminal,
        colour=is_terminal and not variables.get("NO_COLOR"),
        width=shutil.get_terminal_size().columns,
        animates=_is_tty(errors or sys.stderr) and not dumb and not variables.get("CI"),
    )


def _is_tty(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
