"""Bytes in, whether parsing them could exhaust the stack out; said without parsing."""

from __future__ import annotations

MAX_DEPTH = 100
"""Four times what 3,600 files of real code need, and little enough for the stack of any thread."""

_LONG_FILE = 1 << 20
_LONG_LINE = 20_000
_AS_ROUND_ONES = bytes.maketrans(b"[{]}", b"(())")
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))


def is_risky(data: bytes) -> bool:
    """Whether a parser could run out of stack on ``data``, which can end the process.

    True for brackets nested deeper than :data:`MAX_DEPTH`, and for files and lines so long that
    they have room for a chain of operators that is deeper by far. Brackets in strings and comments
    count as well, so that the answer may be a false alarm.
    """
    if len(data) > _LONG_LINE and (len(data) > _LONG_FILE or _longest_line(data) > _LONG_LINE):
        return True
    brackets = data.translate(_AS_ROUND_ONES, _ALL_BUT_BRACKETS)
    depth = 0
    while depth + len(brackets) > MAX_DEPTH:
        # Each round takes away the innermost pairs, so that rounds count levels.
        inner_gone = brackets.replace(b"()", b"")
        if depth == MAX_DEPTH or len(inner_gone) == len(brackets):
            return True
        depth += 1
        brackets = inner_gone
    return False


def _longest_line(data: bytes) -> int:
    return max(map(len, data.replace(b"\r", b"\n").split(b"\n")))
