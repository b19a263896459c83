"""Every format of an audit: what its readers rely on, and that the analysed code can't spoil it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import click
import msgspec
import pytest

from audit.auditing import audited
from connlint.cli.audit import command
from connlint.findings import Edit
from connlint.location import Span
from connlint.report import audit_csv, audit_json, audit_markdown
from connlint.report.audit_formats import AUDIT_FORMATS, audit_renderer
from connlint.report.audit_json import AuditReport
from connlint.report.audit_view import AuditView
from connlint.report.edits_text import applied, lines_after, unified
from connlint.report.markdown_text import code, escape, fenced, prose, table
from connlint.report.view import ProposedFix
from report.audited_code import LOADING

CODE = f"""{LOADING}
    def hostile():
        with get_session() as session:
            session.execute("select '|`<script>alert(1)</script>`|'")
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> AuditView:
    return audited(tmp_path_factory.mktemp("project"), {"app.py": CODE})


@pytest.mark.parametrize("name", [name for name in AUDIT_FORMATS if name != "text"])
def test_equal_input_gives_equal_bytes(name: str, view: AuditView, tmp_path: Path) -> None:
    again = audited(tmp_path, {"app.py": CODE})
    assert audit_renderer(name)(view) == audit_renderer(name)(again)


def test_json_is_what_its_schema_says(view: AuditView) -> None:
    report = msgspec.json.decode(audit_json.render(view), type=AuditReport)
    assert len(report.connection_points) == len(view.tables.points)
    assert {file.path for file in report.files} == {"app.py", "db.py", "models.py"}
    assert report.standard.file == "connlint.toml"
    keys = {setting.key for setting in report.standard.settings}
    assert {"sessions.providers", "states.persist"} <= keys
    assert audit_json.schema()["$ref"].endswith("AuditReport")


def test_json_counts_lines_and_columns_from_one(view: AuditView) -> None:
    report = msgspec.json.decode(audit_json.render(view), type=AuditReport)
    opened = next(each for each in report.connection_points if each.call == "SessionLocal()")
    lines = list(view.source(opened.path))
    assert lines[opened.line - 1][opened.range.start.column - 1 :].startswith("SessionLocal()")
    assert (opened.range.start.line, opened.range.end.line) == (5, 8) or opened.path == "db.py"


def test_json_has_everything_that_a_check_has(view: AuditView) -> None:
    report = msgspec.json.decode(audit_json.render(view), type=AuditReport)
    assert [each.code for each in report.findings] == [f.code for f in view.verdict.findings]
    assert report.summary.findings == len(report.findings)


def test_csv_has_a_line_for_each_point(view: AuditView) -> None:
    rows = list(csv.DictReader(io.StringIO(audit_csv.render(view))))
    assert tuple(rows[0]) == audit_csv.TABLES["points"].columns
    assert [row["call"] for row in rows] == [point.place.call for point in view.tables.points]


@pytest.mark.parametrize("name", sorted(audit_csv.TABLES))
def test_csv_rows_are_as_wide_as_their_header(name: str, view: AuditView) -> None:
    header, *rows = csv.reader(io.StringIO(audit_csv.render(view, name)))
    assert tuple(header) == audit_csv.TABLES[name].columns
    assert all(len(row) == len(header) for row in rows)
    assert rows or name in ("stores", "trend")


def test_csv_has_every_broken_place_of_a_pattern(view: AuditView) -> None:
    rows = list(csv.DictReader(io.StringIO(audit_csv.render(view, "patterns"))))
    told = {(row["code"], row["path"], line) for row in rows for line in row["lines"].split()}
    assert told == {(f.code, f.path, str(f.span.line)) for f in view.verdict.findings}


def test_the_command_offers_the_tables_that_there_are() -> None:
    option = next(each for each in command.params if each.name == "table")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(audit_csv.TABLES)


def test_csv_holds_no_formula(tmp_path: Path) -> None:
    files = {"=1+2.py": "from db import SessionLocal\n"}
    rows = list(csv.reader(io.StringIO(audit_csv.render(audited(tmp_path, files)))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-"))]
    assert any(row[0] == "'=1+2.py" for row in rows)


def test_markdown_has_the_chapters_in_order(view: AuditView) -> None:
    titles = re.findall(r"^## (.*)$", audit_markdown.render(view), re.MULTILINE)
    named = [title for title in titles if not title[0].isdigit()]
    assert named == [
        "Executive summary",
        "The standard and the method",
        "Non-compliant patterns",
        "Summary: what needs the database",
        "Concise list: every connection point",
        "File inventory",
        "Audit progress",
        "Remediation priority",
        "Connection configuration",
        "Appendix: every finding",
    ]


def test_markdown_shows_analysed_text_literally(view: AuditView) -> None:
    text = audit_markdown.render(view)
    outside = re.sub(r"(`+).*?\1", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    assert "<script" not in outside


# pieces of Markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b and _c_", "a_b and \\_c\\_"),
        ("a <b> | [c](d) *e*", "a \\<b\\> \\| \\[c\\](d) \\*e\\*"),
        ("two\nlines", "two lines"),
        ("a\\b", "a\\\\b"),
    ],
)
def test_escaping(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_code_in_prose_stays_code() -> None:
    assert prose("reads `a_b|c`, then <x>") == "reads `a_b|c`, then \\<x\\>"
    assert code("a`b") == "`` a`b ``"
    assert fenced(["```"]) == "````python\n```\n````"


def test_a_bar_in_code_ends_no_cell() -> None:
    assert table(["a"], [["`x|y`"]]).splitlines()[-1] == "| `x\\|y` |"


# proposed fixes

LINES = ["import a", "", "x = a.b()", "y = 1"]
FIX = ProposedFix(
    "safe",
    "use c",
    (
        Edit("m.py", Span(1, 0, 1, 8), "import c"),
        Edit("m.py", Span(3, 4, 3, 9), "c.d(\n    1\n)"),
        Edit("other.py", Span(1, 0, 1, 1), "no"),
    ),
)


def test_edits_are_applied_from_the_end() -> None:
    assert applied(FIX, LINES, "m.py") == ["import c", "", "x = c.d(", "    1", ")", "y = 1"]


def test_what_a_fix_brings_is_shown_apart() -> None:
    after = ["import c", "# …", "x = c.d(", "    1", ")"]
    assert lines_after(FIX, LINES, "m.py") == after


def test_a_diff_has_no_header() -> None:
    diff = unified(FIX, LINES, "m.py")
    assert diff[0].startswith("@@")
    assert [line for line in diff if line[0] in "+-"] == [
        "-import a",
        "+import c",
        "-x = a.b()",
        "+x = c.d(",
        "+    1",
        "+)",
    ]
