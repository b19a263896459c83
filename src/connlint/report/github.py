"""A check as GitHub workflow commands, and as the Markdown of a step summary.

GitHub shows at most ten errors, ten warnings and ten notices of a step as annotations, so the worst
findings come first and the others are plain lines of the log.
"""

from __future__ import annotations

from collections import Counter

from connlint.findings import Finding, Problem, Severity
from connlint.report import markdown
from connlint.report.view import CheckView, counted, entry_point_label, one_line

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}
_SHOWN_PER_COMMAND = 10
_SUMMARY_BYTES = 1024 * 1024


def render(view: CheckView) -> str:
    """Annotations for as many findings as GitHub shows, then a line for each other one."""
    shown: Counter[str] = Counter()
    annotations = [_problem(problem) for problem in view.verdict.problems]
    rest = []
    for finding in view.worst_first:
        command = _COMMANDS[finding.severity]
        shown[command] += 1
        if shown[command] <= _SHOWN_PER_COMMAND:
            annotations.append(_annotation(view, command, finding))
        else:
            rest.append(one_line(finding))
    if rest:
        annotations.append(f"{counted(len(rest), 'more finding')} without an annotation:")
    return "".join(f"{line}\n" for line in [*annotations, *rest])


def step_summary(view: CheckView) -> str:
    """The check as Markdown, cut so that GitHub takes it."""
    text = markdown.render(view)
    if len(text.encode()) <= _SUMMARY_BYTES:
        return text
    notice = "\n\nThe rest is in the log of this step.\n"
    room = _SUMMARY_BYTES - len(notice.encode())
    kept = text.encode()[:room].decode(errors="ignore")
    return kept.rpartition("\n")[0] + notice


def _problem(problem: Problem) -> str:
    command = "error" if problem.fatal else "warning"
    return f"::{command} title=connlint::{_data(problem.message)}"


def _annotation(view: CheckView, command: str, finding: Finding) -> str:
    span = finding.span
    properties = {
        "file": view.in_repository(finding.path),
        "line": span.line,
        "endLine": span.end_line,
    }
    if span.line == span.end_line:
        properties |= {"col": span.column + 1, "endColumn": span.end_column + 1}
    properties["title"] = f"{finding.code} {finding.name}"
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    lines = [finding.message]
    if finding.entry_point:
        lines.append(f"Entry point: {entry_point_label(finding.entry_point)}")
    lines.extend(f"{step.path}:{step.line}: {step.note}" for step in finding.trace)
    return f"::{command} {listed}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
