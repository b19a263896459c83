"""The comparison's table, for the tools that the project installs: what each reports is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USE = "def rows():\n    with {call}() as session:\n        return session.execute('SELECT 1')\n"
WAYS = {
    "direct": ("from app.db import make\n", "make"),
    "dotted": ("import app.db\n", "app.db.make"),
    "in_function": ("", "make"),
    "renamed": ("from app.db import make as m\n", "m"),
    "relative": ("from .db import make\n", "make"),
    "reexported": ("from app.facade import build\n", "build"),
    "starred": ("from app.db import *\n", "make"),
    "assigned": ("from app import db\n\ng = db.make\n", "g"),
}
DATABASE = """\
from contextlib import contextmanager
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

make = sessionmaker(create_engine("sqlite://"))


@contextmanager
def get_session():
    with make() as session:
        yield session
"""
STANDARD = """\
[sessions]
providers = ["app.db.get_session"]
forbidden = ["app.db.make"]
owners = ["app/db.py"]
"""
RUFF = '[lint.flake8-tidy-imports.banned-api]\n"app.db.make".msg = "use get_session"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An application that calls its session factory in every way of the table."""
    app = tmp_path / "app"
    app.mkdir()
    sources = {"__init__": "", "db": DATABASE, "facade": "from app.db import make as build\n"}
    for name, (imports, call) in WAYS.items():
        sources[name] = f"{imports}\n\n{USE.format(call=call)}"
    opening = "def rows():\n"
    sources["in_function"] = USE.format(call="make").replace(
        opening, f"{opening}    from app.db import make\n\n"
    )
    for name, source in sources.items():
        (app / f"{name}.py").write_text(source, "utf-8")
    (tmp_path / "connlint.toml").write_text(STANDARD, "utf-8")
    (tmp_path / "ruff.toml").write_text(RUFF, "utf-8")
    return tmp_path


def _answers(column: int) -> list[str]:
    page = (ROOT / "docs" / "comparison.md").read_text("utf-8")
    rows = re.findall(r"^\| (?!the factory|---)(.+) \|$", page, re.MULTILINE)
    return [row.split(" | ")[column] for row in rows]


def _found(project: Path, *command: str) -> list[tuple[str, int]]:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    findings = json.loads(done.stdout)
    if isinstance(findings, dict):
        return [(Path(f["path"]).stem, f["range"]["start"]["line"]) for f in findings["findings"]]
    return [(Path(f["filename"]).stem, f["location"]["row"]) for f in findings]


def test_connlint_sees_every_way(project: Path) -> None:
    found = _found(project, "connlint", "check", "--select", "DBC101", "--format", "json")
    assert {name for name, _ in found} == set(WAYS)
    assert _answers(4) == ["yes"] * len(WAYS)


def test_ruff_sees_what_the_page_says(project: Path) -> None:
    command = ("ruff", "check", "--select", "TID251", "--output-format", "json", "--no-cache")
    found = dict(_found(project, *command))
    at_call = {
        name: "with" in (project / "app" / f"{name}.py").read_text("utf-8").splitlines()[line - 1]
        for name, line in found.items()
    }
    assert found.keys() & WAYS.keys() == WAYS.keys() - {"reexported", "starred"}
    assert not at_call["assigned"], "the line that assigns is reported, the call is not"
    expected = ["no" if name not in found else "yes" for name in WAYS]
    expected[list(WAYS).index("assigned")] = "not at the call"
    assert _answers(1) == expected
