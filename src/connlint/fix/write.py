"""New content for a file in, the file replaced as a whole or not at all out."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from connlint.fix.outcome import Refused
from connlint.source import SourceError, read

_CAN_CHANGE_OWNER = hasattr(os, "fchown")
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def new_token() -> str:
    """What the names of unfinished files have in common, so that they can be found again."""
    return os.urandom(8).hex()


def unfinished_file(place: Path, token: str) -> Path:
    """Where the content of ``place`` is gathered before it takes its place."""
    return place.with_name(f".{place.name}.{token}.tmp")


def real_place(location: Path, root: Path) -> Path:
    """The file that ``location`` is or points to.

    It has to be a regular file inside ``root``, writable, and known under one name only; else
    :class:`Refused` is raised.
    """
    try:
        place = location.resolve(strict=True)
        status = place.stat()
    except (OSError, RuntimeError) as error:
        raise Refused(f"the file can't be reached ({type(error).__name__})") from error
    if not place.is_relative_to(root.resolve()):
        raise Refused("the file is outside the project")
    if not stat.S_ISREG(status.st_mode):
        raise Refused("it is not a regular file")
    # Root may write anything: the mode says what its owner wants.
    if not status.st_mode & 0o222 or not os.access(place, os.W_OK):
        raise Refused("the file is read-only")
    if status.st_nlink > 1:
        raise Refused("the file has hard links, which replacing it would break")
    if not os.access(place.parent, os.W_OK):
        raise Refused("its folder is read-only")
    return place


def replace(location: Path, root: Path, expected: bytes, content: bytes, token: str = "") -> None:
    """Make ``content`` the content of the file at ``location``, which has to hold ``expected``.

    Readers see the old content or the new, even when the process is killed. Mode and owner stay; a
    symbolic link is followed. ``token`` is part of the name of the unfinished file. Raises
    :class:`Refused` and leaves the file as it is otherwise.
    """
    place = real_place(location, root)
    unfinished = unfinished_file(place, token or new_token())
    try:
        handle = os.open(unfinished, _NEW, 0o600)
    except OSError as error:
        raise _unwritten(error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _take_over(unfinished, place.stat())
        if not is_unchanged(place, expected):
            raise Refused("the file has changed since it was analysed")
        unfinished.replace(place)
    except OSError as error:
        discard(unfinished)
        raise _unwritten(error) from error
    except BaseException:
        discard(unfinished)
        raise


def sync_folder(folder: Path) -> None:
    """See to it that what was renamed in ``folder`` outlives a failure of the machine, too."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def is_unchanged(place: Path, expected: bytes) -> bool:
    """Does the file at ``place`` still hold ``expected``?"""
    try:
        return read(os.fspath(place)) == expected
    except SourceError:
        return False


def _take_over(new: Path, old: os.stat_result) -> None:
    """Give ``new`` the owner and the mode of the file that it replaces."""
    status = new.stat()
    if _CAN_CHANGE_OWNER and (status.st_uid, status.st_gid) != (old.st_uid, old.st_gid):
        os.chown(new, old.st_uid, old.st_gid)
    new.chmod(stat.S_IMODE(old.st_mode))


def discard(unfinished: Path) -> None:
    """Remove an unfinished file, if it is there."""
    with contextlib.suppress(OSError):
        unfinished.unlink()


def _unwritten(error: OSError) -> Refused:
    return Refused(f"it can't be written: {error.strerror or error}")
