"""Sessions are followed to where they are used."""

from __future__ import annotations

import pytest

from model.written import DB, linked, marked, operations, own_places

FOLLOWED = {
    "assignment": """
        from app.db import SessionLocal

        def work(job):
            first = SessionLocal()
            tx = first
            tx.add(job)
            tx.commit()  # commits
    """,
    "a with target": """
        from app.db import SessionLocal

        def work(job):
            with SessionLocal() as tx:
                tx.add(job)
                tx.commit()  # commits
    """,
    "an async with target": """
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

        make = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))

        async def work(job):
            async with make() as tx:
                tx.add(job)
                await tx.commit()  # commits
    """,
    "a with statement on a variable": """
        from app.db import SessionLocal

        def work(job):
            tx = SessionLocal()
            with tx:
                tx.add(job)
                tx.commit()  # commits
    """,
    "tuple unpacking": """
        from app.db import SessionLocal

        def work(job):
            count, tx = 3, SessionLocal()
            tx.add(job)
            tx.commit()  # commits
    """,
    "unpacking of what a function returns": """
        from app.db import SessionLocal

        def both():
            return 3, SessionLocal()

        def work(job):
            count, tx = both()
            tx.add(job)
            tx.commit()  # commits
    """,
    "a walrus": """
        from app.db import SessionLocal

        def work(job):
            if (tx := SessionLocal()) is not None:
                tx.add(job)
                tx.commit()  # commits
    """,
    "a function that returns it": """
        from app.db import SessionLocal

        def opened():
            tx = SessionLocal()
            return tx

        def work(job):
            tx = opened()
            tx.add(job)
            tx.commit()  # commits
    """,
    "a coroutine that returns it": """
        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

        engine = create_async_engine("sqlite+aiosqlite://")

        async def opened():
            return AsyncSession(engine)

        async def work(job):
            tx = await opened()
            tx.add(job)
            await tx.commit()  # commits
    """,
    "a generator under contextmanager": """
        from contextlib import contextmanager

        from app.db import SessionLocal

        @contextmanager
        def opened():
            tx = SessionLocal()
            try:
                yield tx
            finally:
                tx.close()

        def work(job):
            with opened() as tx:
                tx.add(job)
                tx.commit()  # commits
    """,
    "a generator that is asked with next": """
        from app.db import SessionLocal

        def opened():
            yield SessionLocal()

        def work(job):
            tx = next(opened())
            tx.add(job)
            tx.commit()  # commits
    """,
    "a loop over a generator": """
        from app.db import SessionLocal

        def opened():
            yield SessionLocal()

        def work(job):
            for tx in opened():
                tx.add(job)
                tx.commit()  # commits
    """,
    "a class with __enter__": """
        from app.db import SessionLocal

        class UnitOfWork:
            def __enter__(self):
                self.tx = SessionLocal()
                return self.tx

            def __exit__(self, *exc):
                self.tx.close()

        def work(job):
            with UnitOfWork() as tx:
                tx.add(job)
                tx.commit()  # commits
    """,
    "an exit stack": """
        from contextlib import ExitStack

        from app.db import SessionLocal

        def work(job):
            with ExitStack() as stack:
                tx = stack.enter_context(SessionLocal())
                tx.add(job)
                tx.commit()  # commits
    """,
    "an asynchronous exit stack": """
        from contextlib import AsyncExitStack

        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

        engine = create_async_engine("sqlite+aiosqlite://")

        async def work(job):
            async with AsyncExitStack() as stack:
                tx = await stack.enter_async_context(AsyncSession(engine))
                tx.add(job)
                await tx.commit()  # commits
    """,
    "closing": """
        from contextlib import closing

        from app.db import SessionLocal

        def work(job):
            with closing(SessionLocal()) as tx:
                tx.add(job)
                tx.commit()  # commits
    """,
    "an attribute": """
        from app.db import SessionLocal

        class Store:
            def __init__(self):
                self.tx = SessionLocal()

            def save(self, job):
                self.tx.add(job)
                self.tx.commit()  # commits
    """,
    "a global": """
        from app.db import SessionLocal

        tx = SessionLocal()

        def work(job):
            tx.add(job)
            tx.commit()  # commits
    """,
    "a conditional expression": """
        from app.db import SessionLocal

        def work(job, other=None):
            tx = other if other else SessionLocal()
            tx.add(job)
            tx.commit()  # commits
    """,
    "a scoped session": """
        from sqlalchemy.orm import scoped_session, sessionmaker

        registry = scoped_session(sessionmaker())

        def work(job):
            registry.add(job)
            registry.commit()  # commits
            registry().commit()  # commits
    """,
    "Flask-SQLAlchemy's proxy": """
        from flask_sqlalchemy import SQLAlchemy

        store = SQLAlchemy()

        def work(job):
            store.session.add(job)
            store.session.commit()  # commits
    """,
    "a driver's connection and its cursor": """
        import sqlite3

        def work(job):
            link = sqlite3.connect("jobs.db")
            pen = link.cursor()
            pen.execute("INSERT INTO jobs VALUES (?)", (job,))
            link.commit()  # commits
    """,
    "typing.cast": """
        from typing import cast

        from sqlalchemy.orm import Session

        def work(state, job):
            tx = cast(Session, state["tx"])
            tx.add(job)
            tx.commit()  # commits
    """,
    "a list of sessions": """
        from app.db import SessionLocal

        def work(job):
            several = [SessionLocal(), SessionLocal()]
            for tx in several:
                tx.add(job)
                tx.commit()  # commits
    """,
    "a dictionary of sessions": """
        from app.db import SessionLocal

        def work(job):
            held = {"main": SessionLocal()}
            held["main"].add(job)
            held["main"].commit()  # commits
    """,
}


@pytest.mark.parametrize("source", FOLLOWED.values(), ids=FOLLOWED)
def test_a_session_is_followed(source: str) -> None:
    files = {"app/__init__.py": "", "app/db.py": DB, "app/jobs.py": source}
    assert marked(files, "commits")
    assert own_places(linked(files), "commit") == marked(files, "commits")


@pytest.mark.parametrize(
    ("call", "writes"),
    [("isinstance(tx, Session)", False), ("print(tx)", False), ("unknown(tx)", True)],
)
def test_built_in_functions_write_nothing(call: str, writes: bool) -> None:
    source = f"""
        from elsewhere import unknown
        from sqlalchemy.orm import Session

        def work(tx: Session):
            {call}
            tx.commit()
    """
    (commit,) = operations(linked({"app/jobs.py": source}), "app.jobs.work", "commit")
    assert commit.effect.writes == writes


@pytest.mark.parametrize("base", ["SQLAlchemy as Base", "SQLAlchemy"])
def test_an_extension_of_the_project_keeps_the_session_of_the_library(base: str) -> None:
    name = base.rpartition(" ")[2]
    files = {
        "app/extensions.py": f"""
            from flask_sqlalchemy import {base}

            class Extension({name}):
                def apply_defaults(self, options):
                    return options

            db = Extension()
        """,
        "app/jobs.py": """
            from app.extensions import db

            def work(job):
                db.session.add(job)
                db.session.commit()
        """,
    }
    (commit,) = operations(linked(files), "app.jobs.work", "commit")
    assert commit.effect.session == "g:app.extensions.db.session"
    assert commit.origin is not None and commit.origin.name == "app.extensions.db"


PENDING = """
    from sqlalchemy.orm import Session

    from app.db import SessionLocal

    def ask_alone():
        with SessionLocal() as own:
            own.query(object).all()
            own.commit()

    def ask(tx: Session):
        tx.query(object).all()
        tx.commit()

    def beside(job):
        job.name = "new"
        ask_alone()

    def on_the_same(job, tx: Session):
        job.name = "new"
        ask(tx)
"""


@pytest.mark.parametrize(
    ("function", "writes"),
    [("ask_alone", False), ("ask", False), ("beside", False), ("on_the_same", True)],
)
def test_what_is_pending_is_no_part_of_a_session_that_a_callee_opens(
    function: str, writes: bool
) -> None:
    project = linked({"app/db.py": DB, "app/jobs.py": PENDING})
    (commit,) = operations(project, f"app.jobs.{function}", "commit")
    assert commit.effect.writes == writes
