"""A proposed fix and the lines of a file in, the file's changed lines or a unified diff out."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from connlint.report.view import ProposedFix


def applied(fix: ProposedFix, lines: Sequence[str], path: str) -> list[str]:
    """The lines of ``path`` with the edits of ``fix`` that are about it."""
    text = [*lines, ""]  # what stands behind the last line ends
    edits = [edit for edit in fix.edits if edit.path == path]
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        span = edit.span
        before = text[span.line - 1][: span.column]
        after = text[span.end_line - 1][span.end_column :]
        text[span.line - 1 : span.end_line] = f"{before}{edit.content}{after}".split("\n")
    return text if text[-1] else text[:-1]


def unified(fix: ProposedFix, lines: Sequence[str], path: str) -> list[str]:
    """What ``fix`` changes in ``path``, as the lines of a unified diff without its header."""
    changed = difflib.unified_diff(list(lines), applied(fix, lines, path), lineterm="", n=2)
    return [line for line in changed if not line.startswith(("---", "+++"))]


def lines_after(fix: ProposedFix, lines: Sequence[str], path: str) -> list[str]:
    """The lines that ``fix`` brings into ``path``, with ``…`` between those apart."""
    matcher = difflib.SequenceMatcher(None, list(lines), after := applied(fix, lines, path), False)
    found: list[str] = []
    for tag, _, _, start, end in matcher.get_opcodes():
        if tag in ("insert", "replace"):
            if found:
                found.append("# …")
            found.extend(after[start:end])
    return found or ["# (removed)"]
