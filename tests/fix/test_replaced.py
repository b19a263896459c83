"""What is known of the thing that a provider replaces: what would be lost, and known names."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.fixed_project import Project

STANDARD = """
[sessions]
providers = ["app.db.session.get_session"]
forbidden = ["app.db.session.make", "app.db.session.committed"]
owners = ["app/db/*.py"]
"""
DATABASE = """\
from contextlib import contextmanager
from functools import partial

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

make = sessionmaker(create_engine("sqlite://"))
lasting = partial(make, expire_on_commit=False)


@contextmanager
def get_session():
    with make() as session:
        yield session


@contextmanager
def committed():
    with make() as session:
        yield session
        session.commit()
"""
EXPORTS = "from app.db.session import committed, get_session, lasting, make\n"


def _project(root: Path, source: str) -> Project:
    files = {
        "app/__init__.py": "",
        "app/db/__init__.py": EXPORTS,
        "app/db/session.py": DATABASE,
        "app/users.py": source,
    }
    return Project.of(root, "DBC101", STANDARD, files)


def test_what_commits_is_not_replaced_by_what_does_not(tmp_path: Path) -> None:
    source = "from app.db.session import committed\n\nwith committed() as s:\n    s.add(1)\n"
    (reason,) = _project(tmp_path, source).reasons(unsafe=True)
    assert reason == (
        "app.db.session.committed commits when it is left, and app.db.session.get_session does not"
    )


IN_A_FUNCTION = """\
from functools import partial
from app.db import make

def f():
    opened = partial(make, autoflush=False)
    with opened() as s:
        s.get(1)
"""
PARTIALS = {
    "imported": "from app.db.session import lasting\n\nwith lasting() as s:\n    s.get(1)\n",
    "through a package": "from app.db import lasting as l\n\nwith l() as s:\n    s.get(1)\n",
    "in a function": IN_A_FUNCTION,
}


@pytest.mark.parametrize("source", PARTIALS.values(), ids=PARTIALS)
def test_arguments_that_a_partial_holds_are_not_lost(tmp_path: Path, source: str) -> None:
    (reason,) = _project(tmp_path, source).reasons(unsafe=True)
    assert "no place for the arguments" in reason


def test_the_provider_is_used_under_the_name_that_it_has(tmp_path: Path) -> None:
    source = (
        "from app.db import get_session, make\n\n\ndef one():\n    with get_session() as s:\n"
        "        s.get(1)\n\n\ndef two():\n    with make() as s:\n        s.get(2)\n"
    )
    project = _project(tmp_path, source)
    assert project.fix().fixed
    after = source.replace("with make()", "with get_session()").replace(", make", "")
    assert project.read("app/users.py") == after


def test_a_factory_that_is_looked_up_stays(tmp_path: Path) -> None:
    source = (
        "from app.db.session import get_session, make\n\nWAYS = {'a': make, 'b': get_session}\n\n"
        "def f(way):\n    with WAYS[way]() as s:\n        s.get(1)\n"
    )
    reasons = _project(tmp_path, source).reasons(unsafe=True)
    assert "the factory is looked up while the code runs" in reasons
