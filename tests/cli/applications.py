"""What the small applications of the tests have in common, and how they get onto the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

STANDARD = """
src = ["."]
[sessions]
providers = ["app.database.get_session"]
forbidden = ["app.database.make_session"]
owners = ["app/database.py"]
"""
"""The provider of the module below is the one way to a session."""

DATABASE = """
from contextlib import contextmanager
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

make_session = sessionmaker(create_engine("sqlite://"))


@contextmanager
def get_session():
    with make_session() as session:
        yield session
"""
"""A module with a factory and the provider that opens sessions from it."""

USERS = """\
from app.database import make_session


def add(user):
    with make_session() as session:  # new users
        session.add(user)
        session.commit()
"""
"""A module that opens a session otherwise, which is two findings."""

FIXED = """\
from app.database import get_session


def add(user):
    with get_session() as session:  # new users
        session.add(user)
        session.commit()
"""
"""The same module when it is fixed."""


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write ``files`` by path below ``folder``."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
