"""Source lines in, the pieces that the audit shows out: a call shortened to a line, excerpts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connlint.location import Span

SourceLines = Callable[[str], Sequence[str]]
"""The lines of a file of the project, without their ends; none when it can't be read."""

_LONGEST = 60


def text_at(source: SourceLines, path: str, span: Span) -> str:
    """The source text of ``span`` on one line, empty when the file can't be read."""
    lines = list(source(path)[span.line - 1 : span.end_line])
    if not lines:
        return ""
    if span.end_line == span.line:
        lines = [lines[0][span.column : span.end_column]]
    else:
        lines[0] = lines[0][span.column :]
        if len(lines) == span.end_line - span.line + 1:
            lines[-1] = lines[-1][: span.end_column]
    return " ".join(" ".join(lines).split())


def shortened(text: str) -> str:
    """A call's text with the arguments of its last call left out where it would be long."""
    if len(text) <= _LONGEST:
        return text
    start = _last_arguments(text)
    if 0 < start <= _LONGEST:
        return f"{text[:start]}(…)"
    return f"{text[: _LONGEST - 1]}…"


def _last_arguments(text: str) -> int:
    """Where the arguments of the last call begin, or 0 when ``text`` does not end in a call."""
    if not text.endswith(")"):
        return 0
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        if text[index] == ")":
            depth += 1
        elif text[index] == "(":
            depth -= 1
            if not depth:
                return index
    return 0
