"""Fixes that a person has to look at: left alone, with the reason, until they are asked for."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fix.analyser import ASYNC, COMMITTING, COMMITTING_ASYNC, SYNC, fix

UNSAFE = {
    "closed at the end": (
        SYNC,
        "closed at the end only",
        """
        def load():
            x = 1
            db = SessionLocal()
            # work
            rows = db.query(x)

            log(rows)
            # done with it
            db.close()  # really
            return rows
        """,
        """
        def load():
            x = 1
            with get_session() as db:
                # work
                rows = db.query(x)

                log(rows)
                # done with it
            return rows
        """,
    ),
    "closed at the end if it was opened": (
        SYNC,
        "closed at the end only",
        """
        def load():
            db = SessionLocal()
            db.query(1)
            if db:
                db.close()
        """,
        """
        def load():
            with get_session() as db:
                db.query(1)
        """,
    ),
    "never closed": (
        ASYNC,
        "nothing closes it so far",
        """
        async def load():
            db = SessionLocal()
            rows = await db.execute(1)
            await db.commit()
            return rows
        """,
        """
        async def load():
            async with get_session() as db:
                rows = await db.execute(1)
                await db.commit()
            return rows
        """,
    ),
    "closed before the rest of a finally": (
        SYNC,
        "it is closed after the rest of its finally clause",
        """
        def load():
            db = SessionLocal()
            try:
                db.query(1)
            finally:
                db.close()
                log()
        """,
        """
        def load():
            with get_session() as db:
                try:
                    db.query(1)
                finally:
                    log()
        """,
    ),
    "opened inside a try that handles errors": (
        SYNC,
        "its except clauses no longer see an error while it is opened",
        """
        def load():
            # all
            try:
                # open
                db = SessionLocal()
                db.query(1)
            except ValueError:
                db.rollback()
            finally:
                db.close()
        """,
        """
        def load():
            # all
            with get_session() as db:
                try:
                    # open
                    db.query(1)
                except ValueError:
                    db.rollback()
        """,
    ),
    "opened inside a try whose handlers do not use it": (
        SYNC,
        "it is closed before its except and finally clauses run",
        """
        def load():
            try:
                name = read()
                db = SessionLocal()
                db.query(name)
            except ValueError:
                log(name)
            finally:
                log("end")
                db.close()
        """,
        """
        def load():
            try:
                name = read()
                with get_session() as db:
                    db.query(name)
            except ValueError:
                log(name)
            finally:
                log("end")
        """,
    ),
    "a commit at the end under a provider that commits": (
        COMMITTING,
        "its commit is removed",
        """
        def store(x):
            with SessionLocal() as db:
                db.add(x)
                # make it last
                db.commit()
                log("stored")
                return True
        """,
        """
        def store(x):
            with get_session() as db:
                db.add(x)
                # make it last
                log("stored")
                return True
        """,
    ),
    "nothing but a commit": (
        COMMITTING_ASYNC,
        "its commit is removed",
        """
        async def store():
            async with SessionLocal() as db:
                await db.commit()
        """,
        """
        async def store():
            async with get_session() as db:
                pass
        """,
    ),
    "a write without a commit under a provider that commits": (
        COMMITTING,
        "it writes without a commit, which the provider would add",
        """
        def store(x):
            with SessionLocal() as db:
                db.add(x)
        """,
        """
        def store(x):
            with get_session() as db:
                db.add(x)
        """,
    ),
    "a result that the commit may expire": (
        COMMITTING,
        "what it returns may be unreadable after the commit",
        """
        def load():
            with SessionLocal() as db:
                return db.query(1)
        """,
        """
        def load():
            with get_session() as db:
                return db.query(1)
        """,
    ),
    "a result that is read later": (
        COMMITTING,
        "user may be unreadable after the commit",
        """
        def load():
            with SessionLocal() as db:
                user = db.get(1)
            return user.name
        """,
        """
        def load():
            with get_session() as db:
                user = db.get(1)
            return user.name
        """,
    ),
    "an error raised under a provider that commits": (
        COMMITTING,
        "it raises out of the block",
        """
        def check():
            with SessionLocal() as db:
                if not db.get(1):
                    raise KeyError
        """,
        """
        def check():
            with get_session() as db:
                if not db.get(1):
                    raise KeyError
        """,
    ),
    "a rollback before an error goes on": (
        COMMITTING,
        "it rolls back by itself",
        """
        def check():
            db = SessionLocal()
            try:
                db.execute(1)
            except Exception:
                db.rollback()
                raise
            finally:
                db.close()
        """,
        """
        def check():
            with get_session() as db:
                try:
                    db.execute(1)
                except Exception:
                    db.rollback()
                    raise
        """,
    ),
    "begin as an item under a provider that commits": (
        COMMITTING,
        "its begin() is removed",
        """
        def store(x):
            with SessionLocal() as db, db.begin():
                db.add(x)
                return x
        """,
        """
        def store(x):
            with get_session() as db:
                db.add(x)
                return x
        """,
    ),
    "begin between other items": (
        COMMITTING,
        "its begin() is removed",
        """
        def store(x):
            with (
                SessionLocal() as db,
                db.begin(),
                open(x) as file,
            ):
                db.add(file)
        """,
        """
        def store(x):
            with (
                get_session() as db,
                open(x) as file,
            ):
                db.add(file)
        """,
    ),
    "begin as a block under a provider that commits": (
        COMMITTING_ASYNC,
        "its begin() is removed",
        """
        async def store(x):
            async with SessionLocal() as db:
                # all or nothing
                async with db.begin():  # one transaction
                    # both
                    db.add(x)

                    db.add(x.y)
                    # end
        """,
        """
        async def store(x):
            async with get_session() as db:
                # all or nothing
                # one transaction
                # both
                db.add(x)

                db.add(x.y)
                # end
        """,
    ),
    "a provider that may commit": (
        {**SYNC, "provider_commits": "unknown"},
        "it is not known whether get_session() commits",
        """
        def store(x):
            with SessionLocal() as db:
                db.add(x)
                db.commit()
        """,
        """
        def store(x):
            with get_session() as db:
                db.add(x)
                db.commit()
        """,
    ),
    "an exit stack under a provider that commits": (
        COMMITTING,
        "get_session() may commit when the exit stack is closed",
        """
        def load(stack):
            return stack.enter_context(SessionLocal())
        """,
        """
        def load(stack):
            return stack.enter_context(get_session())
        """,
    ),
}
IMPORT = "from app.db import {}\n"


@pytest.mark.parametrize(("data", "reason", "before", "after"), UNSAFE.values(), ids=UNSAFE)
def test_unsafe_fixes(
    tmp_path: Path, data: dict[str, str], reason: str, before: str, after: str
) -> None:
    source = IMPORT.format("SessionLocal") + dedent(before)
    kept = fix(tmp_path / "kept", source, data)
    assert kept.text == source
    (left,) = kept.outcome.left
    assert left.reason.startswith("takes --unsafe-fixes: ")
    assert reason in left.reason
    done = fix(tmp_path / "done", source, data, unsafe=True)
    assert done.reasons == []
    assert done.text == IMPORT.format("get_session") + dedent(after)


def test_what_a_rule_calls_unsafe_is_unsafe(tmp_path: Path) -> None:
    from msgspec.structs import replace

    from connlint.fix.outcome import FixTarget
    from connlint.fix.plan import plan_file
    from fix.analyser import FORBIDDEN, Analyser

    source = b"from app.db import SessionLocal\nwith SessionLocal() as db:\n    db.get(1)\n"
    (_, finding) = Analyser({"a.py": source}, FORBIDDEN, SYNC)({})
    assert finding.intent
    unsafe = replace(finding, intent=replace(finding.intent, safety="unsafe"))
    target = FixTarget("a.py", tmp_path / "a.py", source, "a")
    plans = [
        plan_file(target, source, [each], unsafe=asked)
        for each, asked in ((finding, False), (unsafe, False), (unsafe, True))
    ]
    assert [len(plan.applied) for plan in plans] == [1, 0, 1]
