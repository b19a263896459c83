"""An audit as one HTML file that needs no other: tables to search and sort, charts, excerpts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from connlint.audit.flows import Remark
from connlint.audit.points import Point, PointVerdict
from connlint.audit.stores import ACTIONS
from connlint.audit.wording import counted, entry_word, lines_of, listed, some
from connlint.config.render import toml_value
from connlint.findings import Finding
from connlint.location import Span
from connlint.report.audit_charts import Bar, Slice, bars, stacked
from connlint.report.audit_flows_markdown import heading, section_title
from connlint.report.audit_view import AuditView, action, label, mark
from connlint.report.edits_text import unified

_TEMPLATES = Path(__file__).with_name("templates")
_CODE = re.compile(r"`([^`\n]+)`")
_MOST_LINES = 12
_BEFORE = 1
_MOST_RULES = 12


class ExcerptLine(NamedTuple):
    """One line of source; ``is_meant``: it belongs to what the excerpt is about."""

    number: int
    text: str
    is_meant: bool


def render(view: AuditView) -> str:
    """The whole document."""
    return (
        _environment()
        .get_template("audit.html.j2")
        .render(
            view=view,
            tables=view.tables,
            charts=_charts(view),
            rows=[
                _PointRow(view, number, point) for number, point in enumerate(view.tables.points)
            ],
            findings=[_FindingRow(view, finding) for finding in view.tables.findings],
            actions=ACTIONS,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        prose=_prose, lines=lines_of, listed=listed, toml=toml_value, entry=entry_word
    )
    environment.globals.update(
        mark=mark, action=action, label=label, counted=counted, heading=heading,
        section_title=section_title, remark_line=_remark_line,
    )  # fmt: skip
    return environment


def _prose(text: str) -> Markup:
    """``text`` with code between backticks as code, everything escaped."""
    parts = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def _remark_line(remark: Remark) -> str:
    return f" in line {remark.line}" if remark.line and remark.verdict != "keep" else ""


class _PointRow:
    """A connection point as a row of the table."""

    def __init__(self, view: AuditView, number: int, point: Point) -> None:
        self.point = point
        self.is_new = view.tables.changes is not None and number in view.tables.changes.added
        entries = [f"{entry_word(each.kind)} {each.name}" for each in point.entry_points]
        self.entries = some(entries, 2)
        self.all_entries = listed(entries)
        wanted = point.verdict != "keep"
        self.excerpt = _excerpt(view, point.path, point.place.extent) if wanted else []


class _FindingRow:
    """A finding with what can be unfolded."""

    def __init__(self, view: AuditView, finding: Finding) -> None:
        self.finding = finding
        self.is_new = view.tables.changes is not None and (
            finding.fingerprint in view.tables.changes.new
        )
        self.excerpt = _excerpt(view, finding.path, finding.statement)
        self.fix = view.fixes.get(finding.fingerprint)
        source = view.source(finding.path)
        self.diff = unified(self.fix, source, finding.path) if self.fix is not None else []


def _excerpt(view: AuditView, path: str, span: Span) -> list[ExcerptLine]:
    """The lines of a place, with the one before it."""
    lines = view.source(path)
    first = max(1, span.line - _BEFORE)
    last = min(len(lines), span.end_line, span.line + _MOST_LINES - 1)
    return [
        ExcerptLine(number, lines[number - 1], number >= span.line)
        for number in range(first, last + 1)
    ]


_COLOURS: dict[PointVerdict, str] = {
    "keep": "keep",
    "review": "review",
    "batch": "batch",
    "move": "move",
    "fix": "fix",
    "remove": "remove",
    "removed": "gone",
}


def _charts(view: AuditView) -> dict[str, Markup]:
    """The charts of the summary as SVG."""
    verdicts = [
        Slice(action(verdict), number, _COLOURS[verdict])
        for verdict, number in view.tables.by_verdict.items()
        if verdict != "removed"
    ]
    codes = Counter((finding.code, finding.name) for finding in view.tables.findings)
    rules = [
        Bar(f"{code} {name}", [Slice("findings", number, "fix")])
        for (code, name), number in sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    ]
    return {
        "verdicts": stacked(verdicts, "Connection points by verdict"),
        "rules": bars(rules[:_MOST_RULES], "Findings by rule"),
        "files": bars(_by_part(view), "Files by part: compliant and not"),
    }


def _by_part(view: AuditView) -> Sequence[Bar]:
    files = Counter(row.group for row in view.files)
    broken = Counter(row.group for row in view.files if row.findings)
    return [
        Bar(
            group,
            [
                Slice("compliant", number - broken[group], "keep"),
                Slice("with findings", broken[group], "fix"),
            ],
        )
        for group, number in sorted(files.items())
    ]
