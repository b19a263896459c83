"""What pages show of connlint's output is what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from connlint.config.presets import preset_names
from connlint.rules.registry import load_rules
from house.documented import rewritten

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.name
    for path in (ROOT / "docs").glob("*.md")
    if "```console\n$ connlint" in path.read_text("utf-8")
)
# Needs a setting, but only to tell states apart: the class has nothing to declare for it.
NEEDS_STATES = "DBC201"


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_commands_say_what_their_page_shows(page: str, tmp_path: Path) -> None:
    text = _page(page)
    hint = f"PYTHONPATH=tests python -m house.documented docs/{page}, and read what has changed"
    assert rewritten(text, tmp_path) == text, hint


def test_there_are_pages_to_hold() -> None:
    expected = {"index.md", "standard.md", "baseline.md", "suppressions.md", "presets.md"}
    assert expected <= set(PAGES)


def test_output_is_made_anew_from_the_files_of_the_page(tmp_path: Path) -> None:
    page = '```text title="a.txt"\nnew\n```\n\n```console\n$ cat a.txt\nold\n$ false\n```\n'
    assert rewritten(page, tmp_path) == page.replace("old\n", "new\n\n")


@pytest.mark.parametrize(
    ("command", "form", "language", "between"),
    [("check", "concise", "text", r"\n"), ("audit", "markdown", "markdown", r"\n\n(?=### )")],
)
def test_the_readme_shows_real_output(
    command: str, form: str, language: str, between: str, tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (shown,) = re.findall(rf"^```{language}\n(.*?)\n```$", readme, re.MULTILINE | re.DOTALL)
    application = ROOT / "fixtures" / "job_store"
    done = subprocess.run(
        [sys.executable, "-m", "connlint", command, application, "--format", form],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    excerpts = re.split(between, shown)
    assert len(excerpts) > 1
    assert [each for each in excerpts if f"{each}\n" not in done.stdout] == []


def test_every_preset_has_its_section() -> None:
    headings = re.findall(r"^## (.*)$", _page("presets.md"), re.MULTILINE)
    assert set(preset_names()) <= set(headings)


def test_rules_that_wait_for_a_setting_are_all_told() -> None:
    rows = re.findall(r"^\| (DBC\d{3}) ([a-z-]+) \| (.*) \|$", _page("standard.md"), re.MULTILINE)
    told = {(code, name): set(re.findall(r"`([^`]+)`", keys)) for code, name, keys in rows}
    assert {code for code, _ in told} >= {NEEDS_STATES}
    waiting = {(r.code, r.name): set(r.needs) for r in load_rules().rules if r.needs}
    assert {key: needs for key, needs in told.items() if key[0] != NEEDS_STATES} == waiting
