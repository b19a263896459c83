"""What every rule and its page have to keep to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import connlint.rules
from connlint.findings import Suspect
from connlint.rules.base import Rule
from connlint.rules.card import RuleCard, card_of
from connlint.rules.registry import load_rules
from connlint.rules.specification import Page, metadata_line, parse_page
from connlint.testing import verdict_in, write_case

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


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.needs], ids=lambda rule: rule.code)
def test_a_rule_is_silent_without_the_settings_that_it_needs(
    rule: RuleCard, tmp_path: Path
) -> None:
    for number, case in enumerate(_page(rule).cases):
        root = tmp_path / str(number)
        root.mkdir()
        write_case(case, root)
        lines = case.standard.splitlines()
        for need in rule.needs:
            key = need.rpartition(".")[2]
            lines = [line for line in lines if not line.startswith(f"{key} =")]
        (root / "connlint.toml").write_text("\n".join(lines))
        verdict = verdict_in(root, load_rules())
        assert [each for each in verdict.findings if each.code == rule.code] == [], case.title


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
