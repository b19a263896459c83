"""``connlint rule``: lists, pages and JSON."""

from __future__ import annotations

import json

import pytest

from cli.running import run
from connlint.rules.registry import load_rules

Capture = pytest.CaptureFixture[bytes]
RULES = load_rules().rules


def test_without_arguments_it_lists_all_rules(capfdbinary: Capture) -> None:
    done = run(capfdbinary, "rule")
    assert done.code == 0
    assert [line.split()[:2] for line in done.out.splitlines()] == [
        [rule.code, rule.name] for rule in RULES
    ]
    assert "DBC902" in done.out
    assert "off by default" in done.out


@pytest.mark.parametrize("word", ["DBC901", "dbc901", "unused-suppression"])
def test_a_rule_is_shown_as_its_page(capfdbinary: Capture, word: str) -> None:
    done = run(capfdbinary, "rule", word)
    (rule,) = [rule for rule in RULES if rule.code == "DBC901"]
    assert (done.code, done.out) == (0, rule.page_text())


def test_all_shows_every_page(capfdbinary: Capture) -> None:
    done = run(capfdbinary, "rule", "--all")
    assert done.out.count("\n## What it does\n") == len(RULES)


def test_a_terminal_gets_typeset_text(
    capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    done = run(capfdbinary, "rule", "DBC901")
    assert "\x1b[" in done.out
    assert "## What it does" not in done.out
    monkeypatch.setenv("NO_COLOR", "1")
    plain = run(capfdbinary, "rule", "DBC901").out
    assert "\x1b[3" not in plain
    assert "\x1b[4" not in plain.replace("\x1b[4m", "")


def test_json_holds_metadata_and_page(capfdbinary: Capture) -> None:
    done = run(capfdbinary, "rule", "DBC901", "DBC902", "--format", "json")
    first, second = json.loads(done.out)
    assert first["fixes"] == ["safe"]
    assert first["summary"].startswith("Reports a suppression comment")
    assert (second["code"], second["default_on"]) == ("DBC902", False)


def test_an_unknown_rule_gets_the_nearest(capfdbinary: Capture) -> None:
    done = run(capfdbinary, "rule", "unused-suppresion", "DBC901")
    assert (done.code, done.out) == (2, "")
    assert 'did you mean "unused-suppression"?' in done.err
