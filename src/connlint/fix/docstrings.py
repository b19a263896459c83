"""A docstring and a parameter in, the docstring without what it says of that out.

Three ways to write parameters down are known: fields of Sphinx, sections of Google, and those of
NumPy. What can't be told apart for sure stays as it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import libcst as cst

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_QUOTED = re.compile(r"([rRuU]?)(\"\"\"|''')(.*)\2", re.DOTALL)
_FIELD = r"\s*:(?:param|parameter|arg|argument|key|keyword)\s+(?:[^:]*\s)?\*{{0,2}}{}\s*:"
_FIELD_TYPE = r"\s*:type\s+\*{{0,2}}{}\s*:"
_SECTION = re.compile(
    r"\s*(?:Args|Arguments|Params|Parameters|Keyword Args|Keyword Arguments|Other Parameters):\s*$"
)
_GOOGLE = r"\s*\*{{0,2}}{}\s*(?:\(.*\))?\s*:(?:\s|$)"
_TITLE = re.compile(r"\s*(?:Other )?Parameters\s*$")
_UNDERLINE = re.compile(r"\s*-{3,}\s*$")
_NUMPY = r"\s*\*{{0,2}}{}\s*(?::.*)?$"


class _Section(NamedTuple):
    """A section: its lines from ``start`` to ``stop``, and the lines where its entries start."""

    start: int
    stop: int
    entries: list[int]


def docstring_of(function: cst.FunctionDef) -> cst.SimpleString | None:
    """The docstring of a function, if it is one literal."""
    match function.body:
        case cst.IndentedBlock(
            body=[cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() as text)]), *_]
        ):
            return text
        case _:
            return None


def undocumented(docstring: cst.SimpleString, name: str) -> cst.SimpleString | None:
    """``docstring`` without the entry of the parameter ``name``; ``None`` if it has none for sure.

    There has to be exactly one, over whole lines of a string in triple quotes.
    """
    quoted = _QUOTED.fullmatch(docstring.value)
    if quoted is None:
        return None
    prefix, quotes, text = quoted.groups()
    lines = _LINE.findall(text)
    found = [gone for style in _STYLES if (gone := style(lines, re.escape(name)))]
    if len(found) != 1 or 0 in found[0]:
        return None
    gone = _with_blank(lines, found[0])
    is_continued = any(lines[at].rstrip("\r\n").endswith("\\") for at in (*gone, min(gone) - 1))
    if is_continued and "r" not in prefix.lower():
        return None
    kept = [line for at, line in enumerate(lines) if at not in gone]
    if len(lines) - 1 in gone:  # the quotes come right behind the text
        kept[-1] = kept[-1].rstrip("\r\n")
    return docstring.with_changes(value=f"{prefix}{quotes}{''.join(kept)}{quotes}")


def _fields(lines: Sequence[str], name: str) -> set[int]:
    """The lines of ``:param name:`` and ``:type name:``."""
    own = [at for at, line in enumerate(lines) if re.match(_FIELD.format(name), line)]
    types = [at for at, line in enumerate(lines) if re.match(_FIELD_TYPE.format(name), line)]
    if len(own) != 1 or len(types) > 1:
        return set()
    return {number for at in (*own, *types) for number in _entry(lines, at, len(lines))}


def _google(lines: Sequence[str], name: str) -> set[int]:
    """The lines of ``name: ...`` in a section of arguments."""
    sections = []
    for start, line in enumerate(lines):
        if _SECTION.match(line):
            stop = _end(lines, start, len(lines))
            inner = [at for at in range(start + 1, stop) if lines[at].strip()]
            level = _indent(lines[inner[0]]) if inner else 0
            entries = [at for at in inner if _indent(lines[at]) == level]
            sections.append(_Section(start, stop, entries))
    return _in_section(lines, sections, re.compile(_GOOGLE.format(name)))


def _numpy(lines: Sequence[str], name: str) -> set[int]:
    """The lines of ``name : ...`` below ``Parameters`` and a line under it."""
    titles = [
        at
        for at, (line, below) in enumerate(itertools.pairwise(lines))
        if line.strip() and _UNDERLINE.match(below) and _indent(line) == _indent(below)
    ]
    sections = []
    for number, start in enumerate(titles):
        if not _TITLE.match(lines[start]):
            continue
        level = _indent(lines[start])
        stop = titles[number + 1] if number + 1 < len(titles) else len(lines)
        inner = [at for at in range(start + 2, stop) if lines[at].strip()]
        outside = (at for at in inner if _indent(lines[at]) < level)
        stop = _without_blanks(lines, start, next(outside, stop))
        entries = [at for at in inner if at < stop and _indent(lines[at]) == level]
        sections.append(_Section(start, stop, entries))
    return _in_section(lines, sections, re.compile(_NUMPY.format(name)))


_STYLES: tuple[Callable[[Sequence[str], str], set[int]], ...] = (_fields, _google, _numpy)


def _in_section(
    lines: Sequence[str], sections: Sequence[_Section], entry: re.Pattern[str]
) -> set[int]:
    """The lines of the one entry in ``sections``, with those of a section that has no other."""
    found = [(each, at) for each in sections for at in each.entries if entry.match(lines[at])]
    if len(found) != 1:
        return set()
    section, at = found[0]
    if len(section.entries) == 1:
        return set(range(section.start, section.stop))
    return set(_entry(lines, at, section.stop))


def _entry(lines: Sequence[str], at: int, stop: int) -> range:
    """The lines of the entry that starts on line ``at``."""
    return range(at, _end(lines, at, stop))


def _end(lines: Sequence[str], at: int, stop: int) -> int:
    """The end of the lines that are indented deeper than line ``at``, which they follow."""
    end = at + 1
    while end < stop and (not lines[end].strip() or _indent(lines[end]) > _indent(lines[at])):
        end += 1
    return _without_blanks(lines, at, end)


def _without_blanks(lines: Sequence[str], start: int, stop: int) -> int:
    while stop > start + 1 and not lines[stop - 1].strip():
        stop -= 1
    return stop


def _with_blank(lines: Sequence[str], gone: set[int]) -> set[int]:
    """``gone`` and the blank lines in front of it that would come to stand before others."""
    more = {
        at - 1
        for at in gone
        if at - 1 not in gone and not lines[at - 1].strip() and _is_blank_behind(lines, at, gone)
    }
    return gone | (more - {0})


def _is_blank_behind(lines: Sequence[str], at: int, gone: set[int]) -> bool:
    end = next((other for other in range(at, len(lines)) if other not in gone), len(lines))
    return end == len(lines) or not lines[end].strip()


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())
