"""Functions that a standard names and that are not there, and paths that are not: one line each."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.applications import write
from cli.running import run

Capture = pytest.CaptureFixture[bytes]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a provider, a class, re-exports, and modules that can't be looked into."""
    files = {
        "app/__init__.py": "from app.db import get_session as opened\n",
        "app/db.py": "def get_session(): ...\n",
        "app/stores.py": "class Base:\n    def save(self): ...\n\n\nclass Jobs(Base): ...\n",
        "app/lazy.py": "def __getattr__(name): ...\n",
        "app/broken.py": "def get_session(:\n",
        "app/starred.py": "from elsewhere import *\n",
        "app/left_out/db.py": "def get_session(): ...\n",
    }
    write(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path.parent / "connlint-cache"))
    return tmp_path


def declare(project: Path, key: str, *names: str) -> None:
    table, _, last = key.partition(".")
    (project / "connlint.toml").write_text(
        f'ignore = ["DBC900"]\nexclude = ["app/left_out"]\nselect = ["DBC101"]\n[{table}]\n'
        f"{last} = [{', '.join(map(repr, names))}]\n"
    )


@pytest.mark.parametrize(
    "key",
    [
        "sessions.providers",
        "sessions.dependencies",
        "sessions.task-providers",
        "states.persist-functions",
    ],
)
def test_a_function_that_is_not_defined_is_an_error(
    project: Path, capfdbinary: Capture, key: str
) -> None:
    declare(project, key, "app.db.get_session", "app.db.get_sesion")
    expected = (
        f'error: connlint.toml:5: {key}[1]: "app.db.get_sesion": app.db does not define it; '
        'did you mean "app.db.get_session"?\n'
    )
    for _ in range(2):  # and nothing is remembered as sound
        assert run(capfdbinary, "check", project) == (2, "", expected)


@pytest.mark.parametrize("name", ["app.dbs.get_session", "app.stores.Base.sav"])
def test_a_module_or_member_that_is_not_there_is_an_error(
    project: Path, capfdbinary: Capture, name: str
) -> None:
    declare(project, "sessions.providers", name)
    done = run(capfdbinary, "check", project)
    assert done.code == 2
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "name",
    [
        "app.opened",
        "app.stores.Base.save",
        "app.stores.Jobs.save",
        "app.lazy.get_session",
        "app.starred.get_session",
    ],
)
def test_what_is_defined_or_could_be_is_accepted(
    project: Path, capfdbinary: Capture, name: str
) -> None:
    declare(project, "sessions.providers", name)
    done = run(capfdbinary, "check", project)
    assert done.code == 0
    assert name not in done.err


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("vendor.db.get_session", "vendor.db"),
        ("app.left_out.db.get_session", "app.left_out"),
        ("app.broken.get_session", "app.broken"),
    ],
)
def test_a_module_that_was_not_read_is_noted(
    project: Path, capfdbinary: Capture, name: str, module: str
) -> None:
    declare(project, "sessions.providers", name)
    expected = (
        f"connlint.toml:5: sessions.providers[0]: {name} is taken on trust: "
        f"{module} is not among the files that were read\n"
    )
    for _ in range(2):  # found, then remembered
        done = run(capfdbinary, "check", project)
        assert done.code == 0
        assert done.err.startswith(expected)


def test_a_missing_path_is_one_line(project: Path, capfdbinary: Capture) -> None:
    done = run(capfdbinary, "check", project / "nowhere")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "nowhere" in done.err


def test_a_folder_without_python_is_noted(project: Path, capfdbinary: Capture) -> None:
    (project / "empty").mkdir()
    declare(project, "sessions.providers", "app.db.get_session")
    done = run(capfdbinary, "check", project / "empty")
    assert done.code == 0
    assert done.err == f"no Python files in {project / 'empty'}\n0 findings in 0 files.\n"


def test_a_cache_that_cannot_be_written_is_noted_once(
    project: Path, capfdbinary: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "taken").touch()
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(project / "taken"))
    declare(project, "sessions.providers", "app.db.get_session")
    done = run(capfdbinary, "check", project / "app" / "db.py")
    assert done.code == 0
    assert done.err.count("nothing is cached") == 1
