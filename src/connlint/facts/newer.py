"""Tells a file in the syntax of a newer Python from a broken one, by the line that the running
parser refused. In: a ``SyntaxError``; out: a remark for the user, or nothing.

Sources: the "What's New in Python" pages of 3.11, 3.12 and 3.14.
"""

from __future__ import annotations

import re
import sys

_SIGNS: tuple[tuple[tuple[int, int], re.Pattern[str]], ...] = (
    ((3, 11), re.compile(r"^\s*except\s*\*")),
    ((3, 12), re.compile(r"^\s*type\s+\w+\s*(\[[^\]]*\])?\s*=")),
    ((3, 12), re.compile(r"^\s*(async\s+)?(def|class)\s+\w+\s*\[")),
    ((3, 14), re.compile(r"^\s*except\s+[\w.]+(\s*,\s*[\w.]+)+\s*:")),
    ((3, 14), re.compile(r"(?<![\w'\"])[tT][rR]?['\"]|(?<![\w'\"])[rR][tT]['\"]")),
)
_NESTED_QUOTES = re.compile(r"f-string: (expecting|unmatched|unterminated|f-string expression)")


def newer_syntax(error: SyntaxError) -> str:
    """``"syntax of Python 3.14, running on 3.11"`` when the refused line looks like it."""
    line = error.text or ""
    running = sys.version_info[:2]
    for version, sign in _SIGNS:
        if running < version and sign.search(line):
            return _remark(version)
    if running < (3, 12) and _NESTED_QUOTES.match(error.msg or ""):
        return _remark((3, 12))
    return ""


def _remark(version: tuple[int, int]) -> str:
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"syntax of Python {version[0]}.{version[1]}, running on {running}"
