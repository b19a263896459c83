"""Small applications in the idioms of their libraries: all rules together find what is marked in
them, and nothing else. The pages here are written as those of the rules are."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.rules.registry import load_rules
from connlint.rules.specification import Expected, parse_page
from connlint.testing import verdict_in, write_case

REGISTRY = load_rules()
PAGES = sorted(Path(__file__).parent.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_marked_is_found_and_nothing_else(page: Path, tmp_path: Path) -> None:
    (case,) = parse_page(page.read_text("utf-8"), page.name).cases
    write_case(case, tmp_path)
    verdict = verdict_in(tmp_path, REGISTRY)
    assert verdict.problems == ()
    found = {Expected(each.path, each.span.line, each.code) for each in verdict.findings}
    assert found == case.expected
