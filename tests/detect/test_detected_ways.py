"""Which ways to a session are proposed, however the code provides them."""

from __future__ import annotations

from detect.written_programs import DB, FACTORY, SETTINGS, application, detected, users


def test_a_context_manager_that_the_code_uses_is_the_provider_and_its_factory_is_forbidden() -> (
    None
):
    sessions = detected(application()).standard.sessions
    assert sessions.providers == ("app.db.get_session",)
    assert sessions.forbidden == ("app.db.SessionLocal",)
    assert sessions.owners == ("app/db.py",)
    assert sessions.dependencies == ()


def test_nothing_is_proposed_for_code_without_a_database() -> None:
    found = detected({"app/main.py": "def connect():\n    return 1\n"})
    assert found.choices == ()
    assert found.summary.startswith("assumed: nothing")


def test_a_factory_that_most_code_calls_is_not_forbidden_for_a_provider_that_few_use() -> None:
    direct = """
        from app.db import SessionLocal


        def run_{n}():
            with SessionLocal() as session:
                session.commit()
    """
    files = {"app/settings.py": SETTINGS, "app/db.py": DB}
    found = detected(files | users(1) | users(8, direct, "app/direct")).standard.sessions
    assert found.forbidden == ()
    assert found.providers == ("app.db.SessionLocal", "app.db.get_session")


def test_a_plain_function_is_a_provider_too() -> None:
    db = (
        FACTORY
        + """

    def get_db_session():
        return SessionLocal()
    """
    )
    user = """
        from app.db import get_db_session


        def work_{n}():
            session = get_db_session()
            session.close()
    """
    found = detected({"app/settings.py": SETTINGS, "app/db.py": db} | users(3, user))
    assert found.standard.sessions.providers == ("app.db.get_db_session",)


def test_an_extension_is_the_provider_also_when_its_class_is_the_projects() -> None:
    extensions = """
        from flask_sqlalchemy import SQLAlchemy as Base

        class Extension(Base):
            pass

        db = Extension()
    """
    user = """
        from app.extensions import db

        def add(job):
            db.session.add(job)
            db.session.commit()
    """
    found = detected({"app/extensions.py": extensions} | users(3, user))
    assert found.standard.sessions.providers == ("app.extensions.db",)


def test_an_extension_is_the_provider_also_when_a_function_chooses_its_class() -> None:
    extensions = """
        def extension_class():
            try:
                from flask_appbuilder import SQLA

                return SQLA
            except ImportError:
                from flask_sqlalchemy import SQLAlchemy

                return SQLAlchemy


        db = extension_class()()
    """
    user = """
        from app.extensions import db


        def work_{n}():
            db.session.add(object())
            db.session.commit()
    """
    found = detected({"app/extensions.py": extensions} | users(3, user))
    assert found.standard.sessions.providers == ("app.extensions.db",)
    assert found.standard.sessions.owners == ("app/extensions.py",)
    assert found.reasons("sessions.providers")[0].reason == "extension, used by 3 functions"


def test_a_method_of_a_shared_object_is_a_provider() -> None:
    db = """
        from contextlib import asynccontextmanager

        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

        from app.settings import settings


        class Registry:
            def __init__(self):
                self._factory = async_sessionmaker(create_async_engine(settings.database_url))

            @asynccontextmanager
            async def session(self):
                async with self._factory() as session:
                    yield session


        registry = Registry()
    """
    user = """
        from app.db import registry


        async def work_{n}():
            async with registry.session() as session:
                await session.commit()
    """
    found = detected({"app/settings.py": SETTINGS, "app/db.py": db} | users(3, user))
    assert found.standard.sessions.providers == ("app.db.Registry.session",)


def test_uses_under_another_name_and_through_a_package_count() -> None:
    package = "from app.core.db import get_session as session_scope\n"
    user = """
        from app.core import session_scope as opened


        def work_{n}():
            with opened() as session:
                session.commit()
    """
    files = {
        "app/settings.py": SETTINGS,
        "app/core/__init__.py": package,
        "app/core/db.py": DB,
    }
    found = detected(files | users(3, user))
    assert found.standard.sessions.providers == ("app.core.db.get_session",)
    assert "used by 3 functions" in found.reasons("sessions.providers")[0].reason


def test_the_provider_for_background_work_is_told_apart() -> None:
    db = (
        DB
        + """

    @contextmanager
    def get_background_session():
        session = SessionLocal()
        try:
            yield session
        finally:
            session.close()
    """
    )
    task = """
        from app.db import get_background_session


        def task_{n}():
            with get_background_session() as session:
                session.commit()
    """
    found = detected(application() | {"app/db.py": db} | users(2, task, "app/tasks"))
    assert found.standard.sessions.task_providers == ("app.db.get_background_session",)
    assert found.standard.sessions.providers == ("app.db.get_session",)


def test_few_modules_that_construct_sessions_are_owners_and_many_make_it_the_way() -> None:
    db = """
        from sqlalchemy import create_engine

        from app.settings import settings

        engine = create_engine(settings.database_url)
    """
    user = """
        from sqlalchemy.orm import Session

        from app.db import engine


        def work_{n}():
            with Session(engine) as session:
                session.commit()
    """
    base = {"app/settings.py": SETTINGS, "app/db.py": db}
    few = detected(base | users(2, user)).standard.sessions
    assert few.providers == ()
    assert set(few.owners) == {"app/db.py", "app/users/user_0.py", "app/users/user_1.py"}
    many = detected(base | users(7, user)).standard.sessions
    assert many.providers == ("sqlalchemy.orm.Session",)
    assert many.owners == ("app/db.py",)


def test_a_pool_of_driver_connections_has_its_provider() -> None:
    pool = """
        import sqlite3
        from contextlib import contextmanager


        class Pool:
            def __init__(self, path):
                self.path = path

            def _connect(self):
                return sqlite3.connect(self.path)

            @contextmanager
            def connection(self):
                conn = self._connect()
                try:
                    yield conn
                finally:
                    conn.close()


        pool = Pool("data.db")
    """
    user = """
        from app.pool import pool


        def work_{n}():
            with pool.connection() as conn:
                conn.execute("SELECT 1")
    """
    found = detected({"app/pool.py": pool} | users(3, user)).standard.sessions
    assert found.providers == ("app.pool.Pool.connection",)
    assert found.owners == ("app/pool.py",)


def test_tests_and_migrations_say_nothing_about_the_application() -> None:
    files = application()
    plain = detected(files).standard
    files["tests/conftest.py"] = """
        from sqlalchemy import create_engine
        from sqlalchemy.orm import sessionmaker

        engine = create_engine("sqlite://")
        TestingSession = sessionmaker(bind=engine)


        def db():
            session = TestingSession()
            yield session
            session.close()
    """
    files["migrations/env.py"] = """
        from alembic import context
        from sqlalchemy import create_engine

        engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
    """
    assert detected(files).standard == plain


def test_the_summary_names_the_way_and_the_owners() -> None:
    found = detected(application())
    assert found.summary == (
        "assumed: sessions come from app.db.get_session (context manager, used by 6 functions); "
        "owners app/db.py"
    )
