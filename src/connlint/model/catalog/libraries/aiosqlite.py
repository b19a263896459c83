"""aiosqlite: sqlite3 behind a thread; ``async with`` on a connection closes it without a commit."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    ASYNC_CLOSE,
    ASYNC_COMMIT,
    ASYNC_NOTHING,
    ASYNC_ROLLBACK,
    CLOSE,
    NOTHING,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Switch, Type

_CONNECTION = "aiosqlite.Connection"
_CURSOR = "aiosqlite.Cursor"

_EXECUTE = Method(("execute",), _CURSOR, is_startable=True)
_AUTOCOMMIT = (Switch("isolation_level", None), Switch("autocommit", True))

LIBRARY = Library(
    name="aiosqlite",
    packages=("aiosqlite",),
    aliases={
        **spelled(
            "aiosqlite",
            {"aiosqlite.core": "connect Connection Cursor", "aiosqlite.cursor": "Cursor"},
        ),
        **spelled(
            "sqlite3",
            {
                "aiosqlite": (
                    "Error DatabaseError IntegrityError NotSupportedError OperationalError "
                    "ProgrammingError"
                ),
            },
        ),
    },
    types=(
        Type(
            _CONNECTION,
            "connection",
            is_async=True,
            methods={
                "cursor": Method((), _CURSOR, is_startable=True),
                **same("execute executemany", _EXECUTE),
                # As in sqlite3, the script commits what is pending and then itself.
                "executescript": Method(("execute", "commit"), _CURSOR, is_startable=True),
                "execute_insert": Method(("execute",), is_startable=True),
                "execute_fetchall": Method(("execute",), "dbapi.Rows", is_startable=True),
                "commit": ASYNC_COMMIT,
                "rollback": ASYNC_ROLLBACK,
                "close": ASYNC_CLOSE,
                "stop": CLOSE,
                **same("backup create_function interrupt load_extension", ASYNC_NOTHING),
                **same("enable_load_extension set_authorizer", ASYNC_NOTHING),
                **same("set_progress_handler set_trace_callback", ASYNC_NOTHING),
                "iterdump": NOTHING,
            },
            contexts=(Context(on_exit=("close",), is_async=True),),
            autocommit_when=_AUTOCOMMIT,
        ),
        Type(
            _CURSOR,
            "cursor",
            is_async=True,
            methods={
                **same("execute executemany", Method(("execute",), "self", is_async=True)),
                "executescript": Method(("execute", "commit"), "self", is_async=True),
                **same("fetchall fetchmany", gives("dbapi.Rows", is_async=True)),
                **same("fetchone close", ASYNC_NOTHING),
            },
            attributes={"connection": _CONNECTION},
            contexts=(Context(is_async=True),),
        ),
    ),
    functions=(
        Function(
            "aiosqlite.connect",
            _CONNECTION,
            ("acquire",),
            is_startable=True,
            autocommit_when=_AUTOCOMMIT,
        ),
    ),
)
