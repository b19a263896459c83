"""Every case of every rule's page goes through the whole pipeline, and comes out as it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.rules.card import RuleCard
from connlint.rules.registry import load_rules
from connlint.rules.specification import Case, parse_page
from rules.case_projects import apply_fixes, reported, verdict_in, write_case

RULES = [rule for rule in load_rules().rules if rule.page_path.exists()]


def cases_of(rule: RuleCard) -> tuple[Case, ...]:
    """The cases of the rule's page."""
    return parse_page(rule.page_text(), rule.name).cases


def of_cases(*, fixed: bool) -> pytest.MarkDecorator:
    """Runs a test for each case of each page, or for those alone that show a fix."""
    parameters = [
        pytest.param(rule, case, id=f"{rule.code}-{case.section}-{case.title}")
        for rule in RULES
        for case in cases_of(rule)
        if case.fixed or not fixed
    ]
    return pytest.mark.parametrize(("rule", "case"), parameters)


@of_cases(fixed=False)
def test_the_case_is_reported_as_marked(rule: RuleCard, case: Case, tmp_path: Path) -> None:
    write_case(case, tmp_path)
    verdict = verdict_in(tmp_path)
    assert verdict.problems == ()
    codes = {rule.code, *(expected.code for expected in case.expected)}
    place = f"{rule.page_path.name}:{case.line}"
    assert reported(verdict, codes) == case.expected, place


@of_cases(fixed=True)
def test_the_fix_gives_what_the_page_shows(rule: RuleCard, case: Case, tmp_path: Path) -> None:
    write_case(case, tmp_path)
    safeties = apply_fixes(tmp_path)
    expected = {file.path: file.text for file in (*case.files, *case.fixed)}
    assert {path: (tmp_path / path).read_text("utf-8") for path in expected} == expected
    assert safeties <= set(rule.fixes)
    apply_fixes(tmp_path)
    assert {path: (tmp_path / path).read_text("utf-8") for path in expected} == expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_shows_each_kind_of_fix_that_is_declared(rule: RuleCard, tmp_path: Path) -> None:
    shown = set()
    for number, case in enumerate(cases_of(rule)):
        if case.fixed:
            root = tmp_path / str(number)
            root.mkdir()
            write_case(case, root)
            shown |= apply_fixes(root, only=rule.code)
    assert shown == set(rule.fixes)
