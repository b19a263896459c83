"""The paths named on the command line in; whether a report is about a file out."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


class Scope:
    """What a report is about: everything at and below some paths, relative to the project root.

    The analysis is always about the whole project; the scope decides what of it is reported.
    """

    def __init__(self, starts: Iterable[str] = ("",)) -> None:
        self._starts = frozenset(starts)

    def covers(self, path: str) -> bool:
        """Whether the report is about the file at ``path``, POSIX and relative to the root."""
        if "" in self._starts:
            return True
        while path:
            if path in self._starts:
                return True
            path = path.rpartition("/")[0]
        return False


def scope_of(root: Path, paths: Iterable[Path]) -> Scope:
    """The scope for ``paths``, which are relative to the working folder; none: everything.

    A path counts as it is written and as what its links lead to, since a file that both lead to
    is read under one of the two names.
    """
    starts: set[str] = set()
    real_root = Path(os.path.realpath(root))
    for path in paths:
        starts.add(relative_to(root, path))
        starts.add(relative_to(real_root, Path(os.path.realpath(path))))
    return Scope(starts) if starts else Scope()


def relative_to(root: Path, path: Path) -> str:
    """``path`` as seen from ``root``, POSIX; ``""`` for the root itself."""
    try:
        relative = Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()
    return "" if relative == "." else relative
