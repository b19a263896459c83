"""``connlint rule``: lists, pages and JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.running import run
from connlint.rules.registry import load_rules

Capture = pytest.CaptureFixture[bytes]
RULES = load_rules().rules


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is in a project, unless it makes one."""
    monkeypatch.chdir(tmp_path)


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
    assert not re.search(r"\x1b\[[\d;]*[349]\d", plain)


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


# why a rule is off in the project

STANDARD = """
extends = ["base.toml"]
select = ["DBC1", "DBC3", "DBC401", "DBC9"]
ignore = ["DBC307"]
per-file-ignores = { "scripts/**" = ["DBC104"] }
severity = { DBC303 = "info" }
"""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("DBC201", 'off: select names "DBC1", "DBC3", "DBC401", "DBC9" alone (connlint.toml:3)'),
        ("DBC307", 'off: ignore names "DBC307" (connlint.toml:4)'),
        ("DBC302", 'off: ignore names "commit-in-loop" (base.toml:1)'),
        ("DBC902", 'off by default: extend-select = ["DBC902"] turns it on'),
        ("DBC104", "off in scripts/**: per-file-ignores (connlint.toml:5)"),
        ("DBC303", "severity info instead of warning (connlint.toml:6)"),
        ("DBC401", "silent: connection.username is not set"),
        ("DBC101", ""),
    ],
)
def test_a_rule_says_when_and_why_it_is_off_here(
    capfdbinary: Capture, tmp_path: Path, code: str, reason: str
) -> None:
    (tmp_path / "base.toml").write_text('ignore = ["commit-in-loop"]\n')
    own = STANDARD.replace('ignore = ["DBC307"]\n', "") if code == "DBC302" else STANDARD
    (tmp_path / "connlint.toml").write_text(own)
    done = run(capfdbinary, "rule", code)
    page, _, here = done.out.partition("\n## In this project\n\n")
    (rule,) = [rule for rule in RULES if rule.code == code]
    assert page == rule.page_text()
    assert here == (f"- {reason}\n" if reason else "")
    (item,) = json.loads(run(capfdbinary, "rule", code, "--format", "json").out)
    assert item["here"] == ([reason] if reason else [])
    row = next(r for r in run(capfdbinary, "rule").out.splitlines() if r.startswith(code))
    assert row.endswith(reason)


def test_an_unsound_configuration_does_not_keep_a_rule_from_being_explained(
    capfdbinary: Capture, tmp_path: Path
) -> None:
    (tmp_path / "connlint.toml").write_text("selct = []\n")
    done = run(capfdbinary, "rule", "DBC901")
    assert (done.code, done.out.splitlines()[0]) == (0, "# unused-suppression")
    assert "its configuration is unsound: connlint.toml:1: selct: unknown key" in done.err


def test_a_terminal_keeps_its_own_ground_and_sees_file_names(
    capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    output = run(capfdbinary, "rule", "DBC201").out
    assert not re.search(r"\x1b\[[\d;]*4[0-7]m", output)
    assert "app/jobs.py" in output
    assert all(line == line.rstrip() for line in output.splitlines())
