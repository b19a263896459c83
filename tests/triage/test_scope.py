"""File names on the command line narrow the report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connlint.triage.scope import Scope, scope_of


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "app" / "routes").mkdir(parents=True)
    monkeypatch.chdir(root / "app")
    return root


def test_without_paths_it_is_about_everything(project: Path) -> None:
    assert scope_of(project, []).covers("any/where.py")
    assert Scope().covers("any/where.py")


@pytest.mark.parametrize("named", [".", "..", "../app", "jobs.py", "routes"])
def test_a_path_is_relative_to_the_working_folder(project: Path, named: str) -> None:
    scope = scope_of(project, [Path(named)])
    expected = {
        ".": ["app/jobs.py", "app/routes/a.py"],
        "..": ["app/jobs.py", "app/routes/a.py", "other.py"],
        "../app": ["app/jobs.py", "app/routes/a.py"],
        "jobs.py": ["app/jobs.py"],
        "routes": ["app/routes/a.py"],
    }
    paths = ["app/jobs.py", "app/routes/a.py", "other.py"]
    assert [path for path in paths if scope.covers(path)] == expected[named]


def test_a_folder_is_no_prefix_of_a_name(project: Path) -> None:
    scope = scope_of(project, [project / "app"])
    assert not scope.covers("application/jobs.py")
    assert not scope.covers("apps.py")


def test_a_file_outside_the_project_can_be_named(project: Path) -> None:
    assert scope_of(project, [project.parent / "else.py"]).covers("../else.py")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stands_for_what_it_leads_to(project: Path) -> None:
    (project / "app" / "jobs.py").write_text("")
    (project / "linked.py").symlink_to(project / "app" / "jobs.py")
    scope = scope_of(project, [project / "linked.py"])
    assert scope.covers("linked.py")
    assert scope.covers("app/jobs.py")
    assert not scope.covers("app/other.py")
