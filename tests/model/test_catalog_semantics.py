"""What the catalogue says of commits and closing, against what SQLite databases are seen to do."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connlint.model.catalog.lookup import CATALOG

INSERT = "INSERT INTO t VALUES (1)"


class BlockFailedError(Exception):
    """Raised inside a block in order to leave it badly."""


@dataclass(frozen=True)
class Left:
    """What was seen after a block was left."""

    committed: bool
    closed: bool


@dataclass
class Database:
    """A SQLite file with one empty table ``t``."""

    path: Path

    def rows(self) -> int:
        with closing(sqlite3.connect(self.path)) as connection:
            count: int = connection.execute("SELECT count(*) FROM t").fetchone()[0]
            return count

    def url(self, driver: str = "pysqlite") -> str:
        return f"sqlite+{driver}:///{self.path}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "test.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x INTEGER)")
    yield Database(path)


Block = Callable[[Database, bool], bool]
"""Writes a row inside the block, raises there when told so; whether the thing is closed."""


def promised(type_name: str, *, is_async: bool = False) -> Left:
    """What the catalogue says of leaving a block on a value of this type without an error."""
    context = CATALOG.context(type_name, is_async)
    assert context is not None
    return Left("commit" in context.on_exit, "close" in context.on_exit)


def is_unusable(connection: Any) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


def sqlite3_connection(database: Database, fails: bool) -> bool:
    connection = sqlite3.connect(database.path)
    try:
        with suppress(BlockFailedError), connection:
            connection.execute(INSERT)
            if fails:
                raise BlockFailedError
        return is_unusable(connection)
    finally:
        connection.close()


def _engine(database: Database) -> Any:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    return sqlalchemy.create_engine(database.url(), poolclass=sqlalchemy.pool.QueuePool)


def _run(connection: Any, fails: bool) -> None:
    import sqlalchemy

    connection.execute(sqlalchemy.text(INSERT))
    if fails:
        raise BlockFailedError


def _start_transaction(connection: Any) -> None:
    """Make sqlite3 send its BEGIN, which it does not before a SAVEPOINT."""
    import sqlalchemy

    connection.execute(sqlalchemy.text("DELETE FROM t"))


def engine_connect(database: Database, fails: bool) -> bool:
    engine = _engine(database)
    with suppress(BlockFailedError), engine.connect() as connection:
        _run(connection, fails)
    return bool(connection.closed)


def engine_begin(database: Database, fails: bool) -> bool:
    engine = _engine(database)
    with suppress(BlockFailedError), engine.begin() as connection:
        _run(connection, fails)
    return bool(connection.closed)


def connection_begin(database: Database, fails: bool) -> bool:
    with _engine(database).connect() as connection:
        with suppress(BlockFailedError), connection.begin():
            _run(connection, fails)
        return bool(connection.closed)


def connection_begin_nested(database: Database, fails: bool) -> bool:
    with _engine(database).connect() as connection:
        _start_transaction(connection)
        with suppress(BlockFailedError), connection.begin_nested():
            _run(connection, fails)
        return bool(connection.closed)


def session(database: Database, fails: bool) -> bool:
    engine = _engine(database)
    orm = pytest.importorskip("sqlalchemy.orm")
    with suppress(BlockFailedError), orm.Session(engine) as opened:
        _run(opened, fails)
    return bool(engine.pool.checkedout() == 0)


def sessionmaker_begin(database: Database, fails: bool) -> bool:
    engine = _engine(database)
    orm = pytest.importorskip("sqlalchemy.orm")
    with suppress(BlockFailedError), orm.sessionmaker(engine).begin() as opened:
        _run(opened, fails)
    return bool(engine.pool.checkedout() == 0)


def session_begin(database: Database, fails: bool) -> bool:
    orm = pytest.importorskip("sqlalchemy.orm")
    with orm.Session(_engine(database)) as opened:
        with suppress(BlockFailedError), opened.begin():
            _run(opened, fails)
        opened.connection()
        return not opened.is_active


def session_begin_nested(database: Database, fails: bool) -> bool:
    orm = pytest.importorskip("sqlalchemy.orm")
    with orm.Session(_engine(database)) as opened:
        _start_transaction(opened)
        with suppress(BlockFailedError), opened.begin_nested():
            _run(opened, fails)
        return not opened.is_active


def sqlmodel_session(database: Database, fails: bool) -> bool:
    engine = _engine(database)
    sqlmodel = pytest.importorskip("sqlmodel")
    with suppress(BlockFailedError), sqlmodel.Session(engine) as opened:
        _run(opened, fails)
    return bool(engine.pool.checkedout() == 0)


SYNC_BLOCKS: dict[str, Block] = {
    "sqlite3.Connection": sqlite3_connection,
    "sqlalchemy.engine.Connection": engine_connect,
    "sqlalchemy.engine.Engine.begin()": engine_begin,
    "sqlalchemy.engine.Transaction": connection_begin,
    "sqlalchemy.engine.NestedTransaction": connection_begin_nested,
    "sqlalchemy.orm.Session": session,
    "sqlalchemy.orm.SessionTransaction": session_begin,
    "sqlalchemy.orm.Session.begin_nested()": session_begin_nested,
    "sqlalchemy.orm.sessionmaker.begin()": sessionmaker_begin,
    "sqlmodel.Session": sqlmodel_session,
}


@pytest.mark.parametrize("type_name", SYNC_BLOCKS)
def test_leaving_a_block(type_name: str, database: Database) -> None:
    closed = SYNC_BLOCKS[type_name](database, False)
    assert Left(database.rows() == 1, closed) == promised(type_name)


@pytest.mark.parametrize("type_name", SYNC_BLOCKS)
def test_a_failed_block_commits_nothing(type_name: str, database: Database) -> None:
    SYNC_BLOCKS[type_name](database, True)
    assert database.rows() == 0


AsyncBlock = Callable[[Database], Awaitable[bool]]


async def aiosqlite_connection(database: Database) -> bool:
    aiosqlite = pytest.importorskip("aiosqlite")
    async with aiosqlite.connect(database.path) as connection:
        await connection.execute(INSERT)
    try:
        await connection.execute("SELECT 1")
    except ValueError:
        return True
    return False


def _async_engine(database: Database) -> Any:
    pytest.importorskip("aiosqlite")
    pytest.importorskip("greenlet")
    asyncio_extension = pytest.importorskip("sqlalchemy.ext.asyncio")
    return asyncio_extension.create_async_engine(database.url("aiosqlite"))


async def async_engine_connect(database: Database) -> bool:
    import sqlalchemy

    engine = _async_engine(database)
    async with engine.connect() as connection:
        await connection.execute(sqlalchemy.text(INSERT))
    await engine.dispose()
    return bool(connection.closed)


async def async_engine_begin(database: Database) -> bool:
    import sqlalchemy

    engine = _async_engine(database)
    async with engine.begin() as connection:
        await connection.execute(sqlalchemy.text(INSERT))
    await engine.dispose()
    return bool(connection.closed)


async def async_session(database: Database) -> bool:
    import sqlalchemy
    from sqlalchemy.ext.asyncio import AsyncSession

    engine = _async_engine(database)
    async with AsyncSession(engine) as opened:
        await opened.execute(sqlalchemy.text(INSERT))
    is_returned = engine.pool.checkedout() == 0
    await engine.dispose()
    return bool(is_returned)


async def async_sessionmaker_begin(database: Database) -> bool:
    import sqlalchemy
    from sqlalchemy.ext.asyncio import async_sessionmaker

    engine = _async_engine(database)
    async with async_sessionmaker(engine).begin() as opened:
        await opened.execute(sqlalchemy.text(INSERT))
    is_returned = engine.pool.checkedout() == 0
    await engine.dispose()
    return bool(is_returned)


ASYNC_BLOCKS: dict[str, AsyncBlock] = {
    "aiosqlite.Connection": aiosqlite_connection,
    "sqlalchemy.ext.asyncio.AsyncConnection": async_engine_connect,
    "sqlalchemy.ext.asyncio.AsyncEngine.begin()": async_engine_begin,
    "sqlalchemy.ext.asyncio.AsyncSession": async_session,
    "sqlalchemy.ext.asyncio.async_sessionmaker.begin()": async_sessionmaker_begin,
}


@pytest.mark.parametrize("type_name", ASYNC_BLOCKS)
def test_leaving_an_async_block(type_name: str, database: Database) -> None:
    closed = asyncio.run(_wait(ASYNC_BLOCKS[type_name](database)))
    assert Left(database.rows() == 1, closed) == promised(type_name, is_async=True)


async def _wait(work: Awaitable[bool]) -> bool:
    return await work


@pytest.mark.parametrize("script", ["", INSERT])
def test_executescript_commits_what_is_pending_and_itself(script: str, database: Database) -> None:
    method = CATALOG.method("sqlite3.Connection", "executescript")
    assert method is not None and method.effects == ("execute", "commit")
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute(INSERT)
        connection.executescript(script)
        assert database.rows() == (2 if script else 1)


@pytest.mark.parametrize("name", ["isolation_level", "autocommit"])
def test_a_switch_turns_autocommit_on(name: str, database: Database) -> None:
    function = CATALOG.function("sqlite3.connect")
    assert function is not None
    switch = next(each for each in function.autocommit_when if each.name == name)
    arguments: dict[str, Any] = {switch.name: switch.value}
    try:
        connection = sqlite3.connect(database.path, **arguments)
    except TypeError:
        pytest.skip(f"sqlite3.connect() has no {name} yet")
    with closing(connection):
        connection.execute(INSERT)
        assert database.rows() == 1
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute(INSERT)
        assert database.rows() == 1, "without the switch a write stays pending"
