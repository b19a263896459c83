"""Changes to files and a check of the project in, the changes with which it passes on disk out.

All changes are written and checked. When that fails, parts of them are, half by half, until it is
known which make the check fail: these files are put back as they were.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from connlint.errors import ConnlintError
from connlint.fix.groups import Disk, Group
from connlint.fix.outcome import Verify


def write_what_passes(groups: Sequence[Group], disk: Disk, verify: Verify) -> dict[str, str]:
    """Write ``groups`` as far as ``verify`` passes with them; why not the others, by path.

    What is on disk then has passed. Whatever is raised on the way, ``KeyboardInterrupt`` as well,
    all files are put back first. Raises :class:`ConnlintError` when the check fails without any of
    the changes, or when a file is changed by someone else in the meantime.
    """
    if failure := verify():
        raise ConnlintError(f"nothing is fixed: before any fix, {failure}")
    trial = _Trial(groups, disk, verify)
    try:
        trial.run()
    except BaseException:
        trial.put_back()
        raise
    return trial.reasons


class _Trial:
    """Finds what ``verify`` passes with. ``kept`` has passed, ``reasons`` say why not the rest."""

    def __init__(self, groups: Sequence[Group], disk: Disk, verify: Verify) -> None:
        self.groups, self.disk, self.verify = groups, disk, verify
        self.kept: list[Group] = []
        self.reasons: dict[str, str] = {}
        self._touched: list[Group] = []

    def run(self) -> None:
        """Write everything, and put back what makes the check fail."""
        written = [group for group in self.groups if self._is_written(group)]
        if written and (failure := self.verify()):
            self._sort_out(written, failure)
            self._put(self.kept)

    def put_back(self) -> None:
        """Put back all files; raises :class:`ConnlintError` for those that others have changed."""
        changes = [change for group in self._touched for change in group]
        with _undisturbed():
            lost = [change.path for change in changes if not self.disk.restore(change)]
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
        for group in self._touched:
            put = self.disk.write if group in wanted else self.disk.restore
            for change in group:
                if not put(change):
                    raise ConnlintError(
                        f"{change.path}: changed by something else while it was verified"
                    )

    def _is_written(self, group: Group) -> bool:
        """Write all of ``group`` or nothing of it."""
        self._touched.append(group)
        reasons = self.disk.write_group(group)
        for reason in reasons.values():
            self._touched.remove(group)
            self.reasons.update({each.path: reason for each in group})
        return not reasons


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
