"""Texts in, the same texts as Markdown shows them literally out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*\[\]<>|]|~(?=~)|(?<!\w)_|_(?!\w))")
_CODE = re.compile(r"(`[^`\n]+`)")


def escape(text: str) -> str:
    """``text`` without anything that Markdown would read as markup."""
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def prose(text: str) -> str:
    """``text`` with code between single backticks kept as code, and the rest escaped."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(part if index % 2 else _escaped(part) for index, part in enumerate(parts))


def code(text: str) -> str:
    """``text`` as code."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * (1 + longest)
    return f"{ticks} {text} {ticks}" if longest else f"{ticks}{text}{ticks}"


def at_lines(path: str, lines: Sequence[int]) -> str:
    """A file with lines in it, as code."""
    return code(f"{path}:{','.join(str(line) for line in lines)}")


def fenced(lines: Sequence[str], language: str = "python") -> str:
    """Lines as a block of code."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, 1 + longest)
    return "\n".join([f"{fence}{language}", *lines, fence])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are Markdown already, but for bars inside code."""
    lines = [_row(head), f"|{'|'.join('---' for _ in head)}|"]
    lines += [_row([_barred(cell) for cell in row]) for row in rows]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell or ' ' for cell in cells)} |"


def _barred(cell: str) -> str:
    """A cell whose code may hold bars: they end a cell even inside code."""
    parts = _CODE.split(cell)
    return "".join(
        re.sub(r"(?<!\\)\|", r"\\|", part) if index % 2 else part
        for index, part in enumerate(parts)
    )
