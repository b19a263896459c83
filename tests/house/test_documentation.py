"""What the documentation says about the project's own tree is still so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = (ROOT, ROOT / "src" / "connlint")
PAGES = ("tour.md", "design.md", "adding-a-rule.md")
MAX_NOUNS = 12


def _paths(text: str) -> set[str]:
    """The code spans of ``text`` that are written as a folder or as a Python file."""
    prose = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`((?:[\w-]+/)+(?:[\w-]+\.\w+)?|[\w-]+\.py)`", prose))


def _contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_exist(page: str) -> None:
    missing = {
        path
        for path in _paths(_page(page))
        if path != "__init__.py" and not any((place / path).exists() for place in PLACES)
    }
    assert missing == set()


def test_the_tour_visits_every_folder() -> None:
    package = ROOT / "src" / "connlint"
    folders = {f"{init.parent.name}/" for init in package.glob("*/__init__.py")}
    assert folders - _paths(_page("tour.md")) == set()


def test_the_glossary_keeps_to_twelve_nouns() -> None:
    nouns = re.findall(r"^\*\*(.+)\*\*\n: ", _page("glossary.md"), re.MULTILINE)
    assert 0 < len(set(nouns)) == len(nouns) <= MAX_NOUNS


def test_what_is_generated_is_up_to_date(tmp_path: Path) -> None:
    without_rules = shutil.ignore_patterns("rules")
    copy = shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=without_rules)
    before = _contents(copy)
    script = (ROOT / "dev").read_text("utf-8")
    commands = dict(re.findall(r"^    generate (connlint\S+) (docs/.*)$", script, re.MULTILINE))
    del commands["connlint.rules.reference"]  # made when the documentation is built, and not kept
    assert commands
    for module, targets in commands.items():
        command = [sys.executable, "-m", module, *targets.split()]
        subprocess.run(command, cwd=tmp_path, check=True)
    assert _contents(copy) == before, "run ./dev generate"


def test_paths_are_told_from_other_code() -> None:
    prose = "`model/names.py` in `fix/edits/`, not `check --fix`, `a/b` or `name`"
    block = "```text\n`gone/away.py`\n```\n"
    assert _paths(prose + "\n" + block) == {"model/names.py", "fix/edits/"}
