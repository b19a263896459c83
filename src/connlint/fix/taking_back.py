"""A journal in, the files as they were before the run that wrote it out.

A file is put back only when it holds what that run made of it. What somebody has changed since is
theirs.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from connlint.facts.cache import hashed
from connlint.fix.journal import Journal, Noted
from connlint.fix.outcome import Refused
from connlint.fix.write import discard, replace, unfinished_file
from connlint.source import SourceError, read


@dataclass(slots=True)
class TakenBack:
    """What became of the files, by path below the root.

    ``is_done``: all of them hold what they were to hold, and that stays. Else ``restored`` are back
    at what they held, ``foreign`` hold something else, ``stuck`` say why they could not be put
    back; all others had not been changed.
    """

    is_done: bool = False
    restored: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    stuck: dict[str, str] = field(default_factory=dict)


def take_back(journal: Journal, root: Path) -> TakenBack:
    """Put back what a run that ended early has changed, unless it had come to its end."""
    base = root.resolve()
    for each in journal.files:
        _discard_unfinished(base, each, journal.token)
    result = TakenBack()
    contents = [_content(base, each) for each in journal.files]
    if not journal.tentative and all(map(_is_new, journal.files, contents)):
        result.is_done = True
        return result
    for each, content in zip(journal.files, contents, strict=True):
        path = Path(os.fsdecode(each.place)).as_posix()
        if content == each.before:
            continue
        if content is None or not _is_new(each, content):
            result.foreign.append(path)
        elif reason := _restore(base, each, content, journal.token):
            result.stuck[path] = reason
        else:
            result.restored.append(path)
    return result


def _content(base: Path, noted: Noted) -> bytes | None:
    """What the file holds; ``None`` where it can't be read, or is gone."""
    try:
        return read(os.fspath(base / os.fsdecode(noted.place)))
    except SourceError:
        return None


def _is_new(noted: Noted, content: bytes | None) -> bool:
    return content is not None and hashed(content) == noted.after


def _restore(base: Path, noted: Noted, content: bytes, token: str) -> str:
    """Put one file back; why that can't be done, or nothing."""
    place = base / os.fsdecode(noted.place)
    try:
        replace(place, base, content, noted.before, token)
    except Refused as refusal:
        return refusal.reason
    with suppress(OSError, OverflowError):
        os.utime(place, ns=(noted.accessed, noted.modified))
    return ""


def _discard_unfinished(base: Path, noted: Noted, token: str) -> None:
    """Remove what was to take the place of the file, if it is where that belongs."""
    place = base / os.fsdecode(noted.place)
    with suppress(OSError, RuntimeError):
        if place.parent.resolve().is_relative_to(base):
            discard(unfinished_file(place, token))
