"""asyncpg: every statement outside ``transaction()`` commits at once."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    ASYNC_CLOSE,
    ASYNC_COMMIT,
    ASYNC_EXECUTE,
    ASYNC_NOTHING,
    ASYNC_READ,
    ASYNC_ROLLBACK,
    ASYNC_WRITE,
    CLOSE,
    NOTHING,
    each,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Type

_CONNECTION = "asyncpg.connection.Connection"
_POOL = "asyncpg.pool.Pool"
_TRANSACTION = "asyncpg.transaction.Transaction"
_PREPARED = "asyncpg.prepared_stmt.PreparedStatement"
_CURSOR = "asyncpg.cursor.Cursor"
_ACQUIRED = f"{_POOL}.acquire()"

_ERRORS = (
    "PostgresError IntegrityConstraintViolationError UniqueViolationError "
    "ForeignKeyViolationError NotNullViolationError CheckViolationError InterfaceError "
    "DeadlockDetectedError SerializationError"
)
_STATEMENTS = {
    **same("execute executemany fetchrow fetchval", ASYNC_EXECUTE),
    **same("fetch fetchmany", Method(("execute",), "dbapi.Rows", is_async=True)),
    **same("copy_from_query copy_from_table", ASYNC_READ),
    **same("copy_to_table copy_records_to_table", ASYNC_WRITE),
}

LIBRARY = Library(
    name="asyncpg",
    packages=("asyncpg",),
    aliases={
        **spelled("asyncpg.connection", {"asyncpg": "Connection connect"}),
        **spelled("asyncpg.exceptions", {"asyncpg": _ERRORS}),
        **spelled("asyncpg.pool", {"asyncpg": "Pool create_pool"}),
    },
    types=(
        Type(
            _CONNECTION,
            "connection",
            is_async=True,
            methods={
                **_STATEMENTS,
                "transaction": gives(_TRANSACTION),
                "prepare": gives(_PREPARED, is_async=True),
                "cursor": Method(("read",), _CURSOR, is_startable=True),
                "close": ASYNC_CLOSE,
                "terminate": CLOSE,
                "reset": ASYNC_ROLLBACK,
                **same("add_listener remove_listener set_type_codec", ASYNC_NOTHING),
                **same("set_builtin_type_codec reset_type_codec", ASYNC_NOTHING),
                **same("is_closed is_in_transaction get_settings add_log_listener", NOTHING),
            },
            autocommit=True,
        ),
        Type(
            _TRANSACTION,
            "transaction",
            is_async=True,
            methods={
                "start": Method(("begin",), is_async=True),
                "commit": ASYNC_COMMIT,
                "rollback": ASYNC_ROLLBACK,
            },
            contexts=(Context(on_enter=("begin",), on_exit=("commit",), is_async=True),),
            savepoint="nested",
        ),
        Type(
            _PREPARED,
            "cursor",
            is_async=True,
            methods={
                **same("fetch fetchmany", Method(("execute",), "dbapi.Rows", is_async=True)),
                **same("fetchrow fetchval executemany", ASYNC_EXECUTE),
                "cursor": Method(("read",), _CURSOR, is_startable=True),
                "explain": ASYNC_NOTHING,
                **same("get_query get_parameters get_attributes get_statusmsg", NOTHING),
            },
        ),
        Type(
            _CURSOR,
            "cursor",
            is_async=True,
            methods={
                "fetch": gives("dbapi.Rows", is_async=True),
                **same("fetchrow forward", ASYNC_NOTHING),
            },
        ),
        Type(
            _POOL,
            "pool",
            is_async=True,
            methods={
                # Each statement takes a connection, runs and gives it back.
                **_STATEMENTS,
                "acquire": Method(("acquire",), _ACQUIRED, is_startable=True),
                "release": Method(("close",), is_async=True, subject=0),
                "close": ASYNC_CLOSE,
                "terminate": CLOSE,
                "expire_connections": ASYNC_NOTHING,
                **same("get_size get_idle_size get_max_size get_min_size is_closing", NOTHING),
            },
            contexts=(Context(on_exit=("close",), is_async=True),),
            autocommit=True,
        ),
        Type(
            _ACQUIRED,
            "connection",
            is_async=True,
            bases=(_CONNECTION,),
            contexts=(Context(on_exit=("close",), is_async=True),),
            autocommit=True,
        ),
    ),
    functions=(
        Function("asyncpg.connection.connect", _CONNECTION, ("acquire",), is_async=True),
        Function("asyncpg.pool.create_pool", _POOL, is_startable=True),
    ),
    errors=each("asyncpg.exceptions", _ERRORS),
    base_errors=("asyncpg.exceptions.PostgresError",),
)
