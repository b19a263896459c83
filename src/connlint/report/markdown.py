"""A check as Markdown: a summary, a table of rules, and the findings of each file with excerpts."""

from __future__ import annotations

import re
from itertools import groupby

from connlint.findings import Finding
from connlint.report.statistics import counts
from connlint.report.view import CheckView, entry_point_label, position, summary_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")
_EXCERPT_LINES = 6


def render(view: CheckView) -> str:
    """The whole document."""
    parts = ["# connlint\n", summary_line(view) + "\n"]
    if problems := view.verdict.problems:
        parts.append("".join(f"- {_escape(problem.message)}\n" for problem in problems))
    if view.findings:
        parts.append(_table(view))
    for path, group in groupby(view.findings, key=lambda finding: finding.path):
        parts.append(f"## {_code(path)}\n")
        parts.extend(_finding(view, finding) for finding in group)
    return "\n".join(parts)


def _table(view: CheckView) -> str:
    rows = [f"| {row.code} | {row.name} | {row.severity} | {row.count} |\n" for row in counts(view)]
    return "| rule | name | severity | findings |\n|---|---|---|--:|\n" + "".join(rows)


def _finding(view: CheckView, finding: Finding) -> str:
    place = f"{finding.code} {finding.name}, line {position(finding.span)}"
    lines = [f"**{place}** ({finding.severity}, {finding.priority}): {_escape(finding.message)}\n"]
    first, last = finding.span.line, finding.span.end_line
    excerpt = view.source(finding.path)[first - 1 : last][:_EXCERPT_LINES]
    if any(line.strip() for line in excerpt):
        fence = "`" * max(3, 1 + max(map(_longest_ticks, excerpt)))
        lines.append("\n".join([f"{fence}python", *excerpt, fence]) + "\n")
    steps = [
        f"{number}. {_code(f'{step.path}:{step.line}')} {_escape(step.note)}\n"
        for number, step in enumerate(finding.trace, start=1)
    ]
    if finding.entry_point:
        lines.append(f"Entry point: {_escape(entry_point_label(finding.entry_point))}\n")
    if steps:
        lines.append("".join(steps))
    if proposal := finding.proposal:
        lines.append(f"Fix ({proposal.safety}): {_escape(proposal.title)}\n")
    return "\n".join(lines)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    ticks = "`" * (1 + _longest_ticks(text))
    return f"{ticks}{text}{ticks}" if len(ticks) == 1 else f"{ticks} {text} {ticks}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
