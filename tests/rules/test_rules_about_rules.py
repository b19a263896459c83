"""What every rule and its page have to keep to."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import connlint.rules
from connlint.config.keys import dotted, settings_of
from connlint.config.standard import Standard
from connlint.findings import Suspect
from connlint.rules.base import Rule
from connlint.rules.card import RuleCard, card_of
from connlint.rules.registry import load_rules
from connlint.rules.specification import SECTIONS, Page, metadata_line, parse_page

RULES = load_rules().rules
FOLDER = Path(connlint.rules.__file__).parent
FAMILIES = {
    "1": "sessions",
    "2": "transactions",
    "3": "writes",
    "4": "connection",
    "5": "queries",
    "6": "boundaries",
    "9": "run",
}
UNREADABLE = {"DBC900", "DBC904"}
"""Rules whose examples have to hold broken syntax."""

of_each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def _page(rule: RuleCard) -> Page:
    return parse_page(rule.page_text(), rule.name)


def test_every_page_has_its_rule_and_every_rule_its_page() -> None:
    pages = {path.with_suffix("") for path in FOLDER.glob("*/*.md")}
    assert pages == {rule.page_path.with_suffix("") for rule in RULES}


@of_each_rule
def test_the_code_says_the_family(rule: RuleCard) -> None:
    assert FAMILIES[rule.code[3]] == rule.family


@of_each_rule
def test_the_name_is_kebab_case(rule: RuleCard) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)


@of_each_rule
def test_the_class_says_what_it_is_for(rule: RuleCard) -> None:
    words = type(rule.load()).__doc__ or ""
    assert words.endswith(".")
    assert words != Rule.__doc__


@of_each_rule
def test_the_page_opens_with_name_and_metadata(rule: RuleCard) -> None:
    page = _page(rule)
    assert (page.title, page.metadata) == (rule.name, metadata_line(rule))


@of_each_rule
def test_the_page_has_all_sections_in_order(rule: RuleCard) -> None:
    page = _page(rule)
    assert tuple(page.sections) == SECTIONS
    assert [name for name, text in page.sections.items() if not text] == []


@of_each_rule
def test_the_page_reports_at_least_once_and_stays_silent_twice(rule: RuleCard) -> None:
    cases = _page(rule).cases
    examples = [case for case in cases if case.section == "Examples"]
    assert examples
    for case in examples:
        assert rule.code in {expected.code for expected in case.expected}, case.title
    silent = [case for case in cases if case.section != "Examples"]
    assert len(silent) >= 2
    assert [case.title for case in silent if case.expected] == []


@of_each_rule
def test_cases_have_titles_of_their_own(rule: RuleCard) -> None:
    titles = [case.title for case in _page(rule).cases]
    assert [title for title in titles if re.fullmatch(r"line \d+", title)] == []
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.code not in UNREADABLE], ids=lambda rule: rule.code
)
def test_python_in_cases_parses(rule: RuleCard) -> None:
    for case in _page(rule).cases:
        for file in (*case.files, *case.fixed):
            if file.path.endswith(".py"):
                ast.parse(file.text, f"{rule.page_path.name}:{file.line}")


def test_python_in_cases_is_formatted(tmp_path: Path) -> None:
    for rule in RULES:
        for case in _page(rule).cases if rule.code not in UNREADABLE else ():
            for file in (*case.files, *case.fixed):
                if file.path.endswith(".py"):
                    name = f"{rule.page_path.stem}_line_{file.line}.py"
                    (tmp_path / name).write_text(file.text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100"]
    done = subprocess.run(
        [*command, "--diff", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@of_each_rule
def test_a_fix_is_shown_where_one_is_declared(rule: RuleCard) -> None:
    fixed = [case.title for case in _page(rule).cases if case.fixed]
    assert bool(fixed) == bool(rule.fixes)


@of_each_rule
def test_options_exist(rule: RuleCard) -> None:
    keys = {dotted(path) for path, _ in settings_of(Standard())}
    tables = {key.partition(".")[0] for key in keys}
    named = re.findall(r"`([a-z]+(?:-[a-z]+)*\.[a-z-]+)`", _page(rule).sections["Options"])
    assert [key for key in named if key.partition(".")[0] in tables and key not in keys] == []


def test_the_metadata_says_what_the_class_declares() -> None:
    class LostWrite(Rule):
        code = "DBC399"
        severity = "info"
        fixes = ("safe", "unsafe")
        default_on = False

        def suspects(self, project: object) -> tuple[Suspect, ...]:
            return ()

    line = metadata_line(card_of(LostWrite))
    assert line == "`DBC399` · info · fix: safe or unsafe · off by default"
