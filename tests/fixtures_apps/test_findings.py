"""``connlint check`` on the fixture applications finds what their labels say, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.running import run_process

FIXTURES = Path(__file__).parents[2] / "fixtures"
LABEL_FILES = sorted(FIXTURES.glob("*/labels.json"))
Place = tuple[str, str, int]


@pytest.fixture(scope="module", params=LABEL_FILES, ids=lambda file: file.parent.name)
def checked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], set[Place]]:
    """The labels of an application, and where the command finds what in it."""
    file: Path = request.param
    cache = {"CONNLINT_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}
    arguments = ("check", "--no-cache", "--format", "json", "--exit-zero")
    done = run_process(*arguments, cwd=file.parent, environment=cache)
    assert done.code == 0, done.err
    findings = json.loads(done.out)["findings"]
    found = {(each["code"], each["path"], each["range"]["start"]["line"]) for each in findings}
    return json.loads(file.read_text("utf-8")), found


def _places(label: dict[str, Any]) -> set[Place]:
    lines = (label["line"], *label.get("also", ()))
    return {(label["code"], label["path"], line) for line in lines}


def test_every_violation_is_found(checked: tuple[dict[str, Any], set[Place]]) -> None:
    labels, found = checked
    violations = [_places(each) for each in labels["labels"] if each["verdict"] == "violation"]
    assert violations
    assert [sorted(places) for places in violations if not places & found] == []


def test_nothing_is_found_where_the_labels_say_clean(
    checked: tuple[dict[str, Any], set[Place]],
) -> None:
    labels, found = checked
    clean = {(e["code"], e["path"], e["line"]) for e in labels["labels"] if e["verdict"] == "clean"}
    assert clean
    assert sorted(found & clean) == []


def test_nothing_else_is_found(checked: tuple[dict[str, Any], set[Place]]) -> None:
    labels, found = checked
    complete = {place for place in found if place[0] in labels["complete_for"]}
    known = set().union(*map(_places, labels["labels"]))
    assert complete
    assert sorted(complete - known) == []
