"""Every format of a check: what it looks like, and what the readers of it rely on."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import msgspec
import pytest
from rich.cells import cell_len

from connlint.findings import Problem
from connlint.location import Span
from connlint.report import check_json, github, markdown, terminal
from connlint.report.formats import CHECK_FORMATS, STATISTICS_FORMATS, check_renderer
from connlint.report.view import CheckView
from connlint.triage.fingerprint import fingerprinted
from connlint.triage.verdict import Verdict
from report.views import assert_golden, clean, everything, many, view
from triage.making import finding

GOLDEN_FORMATS = ["concise", "grouped", "json", "jsonl", "github", "gitlab", "junit", "markdown"]


def _render(name: str, shown: object, **options: bool) -> str:
    return check_renderer(name, **options)(shown)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", GOLDEN_FORMATS)
def test_the_format_looks_as_agreed(name: str) -> None:
    assert_golden(f"{name}.txt", _render(name, everything()))


@pytest.mark.parametrize("name", ["text", "json"])
def test_statistics_look_as_agreed(name: str) -> None:
    assert_golden(f"statistics-{name}.txt", _render(name, everything(), statistics=True))


@pytest.mark.parametrize("colour", [False, True], ids=["plain", "colour"])
def test_the_terminal_looks_as_agreed(colour: bool) -> None:
    assert_golden(
        f"terminal-{'colour' if colour else 'plain'}.txt",
        terminal.render(everything(), width=60, colour=colour),
    )


@pytest.mark.parametrize("name", CHECK_FORMATS)
def test_equal_input_gives_equal_bytes(name: str) -> None:
    if name != "sarif":
        assert _render(name, everything()) == _render(name, everything())


def test_text_without_a_terminal_is_concise() -> None:
    assert _render("text", everything()) == _render("concise", everything())
    assert set(STATISTICS_FORMATS) < set(CHECK_FORMATS)


@pytest.mark.parametrize("name", ["concise", "grouped", "github"])
def test_a_clean_check_says_nothing(name: str) -> None:
    assert _render(name, clean()) == ""


def test_concise_lines_are_lines_whatever_the_message_holds() -> None:
    found = finding(message="one\r\ntwo \x1b[31mred", path="a\x1b.py")
    (line,) = _render("concise", view(Verdict((found,)))).splitlines()
    assert line == "a\ufffd.py:1:5: DBC301 one two \ufffd[31mred"


def test_json_holds_what_its_schema_promises() -> None:
    for shown in (everything(), clean()):
        text = _render("json", shown)
        report = msgspec.json.decode(text, type=check_json.CheckReport)
        assert json.loads(msgspec.json.encode(report)) == json.loads(text)
    promised = check_json.schema()["$defs"]["FindingItem"]
    written = json.loads(_render("json", everything()))["findings"][0]
    assert promised["required"] == list(promised["properties"]) == list(written)


def test_json_counts_columns_from_one() -> None:
    first = json.loads(_render("json", everything()))["findings"][0]
    assert first["range"]["start"] == {"line": 2, "column": 26}
    assert first["trace"][0]["column"] == 5
    assert first["fix"]["edits"][0]["range"]["start"] == {"line": 2, "column": 24}


def test_json_lines_hold_the_same_findings_and_close_with_the_summary() -> None:
    whole = json.loads(_render("json", everything()))
    *findings, closing = map(json.loads, _render("jsonl", everything()).splitlines())
    assert findings == whole["findings"]
    assert closing == {"summary": whole["summary"], "errors": whole["errors"]}


def test_github_shows_the_worst_ten_of_each_kind_and_lists_the_rest() -> None:
    low = [finding(line=line, priority="low") for line in range(1, 15)]
    high = [finding(line=20, priority="high"), finding("DBC104", 21, severity="warning")]
    lines = _render("github", view(Verdict(tuple(fingerprinted([*low, *high]))))).splitlines()
    annotations = [line for line in lines if line.startswith("::")]
    assert len(annotations) == 11
    assert "line=20," in annotations[0]
    assert annotations[-1].startswith("::warning file=app/jobs.py,line=21,")
    rest = lines[len(annotations) :]
    assert rest[0] == "5 more findings without an annotation:"
    assert [line.split(":")[1] for line in rest[1:]] == ["10", "11", "12", "13", "14"]


def test_github_leaves_columns_out_where_the_range_spans_lines() -> None:
    lines = _render("github", everything()).splitlines()
    (engine,) = [line for line in lines if "line=5" in line]
    assert "col=" not in engine
    assert "endLine=7" in engine


def test_the_step_summary_fits_into_what_github_takes() -> None:
    short = github.step_summary(everything())
    assert short == markdown.render(everything())
    long = github.step_summary(many(9000, message="ä" * 100))
    assert len(long.encode()) <= 1024 * 1024
    assert long.endswith("The rest is in the log of this step.\n")


def test_gitlab_fingerprints_are_unique() -> None:
    issues = json.loads(_render("gitlab", many(50)))
    assert len({issue["fingerprint"] for issue in issues}) == 50


def test_junit_counts_agree_with_its_cases() -> None:
    root = ElementTree.fromstring(_render("junit", everything()))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "3", "1")
    assert sum(int(suite.get("tests", "0")) for suite in root) == 4
    passed = ElementTree.fromstring(_render("junit", clean()))
    assert (passed.get("tests"), passed.get("failures")) == ("1", "0")


def test_junit_survives_characters_that_xml_cannot_hold() -> None:
    found = finding(message='a\x00b\x1bc & <d>\n"e"', path="a\x01.py")
    root = ElementTree.fromstring(_render("junit", view(Verdict((found,)))))
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("message") == 'a\ufffdb\ufffdc & <d>\n"e"'


def test_markdown_keeps_source_inside_its_fence() -> None:
    shown = view(Verdict((finding(line=1),)))
    source = ["x = '''", "```", "'''"]
    fenced = type(shown)(shown.verdict, shown.rules, lambda path: source[1:2])
    text = _render("markdown", fenced)
    assert "````python\n```\n````\n" in text


def test_problems_reach_every_machine_readable_format() -> None:
    shown = view(Verdict((), problems=(Problem("rule DBC301 failed", fatal=True),)))
    for name in ("json", "jsonl", "github", "junit", "markdown"):
        assert "rule DBC301 failed" in _render(name, shown), name


def test_the_terminal_underlines_what_is_meant_across_tabs_and_wide_characters() -> None:
    lines = terminal.render(everything(), width=80, colour=False).splitlines()
    at = next(number for number, line in enumerate(lines) if line.lstrip().startswith("2 │"))
    code, marks = lines[at], lines[at + 1]
    offset = marks.index("^")
    wide = len(re.findall(r"[\u4e00-\u9fff]", code[:offset]))
    assert code[offset - wide :].startswith("session.commit()"[: marks.count("^")])


def test_the_terminal_obeys_no_escape_sequence_of_the_code() -> None:
    found = finding(message="\x1b]0;title\x07", path="a\x1b[2J.py")
    assert "\x1b" not in terminal.render(view(Verdict((found,))), width=80, colour=False)


@pytest.mark.parametrize("width", [40, 80])
def test_the_terminal_shows_what_is_meant_of_a_long_line(width: int) -> None:
    lead = "x = ('大' * 20, 'some more text before it'); y = 1; "
    line = f"{lead}session.commit(); {'z = 2; ' * 30}"
    meant = Span(1, len(lead), 1, len(lead) + len("session.commit()"))
    found = msgspec.structs.replace(finding(line=1), span=meant)
    shown = CheckView(Verdict((found,)), (), lambda path: [line])
    lines = terminal.render(shown, width=width, colour=False).splitlines()
    number = next(n for n, text in enumerate(lines) if "^" in text)
    assert cell_len(lines[number - 1]) <= width
    column = cell_len(lines[number].partition("^")[0])
    assert cell_len(lines[number - 1].partition("session.commit()")[0]) == column
    assert lines[number].count("^") == min(len("session.commit()"), width - column)
