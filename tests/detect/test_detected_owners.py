"""Which modules may make sessions, and which only repeat what others do."""

from __future__ import annotations

import pytest

from detect.written_programs import application, detected, users

SECOND = """
    from sqlalchemy import create_engine
    from sqlalchemy.orm import sessionmaker

    from app.settings import settings

    other_engine = create_engine({arguments})
    OtherSession = sessionmaker(bind=other_engine)


    def open_other():
        return OtherSession()
"""
USER_OF_SECOND = """
    from app.other import open_other


    def other_{n}():
        open_other().close()
"""


def second(arguments: str = "settings.database_url") -> str:
    return SECOND.replace("{arguments}", arguments)


def test_a_module_that_repeats_the_standard_for_few_is_no_owner() -> None:
    found = detected(application(other=second()) | users(1, USER_OF_SECOND, "app/late"))
    sessions = found.standard.sessions
    assert sessions.owners == ("app/db.py",)
    assert sessions.providers == ("app.db.get_session",)
    assert sessions.forbidden == ("app.db.SessionLocal", "app.other.open_other")
    (left,) = found.left_out
    assert left.value == "app/other.py"
    assert left.reason == (
        "goes to the same database as app.db, which 6 functions use (1 use this)"
    )


@pytest.mark.parametrize(
    "arguments",
    {
        "another database": "settings.archive_url",
        "a constant of its own": '"sqlite:///reports.db"',
        "a pool of its own": "settings.database_url, poolclass=object",
        "autocommit": 'settings.database_url, isolation_level="AUTOCOMMIT"',
    }.values(),
    ids=str,
)
def test_a_module_with_a_purpose_of_its_own_is_an_owner(arguments: str) -> None:
    sessions = detected(application(other=second(arguments))).standard.sessions
    assert set(sessions.owners) == {"app/db.py", "app/other.py"}


def test_what_connects_to_a_database_that_its_caller_names_is_an_owner() -> None:
    probe = """
        from sqlalchemy import create_engine

        from app.settings import settings


        def check(url):
            create_engine(url).connect().close()
    """
    found = detected(application(probe=probe))
    assert "app/probe.py" in found.standard.sessions.owners
    reasons = {choice.value: choice.reason for choice in found.reasons("sessions.owners")}
    assert reasons["app/probe.py"] == "calls create_engine for a database that its callers name"


def test_the_asynchronous_side_of_a_database_is_no_repetition() -> None:
    other = """
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

        from app.settings import settings

        async_engine = create_async_engine(settings.database_url)
        AsyncSessionLocal = async_sessionmaker(async_engine)
    """
    sessions = detected(application(aio=other)).standard.sessions
    assert set(sessions.owners) == {"app/aio.py", "app/db.py"}


def test_without_a_clear_majority_both_are_owners() -> None:
    found = detected(application(other=second()) | users(4, USER_OF_SECOND, "app/late"))
    assert set(found.standard.sessions.owners) == {"app/db.py", "app/other.py"}
    assert found.left_out == ()


def test_a_program_of_its_own_is_compared_with_nothing() -> None:
    example = """
        import os

        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        engine = create_engine(os.environ["DATABASE_URL"])
        Session = sessionmaker(bind=engine)
    """
    files = application()
    inside = detected(files | {"app/example.py": example + "\n    import app.settings\n"})
    assert "app/example.py" not in inside.standard.sessions.owners
    outside = detected(files | {"examples/one.py": example})
    assert "examples/one.py" in outside.standard.sessions.owners


def test_a_second_factory_on_the_same_engine_is_a_repetition() -> None:
    thumbnails = """
        from contextlib import contextmanager

        from sqlalchemy.orm import sessionmaker

        from app.db import engine

        _Thumbnails = sessionmaker(bind=engine)


        @contextmanager
        def thumbnail_session():
            session = _Thumbnails()
            try:
                yield session
            finally:
                session.close()
    """
    found = detected(application(thumbnails=thumbnails))
    assert found.standard.sessions.owners == ("app/db.py",)
    assert [choice.value for choice in found.left_out] == ["app/thumbnails.py"]


def test_a_dependency_beside_the_factory_is_no_repetition() -> None:
    deps = """
        from app.db import SessionLocal


        def get_db():
            session = SessionLocal()
            try:
                yield session
            finally:
                session.close()
    """
    route = """
        from fastapi import Depends

        from app.deps import get_db


        def read(db=Depends(get_db)):
            return db
    """
    found = detected(application(deps=deps, route=route))
    assert set(found.standard.sessions.owners) == {"app/db.py", "app/deps.py"}


@pytest.mark.parametrize(
    ("path", "owns"),
    [("settings.database_url", False), ('"cache.db"', True), ("path", True)],
    ids=["the standard's database", "a file of its own", "a parameter"],
)
def test_a_raw_connection_is_judged_by_where_it_goes(path: str, owns: bool) -> None:
    raw = f"""
        import sqlite3

        from app.settings import settings


        def compact(path):
            connection = sqlite3.connect({path})
            connection.execute("VACUUM")
            connection.close()
    """
    sessions = detected(application(raw=raw)).standard.sessions
    assert ("app/raw.py" in sessions.owners) is owns


def test_a_package_may_offer_what_an_owner_inside_it_defines() -> None:
    files = application()
    files["app/core/__init__.py"] = "from app.core.base import Base_engine, Local\n"
    files["app/core/base.py"] = """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        from app.settings import settings

        Base_engine = create_engine(settings.archive_url)
        Local = sessionmaker(bind=Base_engine)
    """
    assert "app/core/__init__.py" in detected(files).standard.sessions.owners


def test_what_keeps_the_factory_for_others_is_an_owner() -> None:
    start = """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker


        def make_factory(url):
            return sessionmaker(bind=create_engine(url))
    """
    application_class = """
        from app.start import make_factory


        class Application:
            def open(self, url):
                self.factory = make_factory(url)
                self.db = self.factory()
    """
    found = detected({"app/start.py": start, "app/main.py": application_class})
    assert set(found.standard.sessions.owners) == {"app/main.py", "app/start.py"}


def test_a_class_that_is_entered_owns_its_transaction() -> None:
    unit = """
        from app.db import SessionLocal


        class UnitOfWork:
            def __enter__(self):
                self.session = SessionLocal()
                return self

            def __exit__(self, *error):
                self.session.commit()
                self.session.close()
    """
    found = detected(application(unit=unit)).standard
    assert found.transactions.owners == ("app.unit.UnitOfWork",)
    assert "app/unit.py" in found.sessions.owners


def test_a_decorator_that_passes_a_session_in_makes_its_module_an_owner() -> None:
    decorator = """
        from functools import wraps

        from app.db import SessionLocal


        def with_session(function):
            @wraps(function)
            def wrapper(*args, **kwargs):
                session = SessionLocal()
                try:
                    return function(*args, session=session, **kwargs)
                finally:
                    session.close()

            return wrapper
    """
    found = detected(application(sessions=decorator))
    assert "app/sessions.py" in found.standard.sessions.owners
    reasons = {choice.value: choice.reason for choice in found.reasons("sessions.owners")}
    assert reasons["app/sessions.py"] == "with_session passes sessions in"
