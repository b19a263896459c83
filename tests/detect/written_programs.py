"""Small programs, written in the test, and what is detected in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from connlint.config.standard import Standard
from connlint.detect.assume import detect
from connlint.detect.detection import Detection
from connlint.discover.layout import lay_out
from connlint.facts.extract import extract
from connlint.model.modules import Modules

SETTINGS = """
    import os

    class Settings:
        database_url = os.environ["DATABASE_URL"]
        archive_url = os.environ["ARCHIVE_URL"]

    settings = Settings()
"""
FACTORY = """
    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker

    from app.settings import settings

    engine = create_engine(settings.database_url)
    SessionLocal = sessionmaker(bind=engine)
"""
DB = """
    from contextlib import contextmanager

    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker

    from app.settings import settings

    engine = create_engine(settings.database_url)
    SessionLocal = sessionmaker(bind=engine)


    @contextmanager
    def get_session():
        session = SessionLocal()
        try:
            yield session
            session.commit()
        finally:
            session.close()
"""
USER = """
    from app.db import get_session


    def work_{n}():
        with get_session() as session:
            session.add(object())
"""


def modules_of(files: Mapping[str, str | bytes], src: tuple[str, ...] = (".", "src")) -> Modules:
    """Files by path, as modules."""
    facts = {
        path: extract(source if isinstance(source, bytes) else dedent(source).encode())
        for path, source in sorted(files.items())
    }
    layout = lay_out(facts, src)
    return Modules.of(((path, layout.names[path], facts[path]) for path in facts), layout.paths)


def detected(files: Mapping[str, str | bytes]) -> Detection:
    """What is detected in files that are given by path."""
    return detect(modules_of(files).engine(Standard()))


def detected_below(folder: Path) -> Detection:
    """What is detected in the Python files of a folder."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py")
    }
    return detected(files)


def users(count: int, source: str = USER, folder: str = "app/users") -> dict[str, str]:
    """So many modules of one function each that do the same."""
    return {f"{folder}/user_{n}.py": source.replace("{n}", str(n)) for n in range(count)}


def application(**more: str) -> dict[str, str]:
    """An application whose sessions come from ``app.db.get_session``, used by six functions.

    ``more`` are further modules of ``app`` by name, ``a__b`` for ``app/a/b.py``.
    """
    written = {f"app/{name.replace('__', '/')}.py": source for name, source in more.items()}
    base = {"app/__init__.py": "", "app/settings.py": SETTINGS, "app/db.py": DB}
    return base | users(6) | written
