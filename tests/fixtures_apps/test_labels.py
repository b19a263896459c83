"""The labels of the fixture applications point at what they claim to point at."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIXTURES = Path(__file__).parents[2] / "fixtures"
LABEL_FILES = sorted(FIXTURES.glob("*/labels.json"))

pytestmark = pytest.mark.parametrize("file", LABEL_FILES, ids=lambda file: file.parent.name)


def _load(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def _lines(file: Path, path: str) -> list[str]:
    return (file.parent / path).read_text(encoding="utf-8").splitlines()


def _definitions(node: ast.AST, owner: str, inside_function: bool) -> list[tuple[int, int, str]]:
    """First line, last line and dotted name of every function and class below a node."""
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            separator = ".<locals>." if inside_function else "."
            name = f"{owner}{separator}{child.name}" if owner else child.name
            found.append((child.lineno, child.end_lineno or child.lineno, name))
            found += _definitions(child, name, not isinstance(child, ast.ClassDef))
        else:
            found += _definitions(child, owner, inside_function)
    return found


def _innermost(source: str, line: int) -> str:
    around = [
        (last - first, name)
        for first, last, name in _definitions(ast.parse(source), "", False)
        if first <= line <= last
    ]
    return min(around)[1] if around else ""


def test_matched_text_stands_on_the_line(file: Path) -> None:
    for label in _load(file)["labels"]:
        lines = _lines(file, label["path"])
        assert 1 <= label["line"] <= len(lines), label
        assert label["matched"] and label["matched"] in lines[label["line"] - 1], label
        for line in label.get("also", []):
            assert 1 <= line <= len(lines) and lines[line - 1].strip(), label


def test_symbol_is_the_innermost_definition(file: Path) -> None:
    for label in _load(file)["labels"]:
        source = (file.parent / label["path"]).read_text(encoding="utf-8")
        assert label["symbol"] == _innermost(source, label["line"]), label


def test_verdicts_are_known_and_do_not_contradict_each_other(file: Path) -> None:
    labels = _load(file)
    seen: dict[tuple[str, str, int], str] = {}
    for label in labels["labels"]:
        assert re.fullmatch(r"DBC\d{3}", label["code"]), label
        assert label["verdict"] in ("violation", "clean", "unsure"), label
        assert label["why"], label
        place = (label["code"], label["path"], label["line"])
        assert place not in seen, f"{place} is labelled twice"
        seen[place] = label["verdict"]
    violated = {code for (code, _, _), verdict in seen.items() if verdict == "violation"}
    assert violated & set(labels["complete_for"])


def test_labels_hold_for_the_configuration_next_to_them(file: Path) -> None:
    written = tomllib.loads((file.parent / "connlint.toml").read_text(encoding="utf-8"))
    assert _load(file)["config"] == written.get("tool", {}).get("connlint", written)
