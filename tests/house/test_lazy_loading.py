"""What a run loads: what only findings, fixes, audits or SQL need stays out of a clean one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROBE = """
import sys
from connlint.cli.app import main

if len(sys.argv) > 1:
    try:
        sys.exit(main())
    except SystemExit as stop:
        print("exit code:", stop.code or 0)
print("loaded:", *{name.partition(".")[0] for name in sys.modules})
"""
HEAVY = {"libcst", "rich", "jinja2", "sqlglot"}
STANDARD = """
[sessions]
providers = ["app.database.get_session"]
forbidden = ["app.database.make_session"]
owners = ["app/database.py"]
"""
DATABASE = """
from contextlib import contextmanager
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

make_session = sessionmaker(create_engine("sqlite://"))


@contextmanager
def get_session():
    session = make_session()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()
"""
CLEAN = """
from app.database import get_session
from app.models import User


def add(name):
    with get_session() as session:
        session.add(User(name=name))
"""
FORBIDDEN = """
from app.database import make_session
from app.models import User


def add(name):
    with make_session() as session:
        session.add(User(name=name))
        session.commit()
"""


def _probe(tmp_path: Path, *arguments: str) -> list[str]:
    """The lines that the probe prints when the command line runs with these arguments."""
    environment = os.environ | {"CONNLINT_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def _project(tmp_path: Path, users: str) -> str:
    project = tmp_path / "project"
    (project / "app").mkdir(parents=True)
    (project / "connlint.toml").write_text(STANDARD, "utf-8")
    sources = {"__init__": "", "database": DATABASE, "models": "class User: ...", "users": users}
    for name, source in sources.items():
        (project / "app" / f"{name}.py").write_text(source, "utf-8")
    return str(project)


def _loaded(lines: list[str]) -> set[str]:
    return set(lines[-1].removeprefix("loaded: ").split())


def test_importing_the_command_line_is_light(tmp_path: Path) -> None:
    loaded = _loaded(_probe(tmp_path))
    assert "connlint" in loaded
    assert loaded & HEAVY == set()


def test_a_clean_check_is_light(tmp_path: Path) -> None:
    lines = _probe(tmp_path, "check", _project(tmp_path, CLEAN))
    assert lines[-2] == "exit code: 0"
    assert _loaded(lines) & HEAVY == set()


def test_a_finding_loads_libcst(tmp_path: Path) -> None:
    lines = _probe(tmp_path, "check", _project(tmp_path, FORBIDDEN))
    assert lines[-2] == "exit code: 1"
    assert "libcst" in _loaded(lines)
