"""A check as text grouped by file: the path once, then its findings in columns."""

from __future__ import annotations

from itertools import groupby

from connlint.report.view import CheckView, position


def render(view: CheckView) -> str:
    """A block for each file, blocks apart by an empty line."""
    blocks = []
    for path, group in groupby(view.findings, key=lambda finding: finding.path):
        rows = [
            (position(finding.span), finding.code, " ".join(finding.message.split()))
            for finding in group
        ]
        width = max(len(place) for place, _, _ in rows)
        lines = [f"  {place:<{width}}  {code}  {message}" for place, code, message in rows]
        blocks.append("\n".join([f"{path}:", *lines]) + "\n")
    return "\n".join(blocks)
