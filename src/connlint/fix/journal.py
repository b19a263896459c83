"""Files that a run is about to change in, a note of what they held, until it is done, out.

A run that is killed leaves its journal behind; the next one takes back what it finds there. What is
read is not trusted: the cache may have been damaged or edited.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from connlint.facts.cache import HASH_SIZE, hashed
from connlint.fix.write import discard, sync_folder

_MAGIC = b"connlint journal 1\r\n"


class Noted(msgspec.Struct, frozen=True, array_like=True):
    """A file by its real place below the root, what it held, and the hash of what it is to hold.

    The times are those of before, in nanoseconds.
    """

    place: bytes
    before: bytes
    after: bytes
    accessed: int
    modified: int


class Journal(msgspec.Struct, frozen=True, array_like=True):
    """What a run is about to change in the project at ``root``.

    ``token`` is part of the names of its unfinished files. What is ``tentative`` is on disk to be
    tried out: it does not stay by itself, even when all of it is there.
    """

    root: bytes
    token: str
    tentative: bool
    files: tuple[Noted, ...]


class UnusableJournalError(Exception):
    """A journal that nothing can be taken back with, and why."""


_DECODER = msgspec.msgpack.Decoder(Journal)


def journal_in(cache: Path) -> Path:
    """The journal of the project whose cache folder this is; it need not exist."""
    return cache / "fixing.journal"


def lock_in(cache: Path) -> Path:
    """The lock of those who write that journal, or act on it."""
    return cache / "fixing.lock"


def write_journal(path: Path, journal: Journal) -> None:
    """Keep ``journal`` at ``path``, as a whole or not at all, and readable by this user only.

    Raises ``OSError``.
    """
    data = msgspec.msgpack.encode(journal)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + hashed(data) + data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        discard(Path(name))
        raise
    sync_folder(path.parent)


def read_journal(path: Path, root: Path) -> Journal:
    """The journal at ``path``, about the project at ``root``.

    Raises :class:`UnusableJournalError` for anything but what this user's connlint would have
    written, and ``OSError``.
    """
    if not path.is_file():  # opening a pipe would block the run
        raise UnusableJournalError("it is no file")
    with path.open("rb") as file:
        owner = os.fstat(file.fileno()).st_uid
        if hasattr(os, "geteuid") and owner != os.geteuid():
            raise UnusableJournalError("it belongs to another user")
        content = file.read()
    start = len(_MAGIC) + HASH_SIZE
    data = content[start:]
    if content[:start] != _MAGIC + hashed(data):
        raise UnusableJournalError("it is damaged")
    try:
        journal = _DECODER.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UnusableJournalError("it is damaged") from error
    if journal.root != os.fsencode(root.resolve()) or not _is_token(journal.token):
        raise UnusableJournalError("it is about another project")
    if not all(_is_below(Path(os.fsdecode(each.place))) for each in journal.files):
        raise UnusableJournalError("it names a file outside the project")
    return journal


def _is_token(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _is_below(place: Path) -> bool:
    is_plain = ".." not in place.parts and "\0" not in str(place)
    return is_plain and not place.is_absolute() and not place.drive


def close_journal(path: Path, journal: Journal, root: Path) -> None:
    """Remove the journal: what the files hold by now stays."""
    for folder in {(root / os.fsdecode(each.place)).parent for each in journal.files}:
        sync_folder(folder)
    discard(path)
    sync_folder(path.parent)
