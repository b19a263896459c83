"""The project's own files agree: on dependencies, on commands and what calls them, on versions."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import connlint
from house.imports import Package

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
EXTRAS_FOR_CONTRIBUTORS = {"dev", "docs"}


def _read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text("utf-8")


def _import_name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return found.group().lower().replace("-", "_")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(_read("pyproject.toml"))["project"]
    return table


@pytest.fixture(scope="module")
def libraries() -> set[str]:
    """What connlint's own code imports from outside the standard library."""
    package = Package(ROOT / "src" / "connlint")
    roots = {each.target.partition(".")[0] for each in package.imports}
    return roots - set(sys.stdlib_module_names) - {"connlint"}


def test_what_is_imported_is_declared(project: dict[str, Any], libraries: set[str]) -> None:
    extras = project["optional-dependencies"]
    declared = [
        *project["dependencies"],
        *(line for extra in extras.keys() - EXTRAS_FOR_CONTRIBUTORS for line in extras[extra]),
    ]
    assert libraries - {"tomllib"} == set(map(_import_name, declared))


def test_the_version_has_its_changes(project: dict[str, Any]) -> None:
    assert "version" in project["dynamic"]
    assert f"\n## {connlint.__version__}" in _read("CHANGELOG.md")


def test_ci_runs_every_python_that_is_promised(project: dict[str, Any]) -> None:
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    (matrix,) = re.findall(r"python: \[(.*)\]", _read(".github", "workflows", "ci.yml"))
    assert re.findall(r"3\.\d+", matrix) == promised
    assert project["requires-python"] == f">={promised[0]}"


def test_every_command_is_explained_and_callable_from_make() -> None:
    script = _read("dev")
    explained = re.findall(r"^  (\w+)  +\S", script.partition("TEXT\n}")[0], re.MULTILINE)
    handled = re.findall(r"^  (\w+)\)", script, re.MULTILINE)
    (makeable,) = re.findall(r"^commands := (.*)$", _read("Makefile"), re.MULTILINE)
    assert sorted(explained) == sorted(handled) == sorted(makeable.split())
    assert "check" in handled


def test_ci_and_readme_run_the_same_tests() -> None:
    assert re.search(r"^\./dev test\b", _read("README.md"), re.MULTILINE)
    assert re.search(r"^\./dev test\b", _read(".ci", "run"), re.MULTILINE)


@pytest.mark.parametrize("script", ["dev", ".ci/run"])
def test_scripts_are_executable_bash(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111
    subprocess.run(["bash", "-n", script], cwd=ROOT, check=True)


def test_the_hooks_have_what_pre_commit_needs() -> None:
    hooks = [
        dict(re.findall(r"^[- ] (\w+): (.*)$", hook, re.MULTILINE))
        for hook in re.split(r"\n(?=- )", _read(".pre-commit-hooks.yaml"))
    ]
    assert {hook["id"]: hook["entry"] for hook in hooks} == {
        "connlint": "connlint check",
        "connlint-fix": "connlint check --fix",
    }
    for hook in hooks:
        assert hook["language"] == "python"
        assert hook["require_serial"] == hook["pass_filenames"] == "true"
        assert hook["types_or"] == "[python, pyi]"
