"""SQLAlchemy's asyncio extension: what has to be awaited, and what must not be."""

from __future__ import annotations

from connlint.model.catalog.libraries.sqlalchemy_core import AUTOCOMMIT
from connlint.model.catalog.libraries.sqlalchemy_orm import SESSION
from connlint.model.catalog.notation import (
    ASYNC_CLOSE,
    ASYNC_COMMIT,
    ASYNC_EXECUTE,
    ASYNC_FLUSH,
    ASYNC_NOTHING,
    ASYNC_READ,
    ASYNC_ROLLBACK,
    ASYNC_WRITE,
    DEFERRED_WRITE,
    NOTHING,
    SELF,
    each,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Type

_PACKAGE = "sqlalchemy.ext.asyncio"
ASYNC_SESSION = f"{_PACKAGE}.AsyncSession"
ASYNC_MAKER = f"{_PACKAGE}.async_sessionmaker"
_SCOPED = f"{_PACKAGE}.async_scoped_session"
_ENGINE = f"{_PACKAGE}.AsyncEngine"
_CONNECTION = f"{_PACKAGE}.AsyncConnection"
_TRANSACTION = f"{_PACKAGE}.AsyncTransaction"
_SESSION_TRANSACTION = f"{_PACKAGE}.AsyncSessionTransaction"
_RESULT = f"{_PACKAGE}.AsyncResult"
_SCALARS = f"{_PACKAGE}.AsyncScalarResult"
_MAPPINGS = f"{_PACKAGE}.AsyncMappingResult"
_SESSION_SAVEPOINT = f"{ASYNC_SESSION}.begin_nested()"
_SAVEPOINT = f"{_CONNECTION}.begin_nested()"
_REGISTRY = f"sqlalchemy.util.ScopedRegistry[{ASYNC_SESSION}]"

_OPTIONS = Method(returns="self", is_async=True, autocommit_when=AUTOCOMMIT)
_CORE_RESULT = "sqlalchemy.engine.CursorResult"
_CORE_SCALARS = "sqlalchemy.engine.ScalarResult"

# Pending changes are only marked, so these few are plain methods.
_PROXIED = {
    **same("add add_all", DEFERRED_WRITE),
    **same("expire expire_all expunge expunge_all is_modified identity_key", NOTHING),
    "get_bind": gives("sqlalchemy.engine.Engine"),
    "begin": Method(("begin",), _SESSION_TRANSACTION, is_startable=True),
    "begin_nested": Method(("flush",), _SESSION_SAVEPOINT, is_startable=True),
    **same("delete delete_all", ASYNC_WRITE),
    **same("merge merge_all", Method(("read", "write"), is_async=True)),
    **same("get get_one refresh", ASYNC_READ),
    "execute": Method(("execute",), _CORE_RESULT, is_async=True),
    "scalars": Method(("execute",), _CORE_SCALARS, is_async=True),
    "scalar": ASYNC_EXECUTE,
    "stream": Method(("execute",), _RESULT, is_async=True),
    "stream_scalars": Method(("execute",), _SCALARS, is_async=True),
    "connection": gives(_CONNECTION, is_async=True),
    "flush": ASYNC_FLUSH,
    "commit": ASYNC_COMMIT,
    "rollback": ASYNC_ROLLBACK,
    **same("close aclose reset invalidate", ASYNC_CLOSE),
    "close_all": ASYNC_NOTHING,
    "object_session": gives(SESSION),
}
_ATTRIBUTES = {"bind": _ENGINE, "no_autoflush": f"{ASYNC_SESSION}.no_autoflush"}
_FETCHES = {
    **same("all fetchall fetchmany", gives("dbapi.Rows", is_async=True)),
    **same("first one one_or_none close", ASYNC_NOTHING),
}

_TYPES = (
    Type(
        ASYNC_SESSION,
        "session",
        is_async=True,
        methods={
            **_PROXIED,
            "run_sync": Method(is_async=True, passes=SESSION),
            "get_transaction": gives(_SESSION_TRANSACTION),
            "get_nested_transaction": gives(_SESSION_SAVEPOINT),
            **same("in_transaction in_nested_transaction", NOTHING),
        },
        attributes={**_ATTRIBUTES, "sync_session": SESSION},
        contexts=(Context(on_exit=("close",), is_async=True),),
        autobegins=True,
    ),
    # Entered with a plain `with`, on the synchronous session inside.
    Type(f"{ASYNC_SESSION}.no_autoflush", contexts=(Context(SESSION),)),
    Type(
        _SESSION_TRANSACTION,
        "transaction",
        is_async=True,
        methods={
            "commit": ASYNC_COMMIT,
            "rollback": ASYNC_ROLLBACK,
            "start": gives("self", is_async=True),
        },
        attributes={"session": ASYNC_SESSION},
        contexts=(Context(on_exit=("commit",), is_async=True),),
    ),
    Type(
        _SESSION_SAVEPOINT,
        "transaction",
        is_async=True,
        methods={"commit": ASYNC_FLUSH, "rollback": ASYNC_NOTHING},
        attributes={"session": ASYNC_SESSION},
        contexts=(Context(on_exit=("flush",), is_async=True),),
        savepoint="always",
    ),
    Type(
        ASYNC_MAKER,
        "session-factory",
        methods={
            "begin": gives(f"{ASYNC_MAKER}.begin()"),
            "configure": NOTHING,
        },
        call=Method(("acquire",), ASYNC_SESSION),
    ),
    Type(
        f"{ASYNC_MAKER}.begin()",
        contexts=(Context(ASYNC_SESSION, ("acquire", "begin"), ("commit", "close"), True),),
    ),
    Type(
        _SCOPED,
        "session",
        is_async=True,
        methods={**_PROXIED, "remove": ASYNC_CLOSE, "configure": NOTHING},
        attributes={
            **_ATTRIBUTES,
            "session_factory": ASYNC_MAKER,
            "registry": _REGISTRY,
        },
        call=Method(("acquire",), ASYNC_SESSION),
        autobegins=True,
    ),
    Type(
        _REGISTRY,
        methods=same("has clear set", NOTHING),
        call=Method(("acquire",), ASYNC_SESSION),
    ),
    Type(
        _ENGINE,
        "engine",
        is_async=True,
        methods={
            "connect": Method(("acquire",), _CONNECTION, is_startable=True),
            "begin": gives(f"{_ENGINE}.begin()"),
            "raw_connection": Method(
                ("acquire",), "sqlalchemy.pool.PoolProxiedConnection", is_async=True
            ),
            "dispose": ASYNC_CLOSE,
            "execution_options": Method(returns="self", autocommit_when=AUTOCOMMIT),
            **same("update_execution_options clear_compiled_cache", NOTHING),
        },
        attributes={
            "sync_engine": "sqlalchemy.engine.Engine",
            "pool": "sqlalchemy.pool.Pool",
            "url": "sqlalchemy.engine.URL",
        },
    ),
    Type(
        f"{_ENGINE}.begin()",
        contexts=(Context(_CONNECTION, ("acquire", "begin"), ("commit", "close"), True),),
    ),
    Type(
        _CONNECTION,
        "connection",
        is_async=True,
        methods={
            **same("execute exec_driver_sql", Method(("execute",), _CORE_RESULT, is_async=True)),
            "scalar": ASYNC_EXECUTE,
            "scalars": Method(("execute",), _CORE_SCALARS, is_async=True),
            "stream": Method(("execute",), _RESULT, is_startable=True),
            "stream_scalars": Method(("execute",), _SCALARS, is_startable=True),
            "begin": Method(("begin",), _TRANSACTION, is_startable=True),
            "begin_nested": Method((), _SAVEPOINT, is_startable=True),
            "get_transaction": gives(_TRANSACTION),
            "get_nested_transaction": gives(_SAVEPOINT),
            "start": gives("self", is_async=True),
            "commit": ASYNC_COMMIT,
            "rollback": ASYNC_ROLLBACK,
            **same("close aclose invalidate", ASYNC_CLOSE),
            "execution_options": _OPTIONS,
            "run_sync": Method(is_async=True, passes="sqlalchemy.engine.Connection"),
            "get_raw_connection": gives("sqlalchemy.pool.PoolProxiedConnection", is_async=True),
            "get_isolation_level": ASYNC_NOTHING,
            **same("in_transaction in_nested_transaction", NOTHING),
        },
        attributes={"sync_connection": "sqlalchemy.engine.Connection", "engine": _ENGINE},
        contexts=(Context(on_exit=("close",), is_async=True),),
        autobegins=True,
    ),
    Type(
        _TRANSACTION,
        "transaction",
        is_async=True,
        methods={
            "commit": ASYNC_COMMIT,
            **same("rollback close", ASYNC_ROLLBACK),
            "start": gives("self", is_async=True),
        },
        attributes={"connection": _CONNECTION},
        contexts=(Context(on_exit=("commit",), is_async=True),),
    ),
    Type(
        _SAVEPOINT,
        "transaction",
        is_async=True,
        methods=same("commit rollback close", ASYNC_NOTHING),
        attributes={"connection": _CONNECTION},
        contexts=(Context(is_async=True),),
        savepoint="always",
    ),
    Type(
        _RESULT,
        "result",
        is_async=True,
        methods={
            **_FETCHES,
            **same("fetchone scalar scalar_one scalar_one_or_none freeze", ASYNC_NOTHING),
            "scalars": gives(_SCALARS),
            "mappings": gives(_MAPPINGS),
            **same("unique columns yield_per tuples", SELF),
            **same("keys partitions", NOTHING),
        },
        contexts=(Context(is_async=True),),
    ),
    Type(
        _SCALARS,
        "result",
        is_async=True,
        methods={
            **_FETCHES,
            **same("unique yield_per", SELF),
            "partitions": NOTHING,
        },
        contexts=(Context(is_async=True),),
    ),
    Type(
        _MAPPINGS,
        "result",
        is_async=True,
        methods={
            **_FETCHES,
            "fetchone": ASYNC_NOTHING,
            **same("unique yield_per columns", SELF),
            **same("partitions keys", NOTHING),
        },
        contexts=(Context(),),
    ),
)

LIBRARY = Library(
    name="SQLAlchemy asyncio",
    packages=("sqlalchemy",),
    aliases=spelled(
        _PACKAGE,
        {
            f"{_PACKAGE}.session": (
                "AsyncSession async_sessionmaker AsyncSessionTransaction async_object_session"
            ),
            f"{_PACKAGE}.scoping": "async_scoped_session",
            f"{_PACKAGE}.engine": (
                "AsyncEngine AsyncConnection AsyncTransaction create_async_engine "
                "async_engine_from_config create_async_pool_from_url"
            ),
            f"{_PACKAGE}.result": "AsyncResult AsyncScalarResult AsyncMappingResult",
        },
    ),
    types=_TYPES,
    functions=(
        Function(ASYNC_SESSION, ASYNC_SESSION, ("acquire",)),
        Function(
            ASYNC_MAKER,
            ASYNC_MAKER,
            returns_for={
                "sqlmodel.ext.asyncio.session.AsyncSession": (
                    f"{ASYNC_MAKER}[sqlmodel.ext.asyncio.session.AsyncSession]"
                ),
            },
        ),
        Function(_SCOPED, _SCOPED),
        Function(f"{_PACKAGE}.create_async_engine", _ENGINE, autocommit_when=AUTOCOMMIT),
        Function(f"{_PACKAGE}.async_engine_from_config", _ENGINE),
        Function(f"{_PACKAGE}.create_async_pool_from_url", "sqlalchemy.pool.Pool"),
        Function(f"{_PACKAGE}.async_object_session", ASYNC_SESSION),
    ),
    # These run their callable on the same connection, off the event loop's greenlet: synchronous
    # database calls are in order inside.
    offloads=each(ASYNC_SESSION, "run_sync") + each(_CONNECTION, "run_sync"),
)
