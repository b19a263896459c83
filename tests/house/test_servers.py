"""The GitHub action and the examples for servers: sound by their schemas, and the action's script
does what its inputs say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from report.published import GITHUB_ACTION, GITHUB_WORKFLOW, GITLAB_CI, PRE_COMMIT, complaints

ROOT = Path(__file__).parents[2]
SCHEMAS = {".github": GITHUB_WORKFLOW, ".gitlab-ci.yml": GITLAB_CI}
BROKEN = "def broken(:\n"


def _examples() -> list[tuple[str, str]]:
    """The YAML files that the documentation shows, by name."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    blocks = re.compile(r'^```yaml title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)
    return [found for page in sorted(pages) for found in blocks.findall(page.read_text("utf-8"))]


def _parsed(text: str) -> dict[str, Any]:
    """A document, whose key ``on`` YAML takes for a truth value."""
    return {"on" if key is True else str(key): value for key, value in yaml.safe_load(text).items()}


@pytest.mark.parametrize(("name", "text"), _examples(), ids=lambda text: str(text).split("\n")[0])
def test_examples_are_what_their_servers_take(name: str, text: str) -> None:
    url = SCHEMAS.get(name.partition("/")[0], PRE_COMMIT)
    assert complaints(_parsed(text), url) == []


def test_the_documentation_shows_each_kind() -> None:
    names = {name for name, _ in _examples()}
    assert {".gitlab-ci.yml", ".pre-commit-config.yaml", ".github/workflows/connlint.yml"} <= names


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    return _parsed((ROOT / "action.yml").read_text("utf-8"))


def test_the_action_is_sound_and_documented(action: dict[str, Any]) -> None:
    assert complaints(action, GITHUB_ACTION) == []
    section = (ROOT / "docs" / "ci.md").read_text("utf-8").partition("## GitHub")[2]
    rows = re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)
    assert rows == list(action["inputs"])


def test_inputs_reach_the_script_as_variables_only(action: dict[str, Any]) -> None:
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


@pytest.mark.skipif(os.name == "nt", reason="needs bash")
@pytest.mark.parametrize(
    ("inputs", "annotated"),
    [
        ({}, {"a.py", "b c.py"}),
        ({"INPUT_PATHS": "a.py"}, {"a.py"}),
        ({"INPUT_BASELINE": "base.txt"}, {"b c.py"}),
        ({"INPUT_SARIF": "log.sarif"}, {"a.py", "b c.py"}),
    ],
)
def test_the_script_does_what_its_inputs_say(
    action: dict[str, Any], tmp_path: Path, inputs: dict[str, str], annotated: set[str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("a.py", "b c.py"):
        (project / name).write_text(BROKEN)
    (project / "connlint.toml").write_text('src = ["."]\n')
    (project / "base.txt").write_text('DBC900 a.py "" "invalid syntax" x1 -- old\n')
    program = tmp_path / "connlint" / "bin" / "connlint"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m connlint "$@"\n')
    program.chmod(0o755)
    (check,) = [step for step in action["runs"]["steps"] if step.get("name") == "Check"]
    environment = {name: "" for name in check["env"] if name.startswith("INPUT_")} | inputs
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", check["run"]],
        cwd=project,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "src"),
            "RUNNER_TEMP": str(tmp_path),
            "CONNLINT_CACHE_DIR": str(tmp_path / "cache"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert set(re.findall(r"^::error file=([^,]*),", done.stdout, re.MULTILINE)) == annotated
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("# connlint")
    if inputs.get("INPUT_SARIF"):
        (run,) = json.loads((project / "log.sarif").read_text("utf-8"))["runs"]
        assert len(run["results"]) == 2
