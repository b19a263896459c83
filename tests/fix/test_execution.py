"""Fixed code does with SQLite what it did: results, rows, commits, open connections."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from connlint.fix.apply import plan_and_apply
from connlint.fix.outcome import FixOptions
from fix.analyser import ASYNC, SYNC, Analyser

sqlalchemy = pytest.importorskip("sqlalchemy")

DATABASE = """
from contextlib import {a}contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
{imports}

counts = dict.fromkeys(["commit", "rollback", "checkout", "checkin"], 0)
begun = []  # keeps sessions, so that none is closed by being forgotten


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    name: Mapped[str] = mapped_column(primary_key=True)


place = Path(__file__).with_suffix(".sqlite")
engine = {engine}
SessionLocal = {factory}(engine, expire_on_commit=False)
event.listen(sa.orm.Session, "after_begin", lambda session, *_: begun.append(session))
Base.metadata.create_all(sa.create_engine(f"sqlite:///{{place}}"))
for name in counts:
    def count(*_, name=name):
        counts[name] += 1
    target = {sync_engine} if name in ("commit", "rollback") else {sync_engine}.pool
    event.listen(target, name, count)


@{a}contextmanager
{a_def}def get_session():
    session = SessionLocal()
    try:
        yield session
        {commit}
    except Exception:
        {await_}session.rollback()
        raise
    finally:
        {await_}session.close()
"""
SYNC_PARTS = {
    "a": "",
    "a_def": "",
    "await_": "",
    "imports": "from sqlalchemy.orm import sessionmaker",
    "engine": 'sa.create_engine(f"sqlite:///{place}", poolclass=sa.pool.QueuePool)',
    "sync_engine": "engine",
    "factory": "sessionmaker",
}
ASYNC_PARTS = {
    "a": "async",
    "a_def": "async ",
    "await_": "await ",
    "imports": "from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine",
    "engine": 'create_async_engine(f"sqlite+aiosqlite:///{place}", '
    "poolclass=sa.pool.AsyncAdaptedQueuePool)",
    "sync_engine": "engine.sync_engine",
    "factory": "async_sessionmaker",
}
# Each function is called twice, the second time with a name that makes it fail on the way.
SERVICE = """
import sqlalchemy as sa

from .db import Item, SessionLocal


class Failure(Exception):
    pass


def check(name):
    if name.startswith("bad"):
        raise Failure(name)


{DEF} block(name):
    {WITH} SessionLocal() as session:
        session.add(Item(name=name))
        {AWAIT}session.flush()
        check(name)
        {AWAIT}session.commit()


{DEF} block_that_reads(name):
    {WITH} SessionLocal() as session:
        rows = {AWAIT}session.execute(sa.select(sa.func.count()).select_from(Item))
        count = rows.scalar_one()
        check(name)
    return count


{DEF} transaction(name):
    {WITH} SessionLocal() as session, session.begin():
        session.add(Item(name=name))
        {AWAIT}session.flush()
        check(name)


{DEF} begun_at_once(name):
    {WITH} SessionLocal.begin() as session:
        session.add(Item(name=name))
        {AWAIT}session.flush()
        check(name)


{DEF} inner_transaction(name):
    {WITH} SessionLocal() as session:
        {WITH} session.begin():
            session.add(Item(name=name))
            {AWAIT}session.flush()
            check(name)


{DEF} closed_finally(name):
    session = SessionLocal()
    # a comment
    try:
        session.add(Item(name=name))
        {AWAIT}session.flush()
        check(name)
        {AWAIT}session.commit()
    finally:
        {AWAIT}session.close()
    return name


{DEF} rolled_back(name):
    session = SessionLocal()
    try:
        session.add(Item(name=name))
        {AWAIT}session.flush()
        check(name)
        {AWAIT}session.commit()
    except Failure:
        {AWAIT}session.rollback()
        raise
    finally:
        {AWAIT}session.close()


{DEF} opened_inside(name):
    session = None
    try:
        session = SessionLocal()
        found = {AWAIT}session.get(Item, name)
        check(name)
        return found is None
    finally:
        if session is not None:
            {AWAIT}session.close()


{DEF} entered_later(name):
    session = SessionLocal()
    {WITH} session:
        session.add(Item(name=name))
        {AWAIT}session.flush()
        check(name)
        {AWAIT}session.commit()


{DEF} closed_at_the_end(name):
    session = SessionLocal()
    rows = {AWAIT}session.execute(sa.select(Item.name))
    names = sorted(rows.scalars())
    check(name)
    {AWAIT}session.close()
    return names


{DEF} never_closed(name):
    session = SessionLocal()
    session.add(Item(name=name))
    {AWAIT}session.flush()
    check(name)
    {AWAIT}session.commit()
    return name
"""
LEAKING = {"closed_at_the_end", "never_closed"}


@dataclass(frozen=True)
class Effect:
    """What calling a function did."""

    result: object
    rows: tuple[str, ...]
    commits: int
    open_connections: int


def _service(*, is_async: bool) -> str:
    words = ("async def", "async with", "await ") if is_async else ("def", "with", "")
    return dedent(SERVICE).format(**dict(zip(("DEF", "WITH", "AWAIT"), words, strict=True)))


def _package(folder: Path, name: str, *, is_async: bool, commits: bool) -> tuple[Path, str]:
    parts = ASYNC_PARTS if is_async else SYNC_PARTS
    commit = f"{parts['await_']}session.commit()" if commits else "pass"
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "db.py").write_text(DATABASE.format(**parts, commit=commit))
    source = _service(is_async=is_async)
    (package / "service.py").write_text(source)
    return package, source


@pytest.fixture
def imported(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], tuple[ModuleType, ...]]]:
    names: list[str] = []

    def load(package: Path) -> tuple[ModuleType, ...]:
        monkeypatch.syspath_prepend(package.parent)
        names.append(package.name)
        importlib.invalidate_caches()
        return tuple(
            importlib.import_module(f"{package.name}.{part}") for part in ("db", "service")
        )

    yield load
    for name in [each for each in sys.modules if each.partition(".")[0] in names]:
        del sys.modules[name]


def _effects(db: ModuleType, service: ModuleType) -> dict[tuple[str, str], Effect]:
    functions = [each for _, each in inspect.getmembers(service, inspect.isfunction)]
    wanted = [
        each
        for each in functions
        if each.__module__ == service.__name__ and each.__name__ != "check"
    ]
    # What is left open locks the database: these come last.
    wanted.sort(key=lambda each: each.__name__ in LEAKING)

    async def call(function: Callable[[str], Any], name: str) -> object:
        try:
            result = function(name)
            return await result if inspect.isawaitable(result) else result
        except Exception as error:
            return type(error).__name__

    async def run() -> dict[tuple[str, str], Effect]:
        effects = {}
        for function in wanted:
            for kind in ("good", "bad"):
                before = dict(db.counts)
                result = await call(function, f"{kind} {function.__name__}")
                rows = _rows(db)
                done = {name: db.counts[name] - before[name] for name in before}
                effects[function.__name__, kind] = Effect(
                    result, rows, done["commit"], done["checkout"] - done["checkin"]
                )
        if hasattr(db.engine, "sync_engine"):
            await db.engine.dispose()
        return effects

    return asyncio.run(run())


def _rows(db: ModuleType) -> tuple[str, ...]:
    engine = sqlalchemy.create_engine(f"sqlite:///{db.place}")
    with engine.connect() as connection:
        names = connection.execute(sqlalchemy.text("select name from item order by name"))
        rows = tuple(name for (name,) in names)
    engine.dispose()
    return rows


@pytest.mark.filterwarnings("ignore:The garbage collector")
@pytest.mark.parametrize("commits", [False, True], ids=["plain provider", "committing provider"])
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_fixed_code_does_what_it_did(
    tmp_path: Path,
    imported: Callable[[Path], tuple[ModuleType, ...]],
    is_async: bool,
    commits: bool,
) -> None:
    if is_async:
        pytest.importorskip("aiosqlite")
        pytest.importorskip("greenlet")
    name = f"shop_{'a' if is_async else 's'}{'c' if commits else 'p'}"
    old, source = _package(tmp_path / "old", f"{name}_old", is_async=is_async, commits=commits)
    new, _ = _package(tmp_path / "new", f"{name}_new", is_async=is_async, commits=commits)
    data = {
        **(ASYNC if is_async else SYNC),
        "provider": f"{new.name}.db.get_session",
        "provider_commits": "yes" if commits else "no",
    }
    path = f"{new.name}/service.py"
    analyser = Analyser({path: source.encode()}, (f"{new.name}.db.SessionLocal",), data)
    targets = analyser.targets(new.parent)
    outcome = plan_and_apply(analyser({}), targets, FixOptions(new.parent, unsafe=True), analyser)
    assert [each.reason for each in (*outcome.refused, *outcome.left)] == []
    assert "SessionLocal" not in (new / "service.py").read_text()

    before = _effects(*imported(old))
    after = _effects(*imported(new))
    assert before.keys() == after.keys()
    for key, effect in after.items():
        was = before[key]
        assert (key, effect.result, effect.rows) == (key, was.result, was.rows)
        assert (key, effect.open_connections) == (key, 0)
        if key[0] not in LEAKING:
            assert was.open_connections == 0
        if commits:
            # Reading and committing the nothing that was written is all that a provider adds.
            assert effect.commits - was.commits in {0, 1}
        else:
            assert (key, effect.commits) == (key, was.commits)
    assert sum(effect.open_connections for effect in before.values()) > 0
