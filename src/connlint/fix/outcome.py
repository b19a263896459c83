"""What fixing takes and gives, as plain data: targets and options in, an outcome out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from connlint.findings import Finding


class Refused(Exception):  # noqa: N818  (an answer, not an error)
    """Why something is not rewritten, in words for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FixTarget(msgspec.Struct, frozen=True):
    """A file that may be rewritten, as it was analysed.

    ``source`` are the analysed bytes: a file that holds others by now is left alone. ``module`` is
    the dotted name under which the project imports the file (empty: unknown), ``is_package`` says
    that it is an ``__init__.py``, ``is_taken`` whether another file takes a name from it.
    """

    path: str
    location: Path
    source: bytes
    module: str = ""
    is_package: bool = False
    is_taken: Callable[[str], bool] = frozenset[str]().__contains__


Verify = Callable[[], str]
"""Looks at the project on disk: why it is not as it should be, or nothing."""


class FixOptions(msgspec.Struct, frozen=True):
    """``root``: files whose real place is elsewhere are refused. ``unsafe``: apply what needs a
    person's eye, too. ``write``: false for a preview. ``verify``: files with which this fails are
    put back. ``in_editor``: an editor takes the changes over, and its text need not be on disk.
    ``cache`` is the folder in which a run notes what it is about to change, if there is any."""

    root: Path
    cache: Path | None = None
    unsafe: bool = False
    write: bool = True
    verify: Verify | None = None
    in_editor: bool = False


class FileChange(msgspec.Struct, frozen=True):
    """A file before and after its fixes."""

    path: str
    location: Path
    before: bytes
    after: bytes


class Fixed(msgspec.Struct, frozen=True):
    finding: Finding
    path: str


class Unfixed(msgspec.Struct, frozen=True):
    finding: Finding
    reason: str


class FixOutcome(msgspec.Struct, frozen=True):
    """What became of each finding: every one is in exactly one of the first three.

    ``refused`` could not be rewritten without risk, ``left`` was not asked for: there is no fix, or
    it takes ``--unsafe-fixes``. ``changes`` are the files that were, or without ``write`` would be,
    written. ``remaining`` are the findings of the project as it is then.
    """

    fixed: tuple[Fixed, ...] = ()
    refused: tuple[Unfixed, ...] = ()
    left: tuple[Unfixed, ...] = ()
    changes: tuple[FileChange, ...] = ()
    remaining: tuple[Finding, ...] = ()


Reanalyse = Callable[[Mapping[str, bytes]], Sequence[Finding]]
"""The findings of the project with these files' content in place of what is on disk."""
