"""An audit as one HTML file that needs no other: tables to search and sort, charts, excerpts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from connlint.audit.remarks import Remark
from connlint.audit.stores import ACTIONS
from connlint.audit.wording import (
    counted,
    entry_title,
    entry_word,
    lines_of,
    listed,
    sentence,
    some,
)
from connlint.config.render import toml_value
from connlint.report.audit_appendix_markdown import left_to_do, phases
from connlint.report.audit_changes_markdown import numbers as change_numbers
from connlint.report.audit_flows_markdown import heading, section_title
from connlint.report.audit_html.anchors import Anchors
from connlint.report.audit_html.changes import change_rows, changed_rules, trend_charts
from connlint.report.audit_html.prose import Prose, breakable
from connlint.report.audit_html.rows import FindingRow, Rows, SourceRow
from connlint.report.audit_html.source import SourceBook
from connlint.report.audit_html.summary import charts_of
from connlint.report.audit_html.visible import visible
from connlint.report.audit_patterns_markdown import explanation
from connlint.report.audit_plan_markdown import gone
from connlint.report.audit_view import AuditView, action, connection_type, label, mark, way

_TEMPLATES = Path(__file__).with_name("templates")
_SCRIPTS = ("theme", "filter", "sort", "reveal", "contents")


def render(view: AuditView) -> str:
    """The whole document."""
    anchors = Anchors(view.tables)
    book = SourceBook(view, anchors)
    rows = Rows(view, anchors, book)
    script = _script()
    style = (_TEMPLATES / "audit.css").read_text("utf-8")
    template = _environment(Prose(book)).get_template("audit.html.j2")
    return template.render(
        view=view,
        tables=view.tables,
        charts=charts_of(view),
        trend=trend_charts(view.tables.trend),
        change_rows=change_rows(view, anchors),
        changed_rules=changed_rules(view),
        anchors=anchors,
        improvements=list(rows.improvements()),
        points=list(rows.points()),
        findings=list(rows.findings()),
        sources=list(rows.sources()),
        actions=ACTIONS,
        script=script,
        script_hash=_hash(script),
        style=style,
        style_hash=_hash(style),
    )


def _script() -> str:
    """All scripts as one, which a page holds between its tags exactly like this."""
    parts = [(_TEMPLATES / "scripts" / f"{name}.js").read_text("utf-8") for name in _SCRIPTS]
    return "".join(['"use strict";\n(() => {\n', *parts, "})();\n"])


def _hash(text: str) -> str:
    """What a content security policy names a script or a style sheet by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _environment(prose: Prose) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalised,
    )
    filters: dict[str, Callable[..., Any]] = {
        "prose": prose.html, "path": breakable, "lines": lines_of, "listed": listed,
        "toml": toml_value, "entry": entry_word, "sentence": sentence, "some": some, "pair": _pair,
        "file_choice": _file_choice, "rule_choice": _rule_choice,
    }  # fmt: skip
    environment.filters.update(filters)
    environment.globals.update(
        mark=mark, action=action, label=label, counted=counted, heading=heading,
        section_title=section_title, remark_line=_remark_line, place=prose.place,
        entry_title=entry_title, way=way, explanation=explanation, gone=gone,
        phases=phases, left_to_do=left_to_do,
        connection_type=connection_type, change_numbers=change_numbers,
    )  # fmt: skip
    return environment


def _finalised(value: object) -> object:
    """What a template puts out: text of analysed code without characters that act unseen."""
    return visible(value) if type(value) is str else value


def _pair(value: str) -> tuple[str, str]:
    """A choice that goes by its own name."""
    return value, value


def _file_choice(row: SourceRow) -> tuple[str, str]:
    return row.anchor, row.path


def _rule_choice(row: FindingRow) -> tuple[str, str]:
    return row.finding.code, f"{row.finding.code} {row.finding.name}"


def _remark_line(remark: Remark) -> str:
    return f" in line {remark.line}" if remark.line and remark.verdict != "keep" else ""
