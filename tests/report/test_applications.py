"""Every format of a check, for every fixture application, held against what its readers publish."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import junitparser
import pytest

from connlint.config.loading import load_standard
from connlint.pipeline import Analysis, Request
from connlint.proposals import proposals
from connlint.report import github, terminal
from connlint.report.formats import CHECK_FORMATS, STATISTICS_FORMATS, check_renderer
from connlint.report.view import CheckView, counted
from connlint.rules.registry import load_rules
from connlint.triage.baseline import Baseline, extended
from connlint.triage.judge import hold_against
from report.published import SARIF, complaints

ROOT = Path(__file__).parents[2]
APPLICATIONS = sorted(path.parent for path in (ROOT / "fixtures").glob("*/connlint.toml"))
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "check.schema.json").read_text("utf-8"))
GITLAB_SEVERITIES = {"info", "minor", "major", "critical", "blocker"}
COMMAND = re.compile(r"::(error|warning|notice) (?:([^:]*))::(.*)")
ANNOTATIONS = 10


@pytest.fixture(scope="module", params=APPLICATIONS, ids=lambda folder: folder.name)
def view(request: pytest.FixtureRequest) -> CheckView:
    """The check of an application, some of whose findings its baseline accepts."""
    registry = load_rules()
    loaded = load_standard([request.param], registry.infos)
    analysis = Analysis(Request(loaded=loaded, registry=registry, jobs=1, use_cache=False))
    accepted = extended((), analysis.verdict.findings[::5], "found at first")
    terms = analysis.terms_in(analysis.scope)
    verdict = hold_against(analysis.verdict, Baseline("baseline.txt", accepted), terms)
    fixes = proposals(analysis, verdict.findings)
    folder = f"fixtures/{request.param.name}"
    return CheckView(verdict, registry.rules, analysis.source_lines, fixes, folder=folder)


def _rendered(view: CheckView, name: str) -> str:
    return check_renderer(name)(view)


def test_there_are_five_applications_with_findings(view: CheckView) -> None:
    assert len(APPLICATIONS) == 5
    assert len(view.findings) > 5
    assert view.verdict.baselined


# SARIF


def _results(view: CheckView) -> list[dict[str, Any]]:
    (run,) = json.loads(_rendered(view, "sarif"))["runs"]
    results: list[dict[str, Any]] = run["results"]
    return results


def test_sarif_is_what_its_schema_says(view: CheckView) -> None:
    log = json.loads(_rendered(view, "sarif"))
    assert log["$schema"] == SARIF
    assert complaints(log, SARIF) == []
    assert complaints(log | {"runs": [{}]}, SARIF) != []
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [r.code for r in view.rules]


def test_sarif_has_every_finding_once_and_its_evidence(view: CheckView) -> None:
    results = _results(view)
    silenced = [*view.verdict.suppressed, *view.verdict.baselined]
    findings = {f.fingerprint: f for f in (*view.findings, *(item.finding for item in silenced))}
    fingerprints = [result["partialFingerprints"]["connlint/v1"] for result in results]
    assert sorted(fingerprints) == sorted(findings)
    for result in results:
        finding = findings[result["partialFingerprints"]["connlint/v1"]]
        flows = result.get("codeFlows", [])
        steps = flows[0]["threadFlows"][0]["locations"] if flows else []
        assert [each["location"]["message"]["text"] for each in steps] == [
            step.note for step in finding.trace
        ]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith(view.folder)
        assert (ROOT / place["artifactLocation"]["uri"]).is_file()


def test_sarif_says_why_something_is_accepted(view: CheckView) -> None:
    suppressions = [each for result in _results(view) for each in result.get("suppressions", [])]
    kinds = {"inSource": len(view.verdict.suppressed), "external": len(view.verdict.baselined)}
    for kind, number in kinds.items():
        assert sum(each["kind"] == kind for each in suppressions) == number
    external = [each["justification"] for each in suppressions if each["kind"] == "external"]
    assert set(external) == {"found at first"}


def test_sarif_fixes_fit_the_source(view: CheckView) -> None:
    for result in _results(view):
        for fix in result.get("fixes", []):
            for change in fix["artifactChanges"]:
                path = ROOT / change["artifactLocation"]["uri"]
                lines = path.read_text("utf-8").splitlines()
                for replacement in change["replacements"]:
                    region = replacement["deletedRegion"]
                    assert 1 <= region["startLine"] <= region["endLine"] <= len(lines) + 1


# GitLab and JUnit


def test_gitlab_gets_what_its_code_quality_report_needs(view: CheckView) -> None:
    issues = json.loads(_rendered(view, "gitlab"))
    assert len(issues) == len(view.findings)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert isinstance(issue["description"], str)
        assert issue["description"]
        assert issue["check_name"]
        assert re.fullmatch(r"[0-9a-f]{32,}", issue["fingerprint"])
        assert issue["severity"] in GITLAB_SEVERITIES
        assert (ROOT / issue["location"]["path"]).is_file()
        assert not issue["location"]["path"].startswith(("/", "./"))
        assert isinstance(issue["location"]["lines"]["begin"], int)


def test_junit_is_read_by_its_readers(view: CheckView) -> None:
    text = _rendered(view, "junit")
    suites = junitparser.JUnitXml.fromstring(text.encode())
    cases = [case for suite in suites for case in suite]
    assert (suites.tests, suites.failures, suites.errors) == (len(cases), len(view.findings), 0)
    assert len(cases) == len(view.findings)
    for case in cases:
        (failure,) = case.result
        assert isinstance(failure, junitparser.Failure)
        assert case.classname
        assert failure.message
    _has_the_form_that_servers_check(ElementTree.fromstring(text))


def _has_the_form_that_servers_check(root: ElementTree.Element) -> None:
    """What the XSDs of JUnit's consumers agree on: nesting, required attributes, counts."""
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        assert suite.get("name")
        for count in ("tests", "failures", "errors"):
            assert suite.get(count, "").isdigit()
        for case in suite:
            assert case.tag == "testcase"
            assert case.get("name")
            assert case.get("classname")
            assert {child.tag for child in case} <= {"failure", "error", "skipped"}
            assert len(case) <= 1


# GitHub


def _commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    for line in text.splitlines():
        if found := COMMAND.fullmatch(line):
            command, listed, message = found.groups()
            yield command, dict(item.split("=", 1) for item in listed.split(",")), message


def test_github_gets_the_worst_as_annotations_and_the_rest_as_lines(view: CheckView) -> None:
    text = _rendered(view, "github")
    commands = list(_commands(text))
    kinds = [command for command, _, _ in commands]
    for kind in ("error", "warning", "notice"):
        assert kinds.count(kind) <= ANNOTATIONS
    shown = {(p["file"], int(p["line"]), p["title"].split()[0]) for _, p, _ in commands}
    worst = next(iter(view.worst_first))
    assert (view.in_repository(worst.path), worst.span.line, worst.code) in shown
    for _, properties, message in commands:
        assert (ROOT / properties["file"]).is_file()
        assert ("col" in properties) == (properties["line"] == properties["endLine"])
        assert "\n" not in message
    left = len(view.findings) - len(commands)
    closing = f"{counted(left, 'more finding')} without an annotation:"
    assert (closing in text.splitlines()) == (left > 0)
    assert len(text.splitlines()) == len(view.findings) + (left > 0)


def test_the_step_summary_fits(view: CheckView) -> None:
    summary = github.step_summary(view)
    assert len(summary.encode()) <= 1024 * 1024
    assert summary.startswith("# connlint\n")


# what people and programs read


def test_json_is_what_its_schema_says(view: CheckView) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    report = json.loads(_rendered(view, "json"))
    assert [error.message for error in validator.iter_errors(report)] == []
    assert list(validator.iter_errors(report | {"findings": [{}]}))
    lines = [json.loads(line) for line in _rendered(view, "jsonl").splitlines()]
    assert lines[:-1] == report["findings"]


@pytest.mark.parametrize("name", ["concise", "text", "grouped", "markdown"])
def test_every_finding_is_there_to_read(view: CheckView, name: str) -> None:
    text = _rendered(view, name)
    for code, number in view.by_code.items():
        assert len(re.findall(rf"\b{code}\b", text)) >= number
    assert all(path in text for path in {finding.path for finding in view.findings})
    assert "\x1b" not in text


def test_the_terminal_shows_every_finding(view: CheckView) -> None:
    text = terminal.render(view, width=100, colour=False)
    for code, number in view.by_code.items():
        assert len(re.findall(rf"\b{code}\b", text)) >= number


def test_every_format_is_rendered_the_same_each_time(view: CheckView) -> None:
    for name in CHECK_FORMATS:
        assert _rendered(view, name) == _rendered(view, name)
    for name in STATISTICS_FORMATS:
        assert check_renderer(name, statistics=True)(view)
