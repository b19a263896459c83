"""The reference of the configuration: up to date, complete, and its examples load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.projects import Load
from connlint.config.keys import settings_of
from connlint.config.presets import preset_names, preset_text
from connlint.config.reference import main, refreshed
from connlint.config.standard import Standard

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"
HINT = "run ./dev generate"


@pytest.fixture(scope="module")
def document() -> str:
    return DOCUMENT.read_text("utf-8")


def test_the_document_is_up_to_date(document: str) -> None:
    assert refreshed(document) == document, HINT


def test_it_has_every_key_and_every_preset(document: str) -> None:
    for path, _ in settings_of(Standard()):
        table = ".".join(("tool", "connlint", *map(str, path[:-1])))
        section = document.partition(f"### `[{table}]`")[2].partition("\n### ")[0]
        assert f"| `{path[-1]}` |" in section
    for name in preset_names():
        assert preset_text(name).rstrip() in document


def test_its_own_examples_load(document: str, load: Load) -> None:
    prose = re.sub(r"<!-- generated.*?<!-- end -->", "", document, flags=re.DOTALL)
    prose = re.sub(r"^## Mistakes$.*?(?=^## )", "", prose, flags=re.DOTALL | re.MULTILINE)
    examples = re.findall(r"```toml[^\n]*\n(.*?)```", prose, flags=re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        assert load(example).standard != Standard()


def test_what_is_stale_is_made_anew(tmp_path: Path) -> None:
    stale = "# T\n<!-- generated: roles -->\nold\n<!-- end -->\nkept\n"
    file, schema = tmp_path / "a.md", tmp_path / "a.json"
    file.write_text(stale, "utf-8")
    assert main([str(file), str(schema)]) == 0
    text = file.read_text("utf-8")
    assert "old" not in text
    assert "`migration`" in text
    assert (text.startswith("# T\n"), text.endswith("\nkept\n")) == (True, True)
    assert refreshed(text) == text
    assert schema.read_text("utf-8").startswith('{\n  "$schema"')


def test_a_mark_without_part_is_an_error() -> None:
    with pytest.raises(KeyError):
        refreshed("<!-- generated: nothing -->\n<!-- end -->\n")
