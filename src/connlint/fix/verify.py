"""Changes to files and a check of the project in, the changes with which it passes on disk out.

All changes are written and checked. When that fails, parts of them are, half by half, until it is
known which make the check fail: these files are put back as they were.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from connlint.errors import ConnlintError
from connlint.fix.outcome import FileChange, Refused, Verify
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


def write_what_passes(groups: Sequence[Group], root: Path, verify: Verify) -> dict[str, str]:
    """Write ``groups`` as far as ``verify`` passes with them; why not the others, by path.

    What is on disk then has passed. Whatever is raised on the way, ``KeyboardInterrupt`` as well,
    all files are put back first. Raises :class:`ConnlintError` when the check fails without any of
    the changes, or when a file is changed by someone else in the meantime.
    """
    if failure := verify():
        raise ConnlintError(f"nothing is fixed: before any fix, {failure}")
    trial = _Trial(groups, root, verify)
    try:
        trial.run()
    except BaseException:
        trial.put_back()
        raise
    return trial.reasons


class _Trial:
    """Finds what ``verify`` passes with. ``kept`` has passed, ``reasons`` say why not the rest."""

    def __init__(self, groups: Sequence[Group], root: Path, verify: Verify) -> None:
        self.groups, self.root, self.verify = groups, root, verify
        self.kept: list[Group] = []
        self.reasons: dict[str, str] = {}
        self._touched: dict[str, tuple[FileChange, os.stat_result]] = {}

    def run(self) -> None:
        """Write everything, and put back what makes the check fail."""
        written = [group for group in self.groups if self._is_written(group)]
        if written and (failure := self.verify()):
            self._sort_out(written, failure)
            self._put(self.kept)

    def put_back(self) -> None:
        """Put back all files; raises :class:`ConnlintError` for those that others have changed."""
        with _undisturbed():
            lost = [path for path in self._touched if not self._restore(path)]
        if lost:
            raise ConnlintError(
                f"{', '.join(lost)}: changed by something else while the fixes were verified, "
                "and left so; everything else is put back"
            )

    def _sort_out(self, groups: list[Group], failure: str) -> None:
        """Keep what can be of ``groups``: with all of them and what is kept, the check fails."""
        if len(groups) == 1:
            paths = [change.path for change in groups[0]]
            whose = "its fix" if len(paths) == 1 else f"the fixes of {' and '.join(paths)}"
            self.reasons.update(dict.fromkeys(paths, f"with {whose}, {failure}"))
            return
        middle = len(groups) // 2
        first, second = groups[:middle], groups[middle:]
        if first_failure := self._failure(first):
            self._sort_out(first, first_failure)
            failure = self._failure(second)
        else:
            self.kept += first
        if failure:
            self._sort_out(second, failure)
        else:
            self.kept += second

    def _failure(self, more: list[Group]) -> str:
        """Why the check fails with ``more`` and what is kept; nothing when it passes."""
        self._put([*self.kept, *more])
        return self.verify()

    def _put(self, wanted: list[Group]) -> None:
        """Have exactly the changes of ``wanted`` on disk."""
        wanted_paths = {change.path for group in wanted for change in group}
        for path, (change, _) in self._touched.items():
            if path not in wanted_paths:
                is_there = self._restore(path)
            else:
                is_there = is_unchanged(change.location, change.after) or self._write(change)
            if not is_there:
                raise ConnlintError(f"{path}: changed by something else while it was verified")

    def _is_written(self, group: Group) -> bool:
        """Write all of ``group`` or nothing of it."""
        for change in group:
            try:
                place = real_place(change.location, self.root)
                self._touched[change.path] = (change, place.stat())
                replace(change.location, self.root, change.before, change.after)
            except (Refused, OSError) as refusal:
                for each in group:
                    if each.path in self._touched:
                        self._restore(each.path)
                        del self._touched[each.path]
                self.reasons.update({each.path: str(refusal) for each in group})
                return False
        return True

    def _write(self, change: FileChange) -> bool:
        try:
            replace(change.location, self.root, change.before, change.after)
        except Refused:
            return False
        return True

    def _restore(self, path: str) -> bool:
        """Make the file what it was, when it is what it was made."""
        change, status = self._touched[path]
        if is_unchanged(change.location, change.before):
            return True
        try:
            replace(change.location, self.root, change.after, change.before)
        except Refused:
            return False
        with suppress(OSError):
            os.utime(change.location, ns=(status.st_atime_ns, status.st_mtime_ns))
        return True


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C is not heard in the block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
