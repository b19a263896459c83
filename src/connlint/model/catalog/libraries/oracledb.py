"""python-oracledb: ``with`` on a connection rolls back what is uncommitted and closes it."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    ASYNC_CLOSE,
    ASYNC_COMMIT,
    ASYNC_EXECUTE,
    ASYNC_NOTHING,
    ASYNC_ROLLBACK,
    BEGIN,
    CLOSE,
    EXECUTE,
    NOTHING,
    PEP_249_BASE_ERRORS,
    PEP_249_ERRORS,
    each,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Switch, Type

_CONNECTION = "oracledb.Connection"
_ASYNC_CONNECTION = "oracledb.AsyncConnection"
_CURSOR = "oracledb.Cursor"
_ASYNC_CURSOR = "oracledb.AsyncCursor"
_POOL = "oracledb.ConnectionPool"
_ASYNC_POOL = "oracledb.AsyncConnectionPool"
_AUTOCOMMIT = (Switch("autocommit", True),)
_ASYNC_ROWS = Method(("execute",), "dbapi.Rows", is_async=True)

LIBRARY = Library(
    name="python-oracledb",
    packages=("oracledb",),
    aliases=spelled(
        "oracledb",
        {
            "oracledb.connection": "Connection AsyncConnection connect connect_async",
            "oracledb.cursor": "Cursor AsyncCursor",
            "oracledb.exceptions": PEP_249_ERRORS,
            "oracledb.pool": "ConnectionPool AsyncConnectionPool create_pool create_pool_async",
        },
    )
    | {"oracledb.SessionPool": _POOL},
    types=(
        Type(
            _CONNECTION,
            "connection",
            bases=("dbapi.Connection",),
            methods={
                "cursor": gives(_CURSOR),
                "begin": BEGIN,
                **same("cancel ping createlob gettype is_healthy", NOTHING),
            },
            contexts=(Context(on_exit=("close",)),),
            autocommit_when=_AUTOCOMMIT,
        ),
        Type(
            _CURSOR,
            "cursor",
            bases=("dbapi.Cursor",),
            methods={
                "execute": Method(("execute",), "self"),
                **same("callproc callfunc", EXECUTE),
                **same("var arrayvar parse prepare bindnames scroll", NOTHING),
            },
            attributes={"connection": _CONNECTION},
            contexts=(Context(),),
        ),
        Type(
            _POOL,
            "pool",
            methods={
                "acquire": Method(("acquire",), _CONNECTION),
                "release": Method(("close",), subject=0),
                "drop": Method(("close",), subject=0),
                "close": CLOSE,
                "reconfigure": NOTHING,
            },
        ),
        Type(
            _ASYNC_CONNECTION,
            "connection",
            is_async=True,
            methods={
                "cursor": gives(_ASYNC_CURSOR),
                **same("execute executemany callproc callfunc fetchone", ASYNC_EXECUTE),
                **same("fetchall fetchmany", _ASYNC_ROWS),
                "commit": ASYNC_COMMIT,
                "rollback": ASYNC_ROLLBACK,
                "close": ASYNC_CLOSE,
                "run_pipeline": ASYNC_EXECUTE,
                **same("ping createlob gettype", ASYNC_NOTHING),
                **same("cancel is_healthy", NOTHING),
            },
            contexts=(Context(on_exit=("close",), is_async=True),),
            autocommit_when=_AUTOCOMMIT,
        ),
        Type(
            _ASYNC_CURSOR,
            "cursor",
            is_async=True,
            methods={
                "execute": Method(("execute",), is_async=True),
                **same("executemany callproc callfunc", ASYNC_EXECUTE),
                **same("fetchall fetchmany", gives("dbapi.Rows", is_async=True)),
                **same("fetchone parse scroll", ASYNC_NOTHING),
                **same("close var arrayvar prepare setinputsizes", NOTHING),
            },
            attributes={"connection": _ASYNC_CONNECTION},
            contexts=(Context(), Context(is_async=True)),
        ),
        Type(
            _ASYNC_POOL,
            "pool",
            is_async=True,
            methods={
                "acquire": Method(("acquire",), _ASYNC_CONNECTION, is_startable=True),
                **same("release drop", Method(("close",), is_async=True, subject=0)),
                "close": ASYNC_CLOSE,
            },
        ),
    ),
    functions=(
        Function("oracledb.connect", _CONNECTION, ("acquire",)),
        Function("oracledb.connect_async", _ASYNC_CONNECTION, ("acquire",), is_startable=True),
        Function("oracledb.create_pool", _POOL),
        Function("oracledb.create_pool_async", _ASYNC_POOL),
        Function(_CONNECTION, _CONNECTION, ("acquire",)),
    ),
    errors=each("oracledb", PEP_249_ERRORS),
    base_errors=each("oracledb", PEP_249_BASE_ERRORS),
)
