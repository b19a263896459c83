"""Findings of one file and its source in, the source with a ``noqa`` comment for each out.

A comment that is there already takes the codes in; else one is put at the end of the line. Where a
line can hold no comment, as inside a long string, the first line of the statement has to.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connlint.findings import Finding
from connlint.source import Source, split_lines

_CODES_OF_COMMENT = (
    re.compile(r"#\s*connlint\s*:\s*ignore\[[^\]]+(?=\])", re.IGNORECASE),
    re.compile(r"#\s*noqa\s*:\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*", re.IGNORECASE),
)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_END = re.compile(r"[\r\n]*$")


class Annotated(NamedTuple):
    """The new text, and the findings for which no line could hold a comment."""

    text: str
    unplaced: list[Finding]


class _Layout(NamedTuple):
    """Which lines can hold no comment, and in which column those that have one hold it."""

    closed: frozenset[int]
    comments: dict[int, int]


def with_noqa(source: Source, findings: Iterable[Finding], reason: str = "") -> Annotated:
    """The text of ``source`` with a comment for each of ``findings``, which are in that file.

    ``reason`` stands behind the codes of comments that are new. A text that can't be tokenized
    takes none.
    """
    try:
        layout = _layout(source.text)
    except (tokenize.TokenError, SyntaxError):
        return Annotated(source.text, list(findings))
    codes: dict[int, dict[str, None]] = {}
    unplaced = []
    for finding in findings:
        lines = (finding.span.line, finding.statement.line)
        open_line = next((number for number in lines if number not in layout.closed), None)
        if open_line is None:
            unplaced.append(finding)
        else:
            codes.setdefault(open_line, {})[finding.code] = None
    text_lines = _LINE.findall(source.text)
    for number, found in codes.items():
        old = text_lines[number - 1]
        text_lines[number - 1] = _with_comment(old, layout.comments.get(number), found, reason)
    return Annotated("".join(text_lines), unplaced)


def _with_comment(line: str, comment_at: int | None, codes: Iterable[str], reason: str) -> str:
    """``line``, whose comment starts at ``comment_at``, with ``codes`` silenced."""
    end = _END.search(line)
    assert end is not None
    text, newline = line[: end.start()], end.group()
    listed = ", ".join(codes)
    for pattern in _CODES_OF_COMMENT:
        if comment_at is not None and (there := pattern.search(text, comment_at)):
            return f"{text[: there.end()]}, {listed}{text[there.end() :]}{newline}"
    comment = " ".join(["# noqa:", listed, *reason.split()])
    return f"{text.rstrip()}  {comment}{newline}"


def _layout(text: str) -> _Layout:
    closed: set[int] = set()
    comments: dict[int, int] = {}
    for token in _tokens(text):
        closed.update(range(token.start[0], token.end[0]))
        if token.type == tokenize.COMMENT:
            comments[token.start[0]] = token.start[1]
    closed.update(
        number
        for number, line in enumerate(split_lines(text), start=1)
        if line.endswith("\\") and number not in comments
    )
    return _Layout(frozenset(closed), comments)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens that say something; those that end a line reach into the next one."""
    lines = (f"{line}\n" for line in split_lines(text))
    for token in tokenize.generate_tokens(lambda: next(lines, "")):
        if token.type not in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER):
            yield token
