"""connlint's own files in, a hash of them out: what it remembers holds for these files only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from connlint.facts.cache import hashed
from connlint.version import __version__

PACKAGE = Path(__file__).parents[1]
_SUFFIXES = (".py", ".toml", ".md")


@cache
def own_code() -> bytes:
    """A hash of connlint's version, the Python it runs on, and the state of its own files.

    Their size and time of change stand for their content, so that asking costs a millisecond.
    """
    states = sorted(file_states(PACKAGE))
    identity = (__version__, sys.version, msgspec.__version__, states)
    return hashed(repr(identity).encode("utf-8", "surrogateescape"))


def file_states(folder: Path | str) -> Iterator[tuple[str, int, int]]:
    """Path, time of change and size of each file at and below ``folder`` that code is made of."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from file_states(entry.path)
            elif entry.name.endswith(_SUFFIXES):
                status = entry.stat()
                yield entry.path, status.st_mtime_ns, status.st_size
