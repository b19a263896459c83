"""Changed files in, those that are kept or put back together out; such a group on disk, or not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from connlint.fix.outcome import FileChange, Refused
from connlint.fix.write import is_unchanged, real_place, replace

Group = tuple[FileChange, ...]
"""Changes that are kept or put back together."""


def groups_of(changes: Sequence[FileChange], together: Iterable[frozenset[str]]) -> list[Group]:
    """``changes`` in groups: one for each file, or for all files of a set in ``together``."""
    by_path = {change.path: change for change in changes}
    groups: list[set[str]] = []
    for paths in (*together, *({path} for path in by_path)):
        joined = by_path.keys() & paths
        for other in [each for each in groups if each & joined]:
            groups.remove(other)
            joined |= other
        if joined:
            groups.append(joined)
    return [tuple(by_path[path] for path in sorted(group)) for group in sorted(groups, key=min)]


class Disk:
    """The project's files as far as they are to be changed.

    ``root``: files elsewhere are refused; ``token`` is part of the names of unfinished files.
    """

    def __init__(self, root: Path, token: str = "") -> None:
        self._root, self._token = root, token
        self._times: dict[str, tuple[int, int]] = {}

    def write_group(self, group: Group) -> dict[str, str]:
        """Write all of ``group`` or nothing of it; why one of its files can't be, by path."""
        for number, change in enumerate(group):
            try:
                status = real_place(change.location, self._root).stat()
                self._times[change.path] = (status.st_atime_ns, status.st_mtime_ns)
                self._replace(change, change.before, change.after)
            except (Refused, OSError) as refusal:
                for written in group[:number]:
                    self.restore(written)
                return {change.path: str(refusal)}
        return {}

    def write(self, change: FileChange) -> bool:
        """Write ``change``; is it there?"""
        if is_unchanged(change.location, change.after):
            return True
        with suppress(Refused):
            self._replace(change, change.before, change.after)
            return True
        return False

    def restore(self, change: FileChange) -> bool:
        """Make the file what it was, when it is what it was made; is it that?"""
        if is_unchanged(change.location, change.before):
            return True
        try:
            self._replace(change, change.after, change.before)
        except Refused:
            return False
        if times := self._times.get(change.path):
            with suppress(OSError):
                os.utime(change.location, ns=times)
        return True

    def _replace(self, change: FileChange, old: bytes, new: bytes) -> None:
        replace(change.location, self._root, old, new, self._token)
