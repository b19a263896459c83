"""psycopg 3 and psycopg_pool: ``with`` on a connection commits and closes it."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    ASYNC_CLOSE,
    ASYNC_COMMIT,
    ASYNC_NOTHING,
    ASYNC_ROLLBACK,
    CLOSE,
    NOTHING,
    PEP_249_BASE_ERRORS,
    PEP_249_ERRORS,
    each,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Switch, Type

_CONNECTION = "psycopg.Connection"
_ASYNC_CONNECTION = "psycopg.AsyncConnection"
_CURSOR = "psycopg.Cursor"
_ASYNC_CURSOR = "psycopg.AsyncCursor"
_TRANSACTION = "psycopg.Transaction"
_ASYNC_TRANSACTION = "psycopg.AsyncTransaction"
_POOL = "psycopg_pool.ConnectionPool"
_ASYNC_POOL = "psycopg_pool.AsyncConnectionPool"

_AUTOCOMMIT = (Switch("autocommit", True),)
_SET_AUTOCOMMIT = (Switch("value", True, 0),)

_SYNC_TYPES = (
    Type(
        _CONNECTION,
        "connection",
        bases=("dbapi.Connection",),
        methods={
            "cursor": gives(_CURSOR),
            "execute": Method(("execute",), _CURSOR),
            "transaction": gives(_TRANSACTION),
            "set_autocommit": Method(autocommit_when=_SET_AUTOCOMMIT),
            "connect": Method(("acquire",), "self", autocommit_when=_AUTOCOMMIT),
            **same("cancel cancel_safe notifies pipeline set_isolation_level", NOTHING),
            **same("set_read_only set_deferrable wait fileno", NOTHING),
        },
        contexts=(Context(on_exit=("commit", "close")),),
        autocommit_when=_AUTOCOMMIT,
    ),
    Type(
        _CURSOR,
        "cursor",
        bases=("dbapi.Cursor",),
        methods={
            "execute": Method(("execute",), "self"),
            "stream": Method(("execute",)),
            "copy": Method(("execute",), f"{_CURSOR}.copy()"),
            **same("nextset scroll results", NOTHING),
        },
        attributes={"connection": _CONNECTION},
        contexts=(Context(),),
    ),
    Type(f"{_CURSOR}.copy()", contexts=(Context(),)),
    *(
        Type(f"psycopg.{name}", "cursor", bases=(_CURSOR,))
        for name in ("ClientCursor", "RawCursor", "ServerCursor")
    ),
    Type(
        _TRANSACTION,
        "transaction",
        attributes={"connection": _CONNECTION},
        contexts=(Context(on_enter=("begin",), on_exit=("commit",)),),
        savepoint="nested",
    ),
    Type(
        _POOL,
        "pool",
        methods={
            "connection": gives(f"{_POOL}.connection()"),
            "getconn": Method(("acquire",), f"{_POOL}.getconn()"),
            "putconn": Method(("close",), subject=0),
            "close": CLOSE,
            **same("open wait check drain resize get_stats pop_stats", NOTHING),
        },
        contexts=(Context(on_exit=("close",)),),
    ),
    Type(
        f"{_POOL}.connection()",
        contexts=(Context(_CONNECTION, ("acquire",), ("commit", "close")),),
    ),
    # A connection that belongs to a pool is not closed by its own `with`.
    Type(
        f"{_POOL}.getconn()",
        "connection",
        bases=(_CONNECTION,),
        contexts=(Context(on_exit=("commit",)),),
    ),
    Type("psycopg_pool.NullConnectionPool", "pool", bases=(_POOL,)),
)

_ASYNC_TYPES = (
    Type(
        _ASYNC_CONNECTION,
        "connection",
        is_async=True,
        methods={
            "cursor": gives(_ASYNC_CURSOR),
            "execute": Method(("execute",), _ASYNC_CURSOR, is_async=True),
            "transaction": gives(_ASYNC_TRANSACTION),
            "commit": ASYNC_COMMIT,
            "rollback": ASYNC_ROLLBACK,
            "close": ASYNC_CLOSE,
            "set_autocommit": Method(is_async=True, autocommit_when=_SET_AUTOCOMMIT),
            "connect": Method(("acquire",), "self", is_async=True, autocommit_when=_AUTOCOMMIT),
            **same("cancel_safe set_isolation_level set_read_only", ASYNC_NOTHING),
            **same("set_deferrable wait", ASYNC_NOTHING),
            **same("cancel notifies pipeline fileno", NOTHING),
        },
        contexts=(Context(on_exit=("commit", "close"), is_async=True),),
    ),
    Type(
        _ASYNC_CURSOR,
        "cursor",
        is_async=True,
        methods={
            "execute": Method(("execute",), "self", is_async=True),
            "executemany": Method(("execute",), is_async=True),
            "stream": Method(("execute",)),
            "copy": Method(("execute",), f"{_ASYNC_CURSOR}.copy()"),
            **same("fetchall fetchmany", gives("dbapi.Rows", is_async=True)),
            **same("fetchone close scroll", ASYNC_NOTHING),
            **same("nextset results", NOTHING),
        },
        attributes={"connection": _ASYNC_CONNECTION},
        contexts=(Context(is_async=True),),
    ),
    Type(f"{_ASYNC_CURSOR}.copy()", contexts=(Context(is_async=True),)),
    *(
        Type(f"psycopg.{name}", "cursor", is_async=True, bases=(_ASYNC_CURSOR,))
        for name in ("AsyncClientCursor", "AsyncRawCursor", "AsyncServerCursor")
    ),
    Type(
        _ASYNC_TRANSACTION,
        "transaction",
        is_async=True,
        attributes={"connection": _ASYNC_CONNECTION},
        contexts=(Context(on_enter=("begin",), on_exit=("commit",), is_async=True),),
        savepoint="nested",
    ),
    Type(
        _ASYNC_POOL,
        "pool",
        is_async=True,
        methods={
            "connection": gives(f"{_ASYNC_POOL}.connection()"),
            "getconn": Method(("acquire",), f"{_ASYNC_POOL}.getconn()", is_async=True),
            "putconn": Method(("close",), is_async=True, subject=0),
            "close": ASYNC_CLOSE,
            **same("open wait check drain resize", ASYNC_NOTHING),
            **same("get_stats pop_stats", NOTHING),
        },
        contexts=(Context(on_exit=("close",), is_async=True),),
    ),
    Type(
        f"{_ASYNC_POOL}.connection()",
        contexts=(Context(_ASYNC_CONNECTION, ("acquire",), ("commit", "close"), True),),
    ),
    Type(
        f"{_ASYNC_POOL}.getconn()",
        "connection",
        is_async=True,
        bases=(_ASYNC_CONNECTION,),
        contexts=(Context(on_exit=("commit",), is_async=True),),
    ),
    Type("psycopg_pool.AsyncNullConnectionPool", "pool", is_async=True, bases=(_ASYNC_POOL,)),
)

LIBRARY = Library(
    name="psycopg",
    packages=("psycopg", "psycopg_pool"),
    aliases={
        **spelled("psycopg", {"psycopg.errors": PEP_249_ERRORS}),
        **spelled(
            "psycopg",
            {
                "psycopg.connection": "Connection",
                "psycopg.connection_async": "AsyncConnection",
                "psycopg.cursor": "Cursor",
                "psycopg.cursor_async": "AsyncCursor",
                "psycopg.transaction": "Transaction AsyncTransaction",
            },
        ),
        **spelled(
            "psycopg_pool",
            {
                "psycopg_pool.pool": "ConnectionPool",
                "psycopg_pool.pool_async": "AsyncConnectionPool",
                "psycopg_pool.null_pool": "NullConnectionPool",
                "psycopg_pool.null_pool_async": "AsyncNullConnectionPool",
            },
        ),
    },
    types=_SYNC_TYPES + _ASYNC_TYPES,
    functions=(
        Function("psycopg.connect", _CONNECTION, ("acquire",), autocommit_when=_AUTOCOMMIT),
    ),
    errors=each("psycopg", PEP_249_ERRORS),
    base_errors=each("psycopg", PEP_249_BASE_ERRORS),
)
