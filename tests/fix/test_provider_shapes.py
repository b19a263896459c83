"""Providers of shapes that need a closer look: what they can't be, and where they can't be put."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fix.fixed_project import Project

DATABASE = """\
from contextlib import contextmanager

from fastapi import Depends, Request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite://"))
Scoped = scoped_session(SessionLocal)
flask = SQLAlchemy()


@contextmanager
def of_tenant(tenant):
    with SessionLocal() as session:
        yield session


def of_request(request: Request):
    with SessionLocal() as session:
        yield session


def settings():
    return {}


def of_settings(known=Depends(settings)):
    with SessionLocal() as session:
        yield session


@contextmanager
def silent():
    session = SessionLocal()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
    finally:
        session.close()


def makes_functions():
    def run():
        return SessionLocal()

    return run


class Database:
    @contextmanager
    def session(self):
        with SessionLocal() as session:
            yield session


class Unit:
    def __enter__(self):
        self.session = SessionLocal()
        return self

    def __exit__(self, *error):
        self.session.close()


class Silent:
    def __enter__(self):
        self.session = SessionLocal()
        return self.session

    def __exit__(self, *error):
        self.session.close()
        return True


class Named:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.session = SessionLocal()
        return self.session

    def __exit__(self, *error):
        self.session.close()
"""
READING = """\
from app.db import SessionLocal

def load():
    with SessionLocal() as session:
        return session.scalar("select 1")
"""


def _project(root: Path, provider: str, source: str, key: str = "providers") -> Project:
    standard = f'[sessions]\n{key} = ["app.db.{provider}"]\nowners = ["app/db.py"]\n'
    files = {"app/__init__.py": "", "app/db.py": DATABASE, "app/jobs.py": source}
    return Project.of(root, "DBC101", standard, files)


@pytest.mark.parametrize(
    ("provider", "reason"),
    [
        ("of_tenant", "app.db.of_tenant has to be given tenant"),
        ("of_request", "app.db.of_request has to be given request"),
        ("of_settings", "app.db.of_settings has to be given known"),
        ("silent", "app.db.silent may keep to itself what is raised in its block"),
        ("makes_functions", "the shape of makes_functions() is not known"),
        ("Database.session", "app.db.Database.session has to be given an object of its class"),
        ("Unit", "the shape of Unit() is not known"),
        ("Silent", "app.db.Silent may keep to itself what is raised in its block"),
        ("Named", "app.db.Named has to be given name"),
        ("flask.session", "app.db.flask.session has to be given the context of an application"),
    ],
)
def test_what_is_no_provider_for_this_place_is_refused(
    tmp_path: Path, provider: str, reason: str
) -> None:
    assert _project(tmp_path, provider, READING).reasons(unsafe=True) == [reason]


SHARING = {
    "a function that it calls": (
        """
        from app.db import Scoped, SessionLocal

        def store(job):
            Scoped.add(job)

        def load():
            with SessionLocal() as session:
                store(session.scalar("select 1"))
        """,
        "app.jobs.store works with the same session of app.db.Scoped",
    ),
    "a function beside it": (
        """
        from app.db import Scoped, SessionLocal

        def store(job):
            session = Scoped()
            session.add(job)

        def load():
            with SessionLocal() as session:
                return session.scalar("select 1")

        def main():
            store(1)
            load()
        """,
        "app.jobs.store works with the same session of app.db.Scoped",
    ),
    "its caller": (
        """
        from app.db import Scoped, SessionLocal

        def load():
            with SessionLocal() as session:
                return session.scalar("select 1")

        def main():
            Scoped.add(load())
            Scoped.commit()
        """,
        "app.jobs.main works with the same session of app.db.Scoped",
    ),
    "whoever gets it": (
        """
        from app.db import Scoped, SessionLocal

        def load(tell):
            with SessionLocal() as session:
                session.scalar("select 1")

        REGISTRIES = [Scoped]
        """,
        "app.db.Scoped is handed on, and who works with its session is not known",
    ),
    "its request": (
        """
        from fastapi import FastAPI

        from app.db import SessionLocal

        app = FastAPI()

        def load():
            with SessionLocal() as session:
                return session.scalar("select 1")

        @app.get("/load")
        def get():
            return load()
        """,
        "app.db.Scoped is shared with all that GET /load runs",
    ),
}


@pytest.mark.parametrize(("source", "reason"), SHARING.values(), ids=SHARING)
def test_a_scoped_session_is_not_taken_from_others(
    tmp_path: Path, source: str, reason: str
) -> None:
    assert _project(tmp_path, "Scoped", dedent(source)).reasons(unsafe=True) == [reason]


def test_a_scoped_session_that_others_use_on_other_ways_is_taken(tmp_path: Path) -> None:
    source = dedent(
        """
        from app.db import Scoped, SessionLocal

        def store(job):
            Scoped.add(job)

        def load():
            with SessionLocal() as session:
                return session.scalar("select 1")
        """
    )
    project = _project(tmp_path, "Scoped", source)
    (reason,) = (each.reason for each in project.fix().left if each.finding.intent)
    assert reason == "takes --unsafe-fixes: the session of Scoped() is that of the whole thread"
    assert len(project.fix(unsafe=True).fixed) == 1
    assert "with Scoped() as session:" in project.read("app/jobs.py")


def test_where_all_is_injected_a_service_opens_the_dependency(tmp_path: Path) -> None:
    database = DATABASE + "\n\ndef get_db():\n    with SessionLocal() as db:\n        yield db\n"
    standard = (
        '[sessions]\ndependencies = ["app.db.get_db"]\nowners = ["app/db.py"]\n'
        '[roles]\nservice = ["app/services.py"]\n'
    )
    files = {"app/__init__.py": "", "app/db.py": database, "app/services.py": READING}
    project = Project.of(tmp_path, "DBC101", standard, files)
    assert len(project.fix(unsafe=True).fixed) == 1
    assert "with contextmanager(get_db)() as session:" in project.read("app/services.py")


def test_a_decorator_is_not_injected(tmp_path: Path) -> None:
    database = dedent(
        """
        from functools import wraps

        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        SessionLocal = sessionmaker(create_engine("sqlite://"))

        def with_session(function):
            @wraps(function)
            def run(*args, **kwargs):
                with SessionLocal() as session:
                    return function(session, *args, **kwargs)
            return run
        """
    )
    source = dedent(
        """
        from fastapi import FastAPI

        from app.db import SessionLocal

        app = FastAPI()

        @app.get("/load")
        def get():
            with SessionLocal() as session:
                return session.scalar("select 1")
        """
    )
    standard = (
        '[sessions]\ndependencies = ["app.db.with_session"]\nproviders = ["app.db.with_session"]\n'
        'owners = ["app/db.py"]\n'
    )
    files = {"app/__init__.py": "", "app/db.py": database, "app/jobs.py": source}
    project = Project.of(tmp_path, "DBC105", standard, files)
    assert project.reasons(unsafe=True) == ["app.db.with_session is a decorator, not a dependency"]
