"""A file before and after its fixes in, a diff for ``git apply`` or a list of edits out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

from connlint.findings import Edit
from connlint.fix.outcome import FileChange
from connlint.location import Span
from connlint.source import SourceError, decode

_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_QUOTED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LINE_FOR_GIT = re.compile(rb"[^\n]*\n|[^\n]+")
_THOROUGH = 2_000
"""Longer differences are looked at with a heuristic that does not take quadratic time."""


def unified_diff(changes: Iterable[FileChange]) -> bytes:
    """The changes as one unified diff that ``git apply`` takes, in the encodings of the files."""
    return b"".join(line for change in changes for line in _file_diff(change))


def _file_diff(change: FileChange) -> Iterator[bytes]:
    lines = difflib.diff_bytes(
        difflib.unified_diff,
        _LINE_FOR_GIT.findall(change.before),
        _LINE_FOR_GIT.findall(change.after),
        _named(f"a/{change.path}"),
        _named(f"b/{change.path}"),
    )
    for line in lines:
        yield line if line.endswith(b"\n") else line + _NO_NEWLINE


def _named(name: str) -> bytes:
    """``name`` as git writes it: quoted when it holds what ends or escapes a name."""
    if any(char in _QUOTED for char in name):
        name = '"' + "".join(_QUOTED.get(char, char) for char in name) + '"'
    elif " " in name:
        name += "\t"
    return name.encode("utf-8", "surrogateescape")


def edits_between(path: str, before: bytes, after: bytes) -> tuple[Edit, ...]:
    """The smallest edits of whole lines that make ``after`` of ``before``; none if unreadable."""
    try:
        old, new = _lines(decode(before).text), _lines(decode(after).text)
    except SourceError:
        return ()
    start, stop = _common_ends(old, new)
    inner_old, inner_new = old[start : len(old) - stop], new[start : len(new) - stop]
    is_long = max(len(inner_old), len(inner_new)) > _THOROUGH
    matcher = difflib.SequenceMatcher(None, inner_old, inner_new, autojunk=is_long)
    return tuple(
        Edit(path, _span(old, start + first, start + last), "".join(inner_new[low:high]))
        for kind, first, last, low, high in matcher.get_opcodes()
        if kind != "equal"
    )


def _common_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines are the same at the start and, of the others, at the end."""
    least = min(len(old), len(new))
    start = next((at for at in range(least) if old[at] != new[at]), least)
    left = least - start
    stop = next((at for at in range(left) if old[-1 - at] != new[-1 - at]), left)
    return start, stop


def _span(lines: list[str], first: int, last: int) -> Span:
    """The lines from ``first`` to before ``last``, counted from 0, to the end of the last."""
    if first < last == len(lines) and not lines[-1].endswith(("\n", "\r")):
        return Span(first + 1, 0, last, len(lines[-1]))
    return Span(first + 1, 0, last + 1, 0)


def _lines(text: str) -> list[str]:
    """The lines of ``text`` with their ends."""
    return _LINE.findall(text)
