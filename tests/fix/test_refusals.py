"""What is never rewritten, whatever is asked for: the file stays, and the reason is told."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fix.analyser import ASYNC, COMMITTING, COMMITTING_ASYNC, SYNC, fix

REFUSED = {
    "synchronous code, asynchronous provider": (
        {**ASYNC, "factory_async": "no"},
        "the code is synchronous and get_session() is asynchronous",
        """
        def f():
            with SessionLocal() as db:
                db.a()
        """,
    ),
    "asynchronous code, synchronous provider": (
        {**SYNC, "factory_async": "yes"},
        "the code is asynchronous and get_session() is synchronous",
        """
        async def f():
            async with SessionLocal() as db:
                await db.a()
        """,
    ),
    "the code tells when the model can't": (
        {**SYNC, "factory_async": "unknown"},
        "the code is asynchronous and get_session() is synchronous",
        """
        async def f():
            async with SessionLocal() as db:
                await db.a()
        """,
    ),
    "the code tells, without a with": (
        {**ASYNC, "factory_async": "unknown"},
        "the code is synchronous and get_session() is asynchronous",
        """
        def f():
            db = SessionLocal()
            db.a()
        """,
    ),
    "plain with for an asynchronous provider": (
        ASYNC,
        "has to be opened with `async with`",
        """
        async def f():
            with SessionLocal() as db:
                db.a()
        """,
    ),
    "asynchronous provider in a plain function": (
        ASYNC,
        "the function is synchronous and get_session() is asynchronous",
        """
        def f():
            db = SessionLocal()
            db.a()
        """,
    ),
    "conditional expression": (
        SYNC,
        "chosen by a conditional expression",
        """
        def f(x):
            db = SessionLocal() if x else other()
            db.close()
        """,
    ),
    "session or a new one": (
        SYNC,
        "chosen by a conditional expression",
        """
        def f(db=None):
            db = db or SessionLocal()
            db.a()
        """,
    ),
    "factory chosen before": (
        SYNC,
        "chosen by a conditional expression",
        """
        def f(x):
            make = SessionLocal if x else other
            with make() as db:
                db.a()
        """,
    ),
    "factory chosen on the spot": (
        SYNC,
        "chosen by a conditional expression",
        """
        def f(x):
            with (SessionLocal if x else other)() as db:
                db.a()
        """,
    ),
    "factory that depends on the run": (
        SYNC,
        "which factory make is depends on the run",
        """
        def f(x):
            make = SessionLocal
            if x:
                make = other
            with make() as db:
                db.a()
        """,
    ),
    "factory as a parameter": (
        SYNC,
        "the factory is a parameter",
        """
        make = SessionLocal
        def f(make=make):
            with make() as db:
                db.a()
        """,
    ),
    "returned": (
        SYNC,
        "the session is returned",
        """
        def f():
            return SessionLocal()
        """,
    ),
    "returned later": (
        SYNC,
        "the session is returned (line 6)",
        """
        def f():
            db = SessionLocal()
            db.a()
            return db
        """,
    ),
    "returned with something": (
        SYNC,
        "the session is returned (line 5)",
        """
        def f():
            with SessionLocal() as db:
                return [1, (2, db)]
        """,
    ),
    "yielded": (
        SYNC,
        "the session is yielded (line 6)",
        """
        def f():
            db = SessionLocal()
            try:
                yield db
            finally:
                db.close()
        """,
    ),
    "yielded from its block": (
        SYNC,
        "the session is yielded",
        """
        def f():
            with SessionLocal() as db:
                yield db
        """,
    ),
    "stored in an attribute": (
        SYNC,
        "the session is stored in self.db",
        """
        def f(self):
            self.db = SessionLocal()
        """,
    ),
    "stored in a container": (
        SYNC,
        "the session is stored in a container",
        """
        def f(x):
            x[0] = SessionLocal()
        """,
    ),
    "stored later": (
        SYNC,
        "the session is stored under another name (line 5)",
        """
        def f(self):
            with SessionLocal() as db:
                self.db = db
        """,
    ),
    "stored in an attribute by a with": (
        SYNC,
        "the session is stored in an attribute or container",
        """
        def f(self):
            with SessionLocal() as self.db:
                self.a()
        """,
    ),
    "stored under several names": (
        SYNC,
        "stored under several names",
        """
        def f():
            a = b = SessionLocal()
            a.close()
        """,
    ),
    "stored in a global": (
        SYNC,
        "a variable of an outer scope",
        """
        db = None
        def f():
            global db
            db = SessionLocal()
            db.a()
        """,
    ),
    "stored in a class": (
        SYNC,
        "stored in an attribute of the class",
        """
        class A:
            db = SessionLocal()
            db.a()
        """,
    ),
    "stored as a default": (
        SYNC,
        "stored as a default",
        """
        def f(db=SessionLocal()):
            db.a()
        """,
    ),
    "assigned inside an expression": (
        SYNC,
        "assigned inside an expression",
        """
        def f():
            if db := SessionLocal():
                db.a()
        """,
    ),
    "used where it is made": (
        SYNC,
        "the session has no name",
        """
        def f():
            return SessionLocal().query(1)
        """,
    ),
    "handed on where it is made": (
        SYNC,
        "handed on without a name",
        """
        def f():
            g(SessionLocal())
        """,
    ),
    "closed by someone else": (
        SYNC,
        "is ended elsewhere: its close is handed on",
        """
        def f(stack):
            db = SessionLocal()
            stack.callback(db.close)
            db.a()
        """,
    ),
    "handed to an exit stack later": (
        SYNC,
        "is handed to an exit stack",
        """
        def f(stack):
            db = SessionLocal()
            stack.enter_context(db)
            db.a()
        """,
    ),
    "factory arguments": (
        SYNC,
        "no place for the arguments",
        """
        def f():
            with SessionLocal(expire_on_commit=False) as db:
                db.a()
        """,
    ),
    "bound again": (
        SYNC,
        "the session is bound again",
        """
        def f():
            with SessionLocal() as db:
                db = g(db)
        """,
    ),
    "used outside its block": (
        SYNC,
        "used outside the block in which it is opened",
        """
        def f(x):
            if x:
                db = SessionLocal()
                db.a()
            db.b()
        """,
    ),
    "optional parameter": (
        SYNC,
        "used outside the block in which it is opened",
        """
        def f(db=None):
            if db is None:
                db = SessionLocal()
            db.b()
        """,
    ),
    "used after its close": (
        SYNC,
        "used again after it was closed",
        """
        def f():
            db = SessionLocal()
            try:
                db.a()
            finally:
                db.close()
            db.b()
        """,
    ),
    "used after a plain close": (
        SYNC,
        "used again after it was closed",
        """
        def f():
            db = SessionLocal()
            db.a()
            db.close()
            db.b()
        """,
    ),
    "used after its with": (
        SYNC,
        "used again after it was closed",
        """
        def f():
            db = SessionLocal()
            with db:
                db.a()
            db.b()
        """,
    ),
    "two names": (
        SYNC,
        "goes by two names",
        """
        def f():
            db = SessionLocal()
            with db as s:
                db.a(s)
        """,
    ),
    "opened in the middle of a try that handles its errors": (
        SYNC,
        "in the middle of a try",
        """
        def f():
            try:
                g()
                db = SessionLocal()
                db.a()
            except E:
                db.rollback()
            finally:
                db.close()
        """,
    ),
    "never used": (
        SYNC,
        "the session is never used",
        """
        def f():
            db = SessionLocal()
            db.close()
        """,
    ),
    "used by functions of the module": (
        SYNC,
        "used outside the block",
        """
        def f():
            return db.a()
        db = SessionLocal()
        """,
    ),
    "one line": (
        SYNC,
        "shares a line",
        """
        def f(): db = SessionLocal(); db.a()
        """,
    ),
    "shared line": (
        SYNC,
        "shares a line",
        """
        def f():
            db = SessionLocal(); x = 1
            db.a(x)
        """,
    ),
    "rollback under a provider that commits": (
        COMMITTING,
        "line 6 rolls back, and get_session() commits when it is left",
        """
        def f():
            with SessionLocal() as db:
                db.a()
                db.rollback()
        """,
    ),
    "rollback in a handler that goes on": (
        COMMITTING,
        "rolls back",
        """
        def f():
            with SessionLocal() as db:
                try:
                    db.a()
                except E:
                    db.rollback()
        """,
    ),
    "handler that goes on": (
        COMMITTING,
        "handles an error and goes on",
        """
        def f():
            with SessionLocal() as db:
                try:
                    db.a()
                except E:
                    log()
        """,
    ),
    "early return": (
        COMMITTING,
        "line 5 leaves early, and get_session() commits when it is left",
        """
        def f(x):
            with SessionLocal() as db:
                if x: return 1
                db.a(x)
        """,
    ),
    "return in a handler": (
        COMMITTING,
        "leaves early",
        """
        def f(x):
            with SessionLocal() as db:
                try:
                    g()
                except E:
                    return 1
        """,
    ),
    "break out": (
        COMMITTING,
        "leaves early",
        """
        def f(x):
            for y in x:
                with SessionLocal() as db:
                    if y: break
                    db.a(x)
        """,
    ),
    "continue out of else": (
        COMMITTING,
        "leaves early",
        """
        def f(x):
            for y in x:
                with SessionLocal() as db:
                    for z in y:
                        pass
                    else:
                        continue
                    db.a(x)
        """,
    ),
    "early return under one that may commit": (
        {**SYNC, "provider_commits": "unknown"},
        "get_session() may commit when it is left",
        """
        def f(x):
            with SessionLocal() as db:
                if x: return 1
                db.a(x)
        """,
    ),
    "commit that others depend on": (
        COMMITTING_ASYNC,
        "line 5 commits before the end",
        """
        async def f(x):
            async with SessionLocal() as db:
                await db.commit()
                await db.refresh(x)
        """,
    ),
    "commit under a condition": (
        COMMITTING,
        "commits before the end or under a condition",
        """
        def f(x):
            with SessionLocal() as db:
                if x:
                    db.commit()
        """,
    ),
    "commit in a loop": (
        COMMITTING,
        "commits before the end or under a condition",
        """
        def f(x):
            with SessionLocal() as db:
                for y in x:
                    db.commit()
        """,
    ),
    "commit that shares its line": (
        COMMITTING,
        "commits before the end",
        """
        def f(x):
            with SessionLocal() as db:
                db.add(x); db.commit()
        """,
    ),
    "begin in the middle": (
        COMMITTING,
        "begins a transaction",
        """
        def f(x):
            with SessionLocal() as db:
                db.a()
                with db.begin():
                    db.add(x)
        """,
    ),
    "begin that has a name": (
        COMMITTING,
        "the transaction has a name of its own",
        """
        def f(x):
            with SessionLocal() as db, db.begin() as t:
                t.commit()
        """,
    ),
    "factory.begin() under one that may commit": (
        {**SYNC, "provider_commits": "unknown"},
        "the block commits when it is left, and get_session() may not",
        """
        def f(x):
            with SessionLocal.begin() as db:
                db.add(x)
        """,
    ),
    "factory.begin() without a name": (
        SYNC,
        "no name to begin a transaction on",
        """
        def f(x):
            with SessionLocal.begin():
                g()
        """,
    ),
    "factory.begin() without a block": (
        SYNC,
        "has to be entered with it",
        """
        def f(x):
            t = SessionLocal.begin()
            t.a()
        """,
    ),
    "dependency": (
        {**SYNC, "provider_shape": "generator"},
        "get_session() is a dependency",
        """
        def f():
            with SessionLocal() as db:
                db.a()
        """,
    ),
    "scoped session": (
        {**SYNC, "provider_shape": "scoped"},
        "get_session() is a scoped session",
        """
        def f():
            with SessionLocal() as db:
                db.a()
        """,
    ),
    "unknown shape": (
        {**SYNC, "provider_shape": "riddle"},
        "the shape of get_session() is not known",
        """
        def f():
            with SessionLocal() as db:
                db.a()
        """,
    ),
    "no provider": (
        {**SYNC, "provider": ""},
        "can't be imported by its name",
        """
        def f():
            with SessionLocal() as db:
                db.a()
        """,
    ),
    "wrong kind of exit stack": (
        ASYNC,
        "has to be entered with `enter_async_context`",
        """
        async def f(s):
            s.enter_context(SessionLocal())
        """,
    ),
}
IMPORT = "from app.db import SessionLocal\n"


@pytest.mark.parametrize(("data", "reason", "source"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, data: dict[str, str], reason: str, source: str) -> None:
    source = IMPORT + dedent(source)
    result = fix(tmp_path, source, data, unsafe=True)
    assert result.text == source
    assert result.outcome.fixed == ()
    assert result.outcome.left == ()
    reasons = [each.reason for each in result.outcome.refused if each.finding.code == "DBC101"]
    assert any(reason in each for each in reasons), reasons
    assert not result.outcome.changes


def test_a_reference_that_is_handed_on_is_refused(tmp_path: Path) -> None:
    source = """
    from fastapi import Depends
    from app.db import SessionLocal

    def f(db=Depends(SessionLocal)):
        db.a()
    """
    result = fix(tmp_path, dedent(source), SYNC, unsafe=True)
    assert result.text == dedent(source)
    assert "get_session() is a context manager, which can't be injected" in result.reasons


def test_a_reference_elsewhere_is_refused(tmp_path: Path) -> None:
    source = "from app.db import SessionLocal\n\nDepends = run\nDepends(SessionLocal)\n"
    result = fix(tmp_path, source, SYNC, unsafe=True)
    assert result.text == source
    assert "the factory itself is handed on, not a session" in result.reasons
