"""A check as lines of text: ``path:line:column: CODE message``, one finding each."""

from __future__ import annotations

from connlint.report.view import CheckView, one_line


def render(view: CheckView) -> str:
    """One line for each finding, sorted by place."""
    return "".join(f"{one_line(finding)}\n" for finding in view.findings)
