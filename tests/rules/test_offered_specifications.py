"""The tests that connlint offers for rules: a sound rule passes each, and each can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.errors import RuleLoadError
from connlint.testing import specifications
from rules.written_plugins import write_rule


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_rule(tmp_path / "rules")
    return tmp_path / "rules"


def _failures(folder: Path) -> dict[str, str]:
    """What fails, with its message."""
    failed = {}
    for specification in specifications(folder):
        try:
            specification()
        except AssertionError as error:
            failed[str(specification)] = str(error)
    return failed


def _edit(folder: Path, suffix: str, old: str, new: str) -> None:
    path = folder / f"no_commit{suffix}"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_sound_rule_passes(folder: Path) -> None:
    assert _failures(folder) == {}
    names = [str(each) for each in specifications(folder)]
    assert len(set(names)) == len(names)
    assert "DBC701-Examples-A commit" in names


def test_a_package_is_found_by_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "__init__.py").write_text("")
    folder.rename(folder.parent / "rules_to_specify")
    monkeypatch.syspath_prepend(folder.parent)
    names = [str(each) for each in specifications("rules_to_specify")]
    assert "DBC701-Examples-A commit" in names


@pytest.mark.parametrize(
    ("suffix", "old", "new", "failing", "message"),
    [
        (".md", "# no-commit", "# no-commits", "opening", "has to open with # no-commit"),
        (".md", "· error ·", "· info ·", "opening", "`DBC701` · error · fix: none"),
        (".md", "## Options", "## Settings", "sections", "they are What it does"),
        (".md", "\nNone.\n", "\n", "sections", "nothing is said in Options"),
        (".md", "**A flush.**", "## Limits", "page", "a second section 'Limits'"),
        (".md", "**A flush.**", "**A commit.**", "titles", "a title of its own"),
        (".md", "\nNone.\n", "\n`sessions.namez`\n", "options", "no settings sessions.namez"),
        (".md", "session.flush()", "session.flush(", "syntax", "line 34: '(' was never closed"),
        (".md", "  # error: DBC701", "", "balance", "line 17: nothing is marked with DBC701"),
        (".md", "  # error: DBC701", "", "Examples-A commit", "not marked: app/store.py:5 DBC701"),
        (".md", "session.flush()", "session.commit()", "Allowed-A flush", "not marked: app/store"),
        (".py", '"commit" and', '"begin" and', "Examples-A commit", "not reported: app/store.py:5"),
        (".py", "for scope, run", "raise KeyError\n        for scope, run", "Allowed-A flush",
         "rule DBC701 failed: KeyError"),
        (".py", '"""Calls of a function that the project has banned."""', "", "docstring",
         "has no sentence"),
        (".py", 'severity = "error"', 'severity = "error"\n    fixes = ("safe",)', "kinds of fix",
         "fixes ['safe'] are declared, [] are shown"),
        (".py", 'severity = "error"', 'severity = "error"\n    needs = ("api.fields",)', "options",
         "no settings api.fields"),
    ],
)  # fmt: skip
def test_each_can_fail(
    folder: Path, suffix: str, old: str, new: str, failing: str, message: str
) -> None:
    _edit(folder, suffix, old, new)
    failed = _failures(folder)
    assert message in failed[f"DBC701-{failing}"]


def test_a_case_that_shows_a_fix_has_to_be_fixed(folder: Path) -> None:
    shown = '```python title="app/store.py" fixed\npass\n```\n\n## Allowed'
    _edit(folder, ".md", "## Allowed", shown)
    failed = _failures(folder)
    assert "app/store.py becomes\nfrom sqlalchemy" in failed["DBC701-Examples-A commit-fixed"]


def test_what_can_not_be_loaded_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RuleLoadError, match="there is no rule in it"):
        specifications(tmp_path / "empty")
    with pytest.raises(RuleLoadError, match="no_such_rules can't be loaded"):
        specifications("no_such_rules")
