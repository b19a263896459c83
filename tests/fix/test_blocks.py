"""Sessions whose life is a block or ends in a ``finally``: safe fixes, before and after."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fix.analyser import ASYNC, COMMITTING, COMMITTING_ASYNC, SYNC, fix

SAFE = {
    "with": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            with SessionLocal() as db:  # short
                return db.query(1)
        """,
        """
        from app.db import get_session

        def load():
            with get_session() as db:  # short
                return db.query(1)
        """,
    ),
    "async with": (
        ASYNC,
        """
        from app.db import SessionLocal

        async def load():
            async with SessionLocal() as db:
                return await db.get(1)
        """,
        """
        from app.db import get_session

        async def load():
            async with get_session() as db:
                return await db.get(1)
        """,
    ),
    "several items, in parentheses": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            with (
                open("a") as a,  # first
                SessionLocal() as db,  # second
                db.begin(),
            ):
                db.add(a)
        """,
        """
        from app.db import get_session

        def load():
            with (
                open("a") as a,  # first
                get_session() as db,  # second
                db.begin(),
            ):
                db.add(a)
        """,
    ),
    "a session without a name": (
        SYNC,
        """
        from app.db import SessionLocal

        def check():
            with SessionLocal(): pass
        """,
        """
        from app.db import get_session

        def check():
            with get_session(): pass
        """,
    ),
    "closing": (
        SYNC,
        """
        from contextlib import closing
        from app.db import SessionLocal

        def load():
            with closing(SessionLocal()) as db:
                return db.query(1)
        """,
        """
        from app.db import get_session

        def load():
            with get_session() as db:
                return db.query(1)
        """,
    ),
    "closing that is used elsewhere": (
        SYNC,
        """
        import contextlib
        from contextlib import closing
        from app.db import SessionLocal

        def load(page):
            with contextlib.closing(SessionLocal()) as db, closing(page):
                return db.query(1)
        """,
        """
        import contextlib
        from contextlib import closing
        from app.db import get_session

        def load(page):
            with get_session() as db, closing(page):
                return db.query(1)
        """,
    ),
    "factory.begin() under a provider that commits": (
        COMMITTING,
        """
        from app.db import SessionLocal

        def store(x):
            with SessionLocal.begin() as db:
                db.add(x)
                return x.id
        """,
        """
        from app.db import get_session

        def store(x):
            with get_session() as db:
                db.add(x)
                return x.id
        """,
    ),
    "factory.begin() under one that does not": (
        SYNC,
        """
        from app.db import SessionLocal

        def store(x):
            with SessionLocal.begin() as db, open("x"):
                db.add(x)
        """,
        """
        from app.db import get_session

        def store(x):
            with get_session() as db, db.begin(), open("x"):
                db.add(x)
        """,
    ),
    "exit stack": (
        SYNC,
        """
        from app.db import SessionLocal

        def load(stack):
            db = stack.enter_context(SessionLocal())
            return db
        """,
        """
        from app.db import get_session

        def load(stack):
            db = stack.enter_context(get_session())
            return db
        """,
    ),
    "finally, with everything that can stand around it": (
        SYNC,
        '''
        from app.db import SessionLocal

        def load(x):
            x += 1
            # why a session
            db = SessionLocal()  # a short one

            # why a try
            try:  # work
                # first
                rows = db.query(
                    x,  # the key

                    2)
                text = """
            as it is
        """ + \\
                  "more"

                if rows:
                    return text  # early
                # last
            finally:  # always
                db.close()
            return None
        ''',
        '''
        from app.db import get_session

        def load(x):
            x += 1
            # why a session
            with get_session() as db:  # a short one
                # why a try
                # work
                # first
                rows = db.query(
                    x,  # the key

                    2)
                text = """
            as it is
        """ + \\
                  "more"

                if rows:
                    return text  # early
                # last
            return None
        ''',
    ),
    "async finally": (
        ASYNC,
        """
        from app.db import SessionLocal

        async def load():
            db = SessionLocal()
            try: return await db.get(1)
            finally: await db.close()
        """,
        """
        from app.db import get_session

        async def load():
            async with get_session() as db:
                return await db.get(1)
        """,
    ),
    "except, else and more in finally": (
        SYNC,
        """
        from app.db import SessionLocal

        def store(x):
            db = SessionLocal()
            log("opened")
            try:
                db.add(x)
                db.commit()
            except ValueError:
                db.rollback()
                raise
            else:
                log("stored")
            finally:
                log("closing")
                db.close()
        """,
        """
        from app.db import get_session

        def store(x):
            with get_session() as db:
                log("opened")
                try:
                    db.add(x)
                    db.commit()
                except ValueError:
                    db.rollback()
                    raise
                else:
                    log("stored")
                finally:
                    log("closing")
        """,
    ),
    "except alone stays": (
        SYNC,
        """
        from app.db import SessionLocal

        def store(x):
            db = SessionLocal()
            try:
                db.add(x)
            except ValueError as error:
                db.rollback()
            # done
            finally:
                db.close()
                # really
        """,
        """
        from app.db import get_session

        def store(x):
            with get_session() as db:
                try:
                    db.add(x)
                except ValueError as error:
                    db.rollback()
                # done
                # really
        """,
    ),
    "opened inside the try, None before": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            db = None
            try:
                # open
                db = SessionLocal()
                return db.query(1)
            finally:
                if db is not None:
                    db.close()
        """,
        """
        from app.db import get_session

        def load():
            # open
            with get_session() as db:
                return db.query(1)
        """,
    ),
    "opened in the middle of a try that only closes": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            # all of it
            try:
                name = read()
                db = SessionLocal()
                return db.query(name)
            finally:
                if db:
                    db.close()
        """,
        """
        from app.db import get_session

        def load():
            # all of it
            name = read()
            with get_session() as db:
                return db.query(name)
        """,
    ),
    "assigned, then entered": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            # open
            db = SessionLocal()  # now
            name = read()
            with db, open(name) as file:
                return db.query(file)
        """,
        """
        from app.db import get_session

        def load():
            # open
            # now
            name = read()
            with get_session() as db, open(name) as file:
                return db.query(file)
        """,
    ),
    "assigned, then entered under another name": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            maker = SessionLocal()
            with maker as db:
                return db.query(1)
        """,
        """
        from app.db import get_session

        def load():
            with get_session() as db:
                return db.query(1)
        """,
    ),
    "annotated": (
        SYNC,
        """
        from app.db import SessionLocal, Session

        def load():
            db: Session = SessionLocal()  # typed
            try:
                return db.query(1)
            finally:
                db.close()
        """,
        """
        from app.db import Session, get_session

        def load():
            db: Session  # typed
            with get_session() as db:
                return db.query(1)
        """,
    ),
    "module level": (
        SYNC,
        """
        from app.db import SessionLocal

        db = SessionLocal()
        try:
            db.query(1)
        finally:
            db.close()
        """,
        """
        from app.db import get_session

        with get_session() as db:
            db.query(1)
        """,
    ),
    "tabs and odd indents": (
        SYNC,
        """
        from app.db import SessionLocal

        class A:
          def load(self):
          \tdb = SessionLocal()
          \ttry:
          \t      db.a()
          \t      if db:
          \t       db.b()
          \tfinally:
          \t db.close()
          def more(self):
                db = SessionLocal()
                try:
                  db.c()
                finally:
                  db.close()
        """,
        """
        from app.db import get_session

        class A:
          def load(self):
          \twith get_session() as db:
          \t      db.a()
          \t      if db:
          \t       db.b()
          def more(self):
                with get_session() as db:
                  db.c()
        """,
    ),
    "nested functions and sessions": (
        SYNC,
        """
        from app.db import SessionLocal

        def outer():
            with SessionLocal() as one:
                def inner(db):
                    with SessionLocal() as db:
                        db.a()
                with SessionLocal() as two:
                    one.copy(two)
            db = SessionLocal()
            try:
                with SessionLocal() as three:
                    db.copy(three)
            finally:
                db.close()
        """,
        """
        from app.db import get_session

        def outer():
            with get_session() as one:
                def inner(db):
                    with get_session() as db:
                        db.a()
                with get_session() as two:
                    one.copy(two)
            with get_session() as db:
                with get_session() as three:
                    db.copy(three)
        """,
    ),
    "same variable twice": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            with SessionLocal() as db:
                db.a()
            with SessionLocal() as db:
                db.b()
        """,
        """
        from app.db import get_session

        def load():
            with get_session() as db:
                db.a()
            with get_session() as db:
                db.b()
        """,
    ),
    "reads under a provider that commits": (
        COMMITTING_ASYNC,
        """
        from app.db import SessionLocal

        async def load():
            async with SessionLocal() as db:
                rows = await db.execute(1)
            return rows
        """,
        """
        from app.db import get_session

        async def load():
            async with get_session() as db:
                rows = await db.execute(1)
            return rows
        """,
    ),
    "alias in the function": (
        SYNC,
        """
        from app.db import SessionLocal

        def load():
            make = SessionLocal
            with make() as db:
                return db.query(1)
        """,
        """
        from app.db import get_session

        def load():
            with get_session() as db:
                return db.query(1)
        """,
    ),
}


@pytest.mark.parametrize(("data", "before", "after"), SAFE.values(), ids=SAFE)
def test_safe(tmp_path: Path, data: dict[str, str], before: str, after: str) -> None:
    result = fix(tmp_path, dedent(before), data)
    assert result.reasons == []
    assert result.text == dedent(after)
    assert {each.finding.code for each in result.outcome.fixed} == {"DBC101", "DBC102"}


@pytest.mark.parametrize(("data", "before", "after"), SAFE.values(), ids=SAFE)
def test_safe_without_a_newline_at_the_end(
    tmp_path: Path, data: dict[str, str], before: str, after: str
) -> None:
    assert fix(tmp_path, dedent(before).rstrip(), data).text == dedent(after).rstrip()


@pytest.mark.parametrize(("data", "before", "after"), SAFE.values(), ids=SAFE)
def test_safe_on_windows(tmp_path: Path, data: dict[str, str], before: str, after: str) -> None:
    result = fix(tmp_path, dedent(before).replace("\n", "\r\n"), data)
    assert result.text == dedent(after).replace("\n", "\r\n")


def test_an_alias_of_the_module_stays(tmp_path: Path) -> None:
    source = """
    from app.db import SessionLocal
    make = SessionLocal

    def load():
        with make() as db:
            return db.query(1)
    """
    result = fix(tmp_path, dedent(source))
    assert "with get_session() as db:" in result.text
    assert "from app.db import SessionLocal, get_session\nmake = SessionLocal\n" in result.text
    assert result.reasons == ["SessionLocal is still used on line 3"]
