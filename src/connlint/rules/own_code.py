"""connlint's own files in, a hash of them out: what it remembers holds for these files only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

import connlint
from connlint.facts.cache import hashed

PACKAGE = Path(connlint.__file__).parent
_SUFFIXES = (".py", ".toml")


@cache
def own_code() -> bytes:
    """A hash of connlint's version, the Python it runs on, and the state of its own files.

    Their size and time of change stand for their content, so that asking costs a millisecond.
    """
    states = sorted(_file_states(PACKAGE))
    identity = (connlint.__version__, sys.version, msgspec.__version__, states)
    return hashed(repr(identity).encode("utf-8", "surrogateescape"))


def _file_states(folder: Path | str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _file_states(entry.path)
            elif entry.name.endswith(_SUFFIXES):
                status = entry.stat()
                yield entry.path, status.st_mtime_ns, status.st_size
