"""aiomysql: ``async with`` on a connection closes it without a commit; a pool hands them out."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    ASYNC_BEGIN,
    ASYNC_COMMIT,
    ASYNC_EXECUTE,
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

_CONNECTION = "aiomysql.connection.Connection"
_CURSOR = "aiomysql.cursors.Cursor"
_POOL = "aiomysql.pool.Pool"
_ACQUIRED = f"{_POOL}.acquire()"
_AUTOCOMMIT = (Switch("autocommit", True),)

LIBRARY = Library(
    name="aiomysql",
    packages=("aiomysql",),
    aliases={
        **spelled("aiomysql.connection", {"aiomysql": "connect Connection"}),
        **spelled("aiomysql.cursors", {"aiomysql": "Cursor DictCursor SSCursor SSDictCursor"}),
        **spelled("aiomysql.pool", {"aiomysql": "create_pool Pool"}),
    },
    types=(
        Type(
            _CONNECTION,
            "connection",
            is_async=True,
            methods={
                "cursor": Method((), _CURSOR, is_startable=True),
                "query": ASYNC_EXECUTE,
                "begin": ASYNC_BEGIN,
                "commit": ASYNC_COMMIT,
                "rollback": ASYNC_ROLLBACK,
                # Not a coroutine; the one that also says good-bye to the server is.
                "close": CLOSE,
                "ensure_closed": Method(("close",), is_async=True),
                "autocommit": Method(is_async=True, autocommit_when=(Switch("value", True, 0),)),
                **same("ping select_db set_charset kill show_warnings", ASYNC_NOTHING),
                **same("escape literal insert_id affected_rows thread_id", NOTHING),
            },
            contexts=(Context(on_exit=("close",), is_async=True),),
        ),
        Type(
            _CURSOR,
            "cursor",
            is_async=True,
            methods={
                **same("execute executemany callproc", ASYNC_EXECUTE),
                # Plain methods that give a future.
                **same("fetchall fetchmany", Method((), "dbapi.Rows", is_startable=True)),
                **same("fetchone scroll", Method(is_startable=True)),
                **same("close nextset", ASYNC_NOTHING),
                "mogrify": NOTHING,
            },
            attributes={"connection": _CONNECTION},
            contexts=(Context(is_async=True),),
        ),
        Type("aiomysql.cursors.DictCursor", "cursor", is_async=True, bases=(_CURSOR,)),
        # Unbuffered, so fetching waits for the server.
        *(
            Type(
                f"aiomysql.cursors.{name}",
                "cursor",
                is_async=True,
                bases=(_CURSOR,),
                methods={
                    **same("fetchall fetchmany", gives("dbapi.Rows", is_async=True)),
                    **same("fetchone scroll", ASYNC_NOTHING),
                },
            )
            for name in ("SSCursor", "SSDictCursor")
        ),
        Type(
            _POOL,
            "pool",
            is_async=True,
            methods={
                "acquire": Method(("acquire",), _ACQUIRED, is_startable=True),
                "release": Method(("close",), is_startable=True, subject=0),
                **same("close terminate", CLOSE),
                **same("clear wait_closed", ASYNC_NOTHING),
            },
            contexts=(Context(on_exit=("close",), is_async=True),),
        ),
        Type(_ACQUIRED, "connection", is_async=True, bases=(_CONNECTION,)),
    ),
    functions=(
        Function(
            "aiomysql.connection.connect",
            _CONNECTION,
            ("acquire",),
            is_startable=True,
            autocommit_when=_AUTOCOMMIT,
        ),
        Function(
            "aiomysql.pool.create_pool", _POOL, is_startable=True, autocommit_when=_AUTOCOMMIT
        ),
    ),
    errors=each("aiomysql", PEP_249_ERRORS),
    base_errors=each("aiomysql", PEP_249_BASE_ERRORS),
)
