"""Which rules a selection leaves on, in which files, and with which severity."""

from __future__ import annotations

import pytest

from config.projects import RULES
from connlint.config.selection import (
    ActiveRules,
    RuleInfo,
    Selection,
    check_selection,
    enabled_codes,
    named_codes,
    selector_flaw,
    severity_of,
)
from connlint.config.standard import Standard
from connlint.errors import UsageError
from connlint.findings import Severity

BY_CODE = {rule.code: rule for rule in RULES}
THIRD = {"DBC301", "DBC302", "DBC303"}
OFF_BY_DEFAULT = "DBC902"
ALL_BY_DEFAULT = {rule.code for rule in RULES if rule.default_on}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(("DBC",)), ALL_BY_DEFAULT),
        (Selection(("ALL",)), ALL_BY_DEFAULT | {OFF_BY_DEFAULT}),
        (Selection(()), set()),
        (Selection(None), set()),
        (Selection(("DBC3",)), THIRD),
        (Selection(("DBC30",)), THIRD),
        (Selection(("commit-in-loop",)), {"DBC302"}),
        (Selection(("DBC9",)), {"DBC901"}),
        (Selection(("DBC902",)), {OFF_BY_DEFAULT}),
        (Selection(("suppression-without-reason",)), {OFF_BY_DEFAULT}),
        (Selection(("DBC3",), ("DBC902",)), THIRD | {OFF_BY_DEFAULT}),
        (Selection(("DBC3",), (), ("DBC302",)), THIRD - {"DBC302"}),
        (Selection(("DBC3",), (), ("commit-in-loop",)), THIRD - {"DBC302"}),
        (Selection(("DBC302",), (), ("DBC3",)), {"DBC302"}),
        (Selection(("commit-in-loop",), (), ("DBC30",)), {"DBC302"}),
        (Selection(("DBC302",), (), ("DBC302",)), set()),
        (Selection(("DBC302",), (), ("commit-in-loop",)), set()),
        (Selection(("DBC",), (), ("DBC",)), set()),
        (Selection(("ALL",), (), ("DBC9",)), ALL_BY_DEFAULT - {"DBC901"}),
        (Selection(("DBC3",), (), ("ALL",)), THIRD),
        (Selection(("D", "DBC3021", "DBCx")), set()),
    ],
)
def test_the_longest_selector_wins(selection: Selection, expected: set[str]) -> None:
    assert enabled_codes(RULES, selection) == expected


def test_what_is_always_on_goes_only_where_it_is_ignored() -> None:
    rules = [RuleInfo("DBC900", "unreadable-file", True, True), *RULES]
    assert "DBC900" in enabled_codes(rules, Selection(("DBC3",)))
    assert "DBC900" in enabled_codes(rules, Selection(("DBC900",)), Selection(("DBC3",)))
    assert "DBC900" not in enabled_codes(rules, Selection(("DBC3",), (), ("DBC900",)))


DECLARED = Selection(("DBC3",), (), ("DBC302",))


@pytest.mark.parametrize(
    ("command_line", "expected"),
    [
        (Selection(), {"DBC301", "DBC303"}),
        (Selection(("DBC302",)), {"DBC302"}),
        (Selection(("DBC30",)), THIRD),
        (Selection((), ("DBC101",)), {"DBC101"}),
        (Selection(None, ("DBC302",)), THIRD),
        (Selection(None, ("DBC10",)), {"DBC301", "DBC303", "DBC101", "DBC102", "DBC109"}),
        (Selection(None, (), ("DBC",)), set()),
        (Selection(None, (), ("DBC301",)), {"DBC303"}),
        (Selection(("DBC",), (), ("DBC1", "DBC4", "DBC5", "DBC6", "DBC9", "DBC2")), THIRD),
    ],
)
def test_the_command_line_overrules_the_configuration(
    command_line: Selection, expected: set[str]
) -> None:
    assert enabled_codes(RULES, DECLARED, command_line) == expected


def test_a_shorter_selector_of_the_command_line_still_overrules() -> None:
    declared = Selection(("DBC302",), (), ("DBC301",))
    assert enabled_codes(RULES, declared, Selection(None, (), ("DBC3",))) == set()
    assert enabled_codes(RULES, declared, Selection(None, ("DBC3",))) == THIRD


def test_rules_are_off_in_the_files_that_a_glob_matches() -> None:
    standard = Standard(
        select=("DBC3", "DBC902"),
        per_file_ignores={
            "scripts/**": ("DBC301", "commit-in-loop"),
            "scripts/old/*.py": ("DBC3",),
            "tests/**": ("DBC9",),
        },
    )
    active = ActiveRules(RULES, standard)
    assert active.codes == THIRD | {OFF_BY_DEFAULT}
    assert active.in_file("src/a.py") == active.codes
    assert active.in_file("scripts/a.py") == {"DBC303", OFF_BY_DEFAULT}
    assert active.in_file("scripts/old/a.py") == {OFF_BY_DEFAULT}
    assert active.in_file("tests/a.py") == THIRD


def test_active_rules_follow_the_command_line() -> None:
    active = ActiveRules(RULES, Standard(ignore=("DBC3",)), Selection(None, ("DBC301",)))
    assert active.codes == ALL_BY_DEFAULT - {"DBC302", "DBC303"}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, "warning"),
        ({"DBC4": "error"}, "warning"),
        ({"DBC3": "error"}, "error"),
        ({"DBC303": "info", "DBC3": "error"}, "info"),
        ({"DBC3": "error", "counter-write-through": "info"}, "info"),
        ({"ALL": "error", "DBC": "info"}, "info"),
        ({"DBC303": "info", "counter-write-through": "error"}, "error"),
        ({"counter-write-through": "error", "DBC303": "info"}, "info"),
    ],
)
def test_severity_comes_from_the_longest_selector(
    declared: dict[str, Severity], expected: str
) -> None:
    assert severity_of(BY_CODE["DBC303"], "warning", declared) == expected


def test_selectors_name_rules_that_are_off_too() -> None:
    assert named_codes(RULES, ["DBC9"]) == {"DBC901", "DBC902"}
    assert named_codes(RULES, ["ALL"]) == set(BY_CODE)
    assert named_codes(RULES, []) == set()


@pytest.mark.parametrize(
    ("selector", "flaw"),
    [
        ("DBC302", ""),
        ("DBC", ""),
        ("ALL", ""),
        ("commit-in-loop", ""),
        ("dbc302", 'no rule is called "dbc302"; did you mean "DBC302"?'),
        ("commit_in_loops", 'no rule is called "commit_in_loops"; did you mean "commit-in-loop"?'),
        ("DBC77", 'no rule is called "DBC77"; did you mean "DBC207"?'),
        ("all", 'no rule is called "all"; did you mean "ALL"?'),
        ("W9001", 'no rule is called "W9001"'),
    ],
)
def test_a_selector_without_rule_has_a_flaw(selector: str, flaw: str) -> None:
    assert selector_flaw(selector, RULES) == flaw


def test_the_command_line_is_checked_as_a_whole() -> None:
    check_selection(Selection(("DBC3",), ("DBC902",), ("ALL",)), RULES)
    with pytest.raises(UsageError) as caught:
        check_selection(Selection(("DBC8",), ("nothing",), ("DBC999",)), RULES)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["--select", "--extend-select", "--ignore"]
