"""A project folder, and loading its configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.projects import RULES, Errors, Load
from connlint.config.loading import LoadedStandard, load_standard
from connlint.errors import ConfigError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a mark of a project's root; the working folder."""
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def load(project: Path) -> Load:
    """Write these files into the project, by path, and load the standard of its root."""

    def write_and_load(files: dict[str, str] | str = "") -> LoadedStandard:
        for name, text in ({"connlint.toml": files} if isinstance(files, str) else files).items():
            path = project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return load_standard([project], RULES)

    return write_and_load


@pytest.fixture
def errors(load: Load) -> Errors:
    """As ``load``; the lines of the error that it has to end in."""

    def lines(files: dict[str, str] | str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(files)
        return caught.value.lines

    return lines
