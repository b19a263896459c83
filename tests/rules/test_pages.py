"""Every case of every rule's page goes through the whole pipeline, and comes out as it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.rules.card import RuleCard
from connlint.rules.registry import load_rules
from connlint.rules.specification import Case, parse_page
from rules.case_projects import reported, verdict_in, write_case

CASES = [
    pytest.param(rule, case, id=f"{rule.code}-{case.section}-{case.title}")
    for rule in load_rules().rules
    if rule.page_path.exists()
    for case in parse_page(rule.page_text(), rule.name).cases
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_the_case_is_reported_as_marked(rule: RuleCard, case: Case, tmp_path: Path) -> None:
    write_case(case, tmp_path)
    verdict = verdict_in(tmp_path)
    assert verdict.problems == ()
    codes = {rule.code, *(expected.code for expected in case.expected)}
    place = f"{rule.page_path.name}:{case.line}"
    assert reported(verdict, codes) == case.expected, place
