"""A text of SQL in, its statements out; from the bytes of an SQL file, those that declare tables.

Statements are told apart, not parsed: quotes, comments, dollar quotes and the data of a dump are
stepped over, so that a large dump costs no more than reading it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts.types import FileFacts

_TOKEN = (
    r";|--[^\n]*|/\*.*?(?:\*/|\Z)"
    r'|"[^"]*(?:"|\Z)|`[^`]*(?:`|\Z)'
    r"|\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)|"
)
_STANDARD = re.compile(_TOKEN + r"'[^']*(?:'|\Z)", re.DOTALL)
_MYSQL = re.compile(_TOKEN + r"'(?:[^'\\]|\\.)*(?:'|\Z)", re.DOTALL)
"""MySQL, told by its quotes, escapes a quote in a text by a backslash."""
_COMMENT = ("--", "/*")
_COPY = re.compile(r"\s*copy\b[^;]*\bfrom\s+stdin\b", re.IGNORECASE)
_COPIED = re.compile(r"^\\\.[^\n]*$", re.MULTILINE)
_DECLARES = re.compile(
    r"\s*(?:(?:create|alter)\s+(?:[\w{]\S*\s+){0,4}?(?:table|view)\b|select\b.+?\binto\b|\{[{%])",
    re.IGNORECASE | re.DOTALL,
)


def statements(text: str) -> Iterator[str]:
    """The statements of a text, without comments, empty ones and the rows of ``COPY``."""
    token_in = _MYSQL if "`" in text else _STANDARD
    parts: list[str] = []
    at = 0
    while found := token_in.search(text, at):
        parts.append(text[at : found.start()])
        at = found.end()
        token = found.group()
        if token.startswith(_COMMENT):
            parts.append(" ")
        elif token != ";":
            parts.append(token)
        else:
            statement = "".join(parts).strip()
            parts.clear()
            if _COPY.match(statement):
                rows = _COPIED.search(text, at)
                at = rows.end() if rows else len(text)
            elif statement:
                yield statement
    last = "".join((*parts, text[at:])).strip()
    if last:
        yield last


def declares(statement: str) -> bool:
    """Whether a statement declares a table, a view or columns, or is a template of who knows."""
    return _DECLARES.match(statement) is not None


def extract_sql(data: bytes) -> FileFacts:
    """The facts of a file of SQL: the statements in it that declare something."""
    text = _decoded(data)
    found = tuple(each for each in statements(text) if declares(each))
    return FileFacts(None, (), (), (), {}, None, (), text.count("\n") + 1, (), found)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    text = data.decode("utf-8-sig", "replace")
    return text.encode("utf-8", "replace").decode("utf-8")
