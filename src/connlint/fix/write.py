"""New content for a file in, the file replaced as a whole or not at all out."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from connlint.fix.outcome import Refused
from connlint.source import SourceError, read

_CAN_CHANGE_OWNER = hasattr(os, "fchown")


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


def replace(location: Path, root: Path, expected: bytes, content: bytes) -> None:
    """Make ``content`` the content of the file at ``location``, which has to hold ``expected``.

    Readers see the old content or the new, even when the process is killed. Mode and owner stay; a
    symbolic link is followed. Raises :class:`Refused` and leaves the file as it is otherwise.
    """
    place = real_place(location, root)
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _take_over(Path(name), place.stat())
        if not is_unchanged(place, expected):
            raise Refused("the file has changed since it was analysed")
        Path(name).replace(place)
    except OSError as error:
        _discard(name)
        raise Refused(f"it can't be written: {error.strerror or error}") from error
    except BaseException:
        _discard(name)
        raise


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


def _discard(name: str) -> None:
    with contextlib.suppress(OSError):
        Path(name).unlink()
