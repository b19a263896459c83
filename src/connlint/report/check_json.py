"""A check as JSON, one document or one finding a line; the types are the published schema."""

from __future__ import annotations

from typing import Any

import msgspec

from connlint.findings import Edit, EntryPointRef, Finding, Priority, Problem, Safety, Severity
from connlint.location import Span
from connlint.report.view import CheckView, ProposedFix

SCHEMA_VERSION = 1


class Position(msgspec.Struct, frozen=True):
    """A place in a file; lines and columns start at 1, columns count characters."""

    line: int
    column: int


class Range(msgspec.Struct, frozen=True):
    """A half-open stretch of a file."""

    start: Position
    end: Position


class Step(msgspec.Struct, frozen=True):
    """One hop of the evidence behind a finding."""

    path: str
    line: int
    column: int
    symbol: str
    note: str


class EditItem(msgspec.Struct, frozen=True):
    """Replace ``range`` of ``path`` with ``content``."""

    path: str
    range: Range
    content: str


class FixItem(msgspec.Struct, frozen=True):
    """What fixing the finding would change."""

    safety: Safety
    title: str
    edits: list[EditItem]


class FindingItem(msgspec.Struct, frozen=True):
    """One finding. ``fingerprint`` stays the same when lines move."""

    code: str
    name: str
    severity: Severity
    priority: Priority
    message: str
    path: str
    range: Range
    symbol: str
    entry_point: EntryPointRef | None
    trace: list[Step]
    fix: FixItem | None
    fingerprint: str


class ErrorItem(msgspec.Struct, frozen=True):
    """Something that went wrong; the findings are incomplete when it is ``fatal``."""

    message: str
    path: str
    line: int
    fatal: bool


class Tool(msgspec.Struct, frozen=True):
    """Who wrote the report."""

    name: str
    version: str


class Summary(msgspec.Struct, frozen=True):
    """The report in numbers."""

    files: int
    findings: int
    fixable: int
    suppressed: int
    baselined: int
    by_code: dict[str, int]


class CheckReport(msgspec.Struct, frozen=True):
    """What ``connlint check --format json`` prints."""

    schema_version: int
    tool: Tool
    summary: Summary
    findings: list[FindingItem]
    errors: list[ErrorItem]


class _Closing(msgspec.Struct, frozen=True):
    """The last line of the JSON lines format."""

    summary: Summary
    errors: list[ErrorItem]


def render(view: CheckView) -> str:
    """The whole report as one indented document."""
    return msgspec.json.format(msgspec.json.encode(report_of(view)), indent=2).decode() + "\n"


def report_of(view: CheckView) -> CheckReport:
    """The whole report as the types of the schema."""
    return CheckReport(
        schema_version=SCHEMA_VERSION,
        tool=Tool("connlint", view.version),
        summary=_summary(view),
        findings=[_finding(view, finding) for finding in view.findings],
        errors=_errors(view),
    )


def range_of(span: Span) -> Range:
    """A span with lines and columns from 1."""
    return Range(Position(span.line, span.column + 1), Position(span.end_line, span.end_column + 1))


def render_lines(view: CheckView) -> str:
    """A finding a line, then a line with the summary and the errors."""
    items: list[msgspec.Struct] = [_finding(view, finding) for finding in view.findings]
    items.append(_Closing(_summary(view), _errors(view)))
    return "".join(f"{msgspec.json.encode(item).decode()}\n" for item in items)


def schema() -> dict[str, Any]:
    """The JSON Schema of the document that :func:`render` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "connlint check --format json",
        **msgspec.json.schema(CheckReport),
    }


def _summary(view: CheckView) -> Summary:
    verdict = view.verdict
    return Summary(
        files=verdict.files,
        findings=len(verdict.findings),
        fixable=view.fixable,
        suppressed=len(verdict.suppressed),
        baselined=len(verdict.baselined),
        by_code=view.by_code,
    )


def _errors(view: CheckView) -> list[ErrorItem]:
    return [_error(problem) for problem in view.verdict.problems]


def _error(problem: Problem) -> ErrorItem:
    return ErrorItem(problem.message, problem.path, problem.line, problem.fatal)


def _finding(view: CheckView, finding: Finding) -> FindingItem:
    fix = view.fixes.get(finding.fingerprint)
    return FindingItem(
        code=finding.code,
        name=finding.name,
        severity=finding.severity,
        priority=finding.priority,
        message=finding.message,
        path=finding.path,
        range=range_of(finding.span),
        symbol=finding.symbol,
        entry_point=finding.entry_point,
        trace=[
            Step(step.path, step.line, step.column + 1, step.symbol, step.note)
            for step in finding.trace
        ],
        fix=_fix(fix) if fix else None,
        fingerprint=finding.fingerprint,
    )


def _fix(fix: ProposedFix) -> FixItem:
    return FixItem(fix.safety, fix.title, [_edit(edit) for edit in fix.edits])


def _edit(edit: Edit) -> EditItem:
    return EditItem(edit.path, range_of(edit.span), edit.content)
