"""Python source in, its lines as HTML with the classes of a few kinds of words out.

Built on the standard library's tokenizer: an audit shows lines of every file that it speaks of, and
a general highlighter takes longer over those than the analysis does.
"""

from __future__ import annotations

import io
import token
import tokenize
from collections.abc import Collection, Iterator, Sequence
from keyword import kwlist
from typing import NamedTuple

from markupsafe import Markup, escape

from connlint.report.audit_html.visible import visible

_WIDEST = 400
_LAYOUT = frozenset({token.NEWLINE, token.NL, token.INDENT, token.DEDENT, token.COMMENT})
_KEYWORDS = frozenset(kwlist)
_KINDS = {token.STRING: "s", token.COMMENT: "c", token.NUMBER: "n"} | {
    getattr(token, name): "s"  # from Python 3.12 on
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(token, name)
}


class _Word(NamedTuple):
    """A stretch of source that gets a class; lines from 1, columns from 0."""

    name: str
    line: int
    column: int
    end_line: int
    end_column: int


def highlighted(lines: Sequence[str], wanted: Collection[int]) -> dict[int, Markup]:
    """The lines with these numbers, from 1; what is no Python from some place on stays plain from
    there. Long lines are cut."""
    known = sorted({number for number in wanted if 0 < number <= len(lines)})
    if not known:
        return {}
    marks: dict[int, list[tuple[int, int, str]]] = {number: [] for number in known}
    for word in _words(lines[: known[-1]]):
        for number in range(word.line, word.end_line + 1):
            if number in marks:
                start = word.column if number == word.line else 0
                end = word.end_column if number == word.end_line else len(lines[number - 1])
                marks[number].append((start, end, word.name))
    return {number: _line(lines[number - 1], found) for number, found in marks.items()}


def _words(lines: Sequence[str]) -> Iterator[_Word]:
    before = ""
    is_first = True
    in_decorator = False
    for each in _tokens(lines):
        if each.type in _LAYOUT:
            is_first = True
            in_decorator = False
        name = _KINDS.get(each.type, "")
        if each.type == token.OP:
            in_decorator = each.string == "@" if is_first else in_decorator and each.string == "."
            name = "f" if in_decorator else ""
        elif each.type == token.NAME:
            name = "k" if each.string in _KEYWORDS else ""
            if in_decorator or before in ("def", "class"):
                name = "f"
        if name:
            yield _Word(name, *each.start, *each.end)
        if each.type not in _LAYOUT:
            is_first = False
            before = each.string


def _tokens(lines: Sequence[str]) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the first place that can't be read."""
    text = io.StringIO("\n".join([*lines, ""]))
    try:
        yield from tokenize.generate_tokens(text.readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _line(text: str, marks: Sequence[tuple[int, int, str]]) -> Markup:
    shown = text[:_WIDEST]
    parts = []
    done = 0
    for start, end, name in marks:
        parts.append(escape(visible(shown[done:start])))
        parts.append(Markup('<span class="{}">{}</span>').format(name, visible(shown[start:end])))
        done = end
    parts.append(escape(visible(shown[done:])))
    return Markup("").join([*parts, "…" if len(text) > _WIDEST else ""])
