"""What a project declares to depend on is read from every usual file, and doubted where it is
computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.discover.dependencies import Declared, Dependencies, normalised
from discover.trees import grow


def _declared(root: Path, path: str = "app/db.py") -> Declared:
    found = Dependencies(root, [path]).of(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "SQLAlchemy==2.0  # pinned\n-r other.txt\n"),
        ("requirements/base.in", "sqlalchemy>=2 ; python_version > '3'\n"),
        ("requirements.txt", "git+https://example.org/x.git#egg=SQLAlchemy\n"),
        ("pyproject.toml", '[project]\ndependencies = ["sqlalchemy[asyncio]"]\n'),
        ("pyproject.toml", '[project.optional-dependencies]\ndb = ["sqlalchemy"]\n'),
        ("pyproject.toml", '[dependency-groups]\ndev = ["sqlalchemy", {include-group = "x"}]\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\nSQLAlchemy = "^2"\n'),
        ("pyproject.toml", '[tool.poetry.group.db.dependencies]\nsqlalchemy = {version = "*"}\n'),
        ("setup.cfg", "[options]\ninstall_requires =\n    sqlalchemy\n"),
        ("setup.cfg", "[options.extras_require]\ndb = sqlalchemy\n"),
        ("setup.py", "setup(install_requires=['sqlalchemy~=2.0'])\n"),
        ("setup.py", "needs = ['sqlalchemy']\nsetup(install_requires=needs)\n"),
        ("setup.py", "setup(extras_require={'db': ['sqlalchemy']})\n"),
        ("Pipfile", '[packages]\nsqlalchemy = "*"\n'),
        ("environment.yml", "dependencies:\n  - python=3.11\n  - sqlalchemy=2\n"),
    ],
)
def test_each_kind_of_file_is_read(tmp_path: Path, name: str, text: str) -> None:
    grow(tmp_path, {name: text})
    declared = _declared(tmp_path)
    assert "sqlalchemy" in declared.names
    assert declared.is_whole
    assert declared.files == (name,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[project]\nname = "app"\ndynamic = ["dependencies"]\n'),
        ("pyproject.toml", "[project\n"),
        ("setup.cfg", "[options]\ninstall_requires = file: requirements.txt\n"),
        ("setup.py", "setup(install_requires=open('needs').read().split())\n"),
        ("setup.py", "setup(\n"),
    ],
)
def test_what_is_computed_or_broken_is_not_the_whole(tmp_path: Path, name: str, text: str) -> None:
    grow(tmp_path, {name: text})
    assert not _declared(tmp_path).is_whole


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.ruff]\nline-length = 100\n"),
        ("setup.cfg", "[flake8]\nmax-line-length = 100\n"),
        ("setup.py", "setup(name='app')\n"),
    ],
)
def test_a_file_about_something_else_declares_nothing(tmp_path: Path, name: str, text: str) -> None:
    grow(tmp_path, {name: text})
    assert Dependencies(tmp_path, ["app/db.py"]).of("app/db.py") is None


def test_extras_are_kept(tmp_path: Path) -> None:
    grow(tmp_path, {"requirements.txt": "psycopg[Binary, pool]\n"})
    assert _declared(tmp_path).names == {"psycopg", "psycopg[binary]", "psycopg[pool]"}


def test_a_file_counts_for_its_folder_and_those_below(tmp_path: Path) -> None:
    grow(tmp_path, {"requirements.txt": "flask\n", "docs/requirements.txt": "sphinx\n"})
    dependencies = Dependencies(tmp_path, ["app/db.py", "docs/conf.py"])
    app, docs = dependencies.of("app/db.py"), dependencies.of("docs/conf.py")
    assert app is not None
    assert docs is not None
    assert app.names == {"flask"}
    assert docs.names == {"flask", "sphinx"}


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    grow(tmp_path, {"requirements.txt": "flask\n"})
    before = Dependencies(tmp_path).digest
    assert Dependencies(tmp_path).digest == before
    grow(tmp_path, {"requirements.txt": "flask\nsqlalchemy\n"})
    assert Dependencies(tmp_path).digest != before


def test_names_are_compared_as_indexes_do() -> None:
    assert normalised("Psycopg2__Binary.x") == "psycopg2-binary-x"
