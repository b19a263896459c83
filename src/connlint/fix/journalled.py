"""Changes that are written in a block in, all of them or none on disk out, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from connlint.errors import ConnlintError
from connlint.facts.cache import hashed
from connlint.fix.journal import (
    Journal,
    Noted,
    close_journal,
    journal_in,
    lock_in,
    write_journal,
)
from connlint.fix.lock import locked
from connlint.fix.outcome import FileChange, FixOptions, Refused
from connlint.fix.taking_back import take_back
from connlint.fix.write import new_token, real_place


@contextmanager
def journalled(changes: Sequence[FileChange], options: FixOptions) -> Iterator[str]:
    """Keep a journal of ``changes`` for as long as the block is run.

    Gives what is to be part of the names of unfinished files. When something is raised in the
    block, or the process ends in it, all files are put back, by the next run if need be. But where
    they need no verification, they stay once the last of them is written.

    Raises :class:`Refused` where no journal can be kept, and :class:`ConnlintError` while another
    run fixes the project, or where one that was killed has left what could not be taken back.
    """
    root = options.root
    with ExitStack() as stack:
        try:
            path = _locked_journal(options.cache, stack)
            journal = _journal_of(changes, root, tentative=options.verify is not None)
            write_journal(path, journal)
        except OSError as error:
            reason = f"it can't be noted in {options.cache}: {error.strerror or error}"
            raise Refused(reason) from error
        try:
            yield journal.token
        except BaseException:
            if not take_back(journal, root).stuck:
                close_journal(path, journal, root)
            raise
        close_journal(path, journal, root)


def _locked_journal(cache: Path | None, stack: ExitStack) -> Path:
    """The place for a journal, which is this run's until ``stack`` is left; raises ``OSError``."""
    if cache is None:
        raise Refused("there is no cache folder to note in what changes")
    cache.mkdir(parents=True, exist_ok=True)
    if not stack.enter_context(locked(lock_in(cache))):
        raise ConnlintError("nothing is fixed: another run is fixing files of this project")
    path = journal_in(cache)
    if os.path.lexists(path):
        raise ConnlintError(f"nothing is fixed: a run that was killed has left {path}")
    return path


def _journal_of(changes: Sequence[FileChange], root: Path, *, tentative: bool) -> Journal:
    base = root.resolve()
    files = []
    for change in changes:
        place = real_place(change.location, root)
        status = place.stat()
        relative = os.fsencode(place.relative_to(base))
        after = hashed(change.after)
        files.append(Noted(relative, change.before, after, status.st_atime_ns, status.st_mtime_ns))
    return Journal(os.fsencode(base), new_token(), tentative, tuple(files))
