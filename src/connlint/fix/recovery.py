"""A project in, the same without what a run that was killed has left half done out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from connlint.findings import Problem
from connlint.fix.journal import (
    UnusableJournalError,
    close_journal,
    journal_in,
    lock_in,
    read_journal,
)
from connlint.fix.lock import locked
from connlint.fix.taking_back import TakenBack, take_back

_SHOWN = 5


def recover(root: Path, cache: Path) -> Problem | None:
    """Take back what a run that was killed has left half done in the project at ``root``.

    ``cache`` is the folder in which runs of the project note what they are about to change.
    Gives what the user has to know; nothing where there is nothing to take back, or where the run
    is still going on.
    """
    path = journal_in(cache)
    if not os.path.lexists(path):
        return None
    try:
        with locked(lock_in(cache)) as is_ours:
            if not is_ours or not path.exists():
                return None
            journal = read_journal(path, root)
            result = take_back(journal, root)
            if not result.stuck:
                close_journal(path, journal, root)
    except (OSError, UnusableJournalError) as error:
        why = (error.strerror or error) if isinstance(error, OSError) else error
        return Problem(
            f"a run that was killed may have left fixes half done, and its journal can't be used "
            f"({why}): look at what has changed, then delete {path}"
        )
    return _told(result)


def _told(result: TakenBack) -> Problem | None:
    """One line about what a run that was killed had done, and what became of that."""
    if result.is_done:
        return Problem("a run was killed when it had written all of its fixes; they stay")
    parts = []
    if result.restored:
        parts.append(f"taken back: {_list(result.restored)}")
    if result.foreign:
        parts.append(f"changed since, so look whether its fix is in it: {_list(result.foreign)}")
    if result.stuck:
        whys = [f"{path} ({reason})" for path, reason in result.stuck.items()]
        parts.append(f"can't be put back: {_list(whys)}")
    what = f"a run was killed while it fixed files; {'; '.join(parts)}"
    return Problem(what) if parts else None


def _list(names: Sequence[str]) -> str:
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    shown = [each if each.isprintable() else ascii(each) for each in names[:_SHOWN]]
    return ", ".join([*shown, *more])
