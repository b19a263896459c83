"""SQLAlchemy Core: engines, connections, transactions, pools, URLs, results and events."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    CLOSE,
    COMMIT,
    EXECUTE,
    NOTHING,
    ROLLBACK,
    SELF,
    constructors,
    each,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Registrar, Switch, Type

_ENGINE = "sqlalchemy.engine.Engine"
_CONNECTION = "sqlalchemy.engine.Connection"
_TRANSACTION = "sqlalchemy.engine.Transaction"
_SAVEPOINT = "sqlalchemy.engine.NestedTransaction"
_RESULT = "sqlalchemy.engine.CursorResult"
_SCALARS = "sqlalchemy.engine.ScalarResult"
_MAPPINGS = "sqlalchemy.engine.MappingResult"
_POOLED = "sqlalchemy.pool.PoolProxiedConnection"
_POOL = "sqlalchemy.pool.Pool"
_URL = "sqlalchemy.engine.URL"

AUTOCOMMIT = (Switch("isolation_level", "AUTOCOMMIT"),)
_OPTIONS = Method(returns="self", autocommit_when=AUTOCOMMIT)

_FETCHES = {
    **same("all fetchall fetchmany", gives("dbapi.Rows")),
    **same("first one one_or_none partitions close", NOTHING),
}

_POOL_CLASSES = (
    "AssertionPool AsyncAdaptedQueuePool FallbackAsyncAdaptedQueuePool NullPool QueuePool "
    "SingletonThreadPool StaticPool"
)

_ENGINE_CLASSES = (
    "Engine Connection Transaction RootTransaction NestedTransaction TwoPhaseTransaction"
)
_RESULT_CLASSES = "Result ScalarResult MappingResult"

_TYPES = (
    Type(
        _ENGINE,
        "engine",
        methods={
            "connect": Method(("acquire",), _CONNECTION),
            "begin": gives(f"{_ENGINE}.begin()"),
            "raw_connection": Method(("acquire",), _POOLED),
            "dispose": CLOSE,
            "execution_options": _OPTIONS,
            **same("update_execution_options clear_compiled_cache", NOTHING),
            # Until 1.4 an engine executes by itself, and each write commits at once.
            "execute": Method(("execute",), _RESULT),
            "scalar": EXECUTE,
            **same("has_table table_names", Method(("read",))),
        },
        attributes={"pool": _POOL, "url": _URL, "engine": _ENGINE},
        autocommit=True,
    ),
    Type(
        f"{_ENGINE}.begin()",
        contexts=(Context(_CONNECTION, ("acquire", "begin"), ("commit", "close")),),
    ),
    Type(
        _CONNECTION,
        "connection",
        methods={
            **same("execute exec_driver_sql", Method(("execute",), _RESULT)),
            "scalar": EXECUTE,
            "scalars": Method(("execute",), _SCALARS),
            "begin": Method(("begin",), _TRANSACTION),
            "begin_twophase": Method(("begin",), _TRANSACTION),
            "begin_nested": gives(_SAVEPOINT),
            "get_transaction": gives(_TRANSACTION),
            "get_nested_transaction": gives(_SAVEPOINT),
            "commit": COMMIT,
            "rollback": ROLLBACK,
            **same("close invalidate", CLOSE),
            "execution_options": _OPTIONS,
            **same("in_transaction in_nested_transaction get_isolation_level detach", NOTHING),
        },
        attributes={"connection": _POOLED, "engine": _ENGINE},
        contexts=(Context(on_exit=("close",)),),
    ),
    Type(
        _TRANSACTION,
        "transaction",
        methods={"commit": COMMIT, "rollback": ROLLBACK, "close": ROLLBACK},
        attributes={"connection": _CONNECTION},
        contexts=(Context(on_exit=("commit",)),),
    ),
    *(
        Type(f"sqlalchemy.engine.{name}", "transaction", bases=(_TRANSACTION,))
        for name in ("RootTransaction", "TwoPhaseTransaction")
    ),
    Type(
        _SAVEPOINT,
        "transaction",
        methods=same("commit rollback close", NOTHING),
        attributes={"connection": _CONNECTION},
        contexts=(Context(),),
        savepoint="always",
    ),
    Type(
        "sqlalchemy.engine.Result",
        "result",
        methods={
            **_FETCHES,
            **same("fetchone scalar scalar_one scalar_one_or_none", NOTHING),
            "scalars": gives(_SCALARS),
            "mappings": gives(_MAPPINGS),
            **same("unique yield_per columns tuples", SELF),
            **same("freeze merge keys", NOTHING),
        },
        contexts=(Context(),),
    ),
    Type(_RESULT, "result", bases=("sqlalchemy.engine.Result",)),
    Type(
        _SCALARS,
        "result",
        methods={**_FETCHES, **same("unique yield_per", SELF)},
        contexts=(Context(),),
    ),
    Type(
        _MAPPINGS,
        "result",
        methods={
            **_FETCHES,
            **same("fetchone keys", NOTHING),
            **same("unique yield_per columns", SELF),
        },
        contexts=(Context(),),
    ),
    Type(
        _POOLED,
        "connection",
        bases=("dbapi.Connection",),
        methods={"invalidate": CLOSE, "detach": NOTHING},
        attributes={"dbapi_connection": "dbapi.Connection", "driver_connection": ""},
        contexts=(Context(on_exit=("close",)),),
    ),
    Type(
        _POOL,
        "pool",
        methods={
            "connect": Method(("acquire",), _POOLED),
            "dispose": CLOSE,
            "recreate": SELF,
            "status": NOTHING,
        },
    ),
    *(Type(f"sqlalchemy.pool.{name}", "pool", bases=(_POOL,)) for name in _POOL_CLASSES.split()),
    Type(
        _URL,
        methods=same(
            "set update_query_dict update_query_pairs update_query_string difference_update_query",
            SELF,
        )
        | same("render_as_string get_backend_name get_driver_name", NOTHING),
    ),
)

_INSPECTOR = "sqlalchemy.engine.reflection.Inspector"

LIBRARY = Library(
    name="SQLAlchemy Core",
    packages=("sqlalchemy",),
    aliases={
        **spelled(
            "sqlalchemy",
            {
                "sqlalchemy.engine": "create_engine engine_from_config create_pool_from_url",
                "sqlalchemy.engine.create": "create_engine engine_from_config create_pool_from_url",
                "sqlalchemy.future": "create_engine",
                "sqlalchemy.future.engine": "create_engine",
            },
        ),
        **spelled(
            "sqlalchemy.engine",
            {
                "sqlalchemy": f"{_ENGINE_CLASSES} {_RESULT_CLASSES} CursorResult URL make_url",
                "sqlalchemy.engine.base": _ENGINE_CLASSES,
                "sqlalchemy.future": "Engine Connection",
                "sqlalchemy.future.engine": "Engine Connection",
                "sqlalchemy.engine.result": _RESULT_CLASSES,
                "sqlalchemy.engine.cursor": "CursorResult",
                "sqlalchemy.engine.url": "URL make_url",
            },
        ),
        **spelled(
            "sqlalchemy.pool",
            {
                "sqlalchemy": "Pool PoolProxiedConnection " + _POOL_CLASSES,
                "sqlalchemy.pool.base": "Pool PoolProxiedConnection",
                "sqlalchemy.pool.impl": _POOL_CLASSES,
            },
        ),
        **spelled("sqlalchemy.event", {"sqlalchemy.event.api": "listen listens_for"}),
        "sqlalchemy.inspection.inspect": "sqlalchemy.inspect",
        "sqlalchemy.engine.Inspector": _INSPECTOR,
        "sqlalchemy.Inspector": _INSPECTOR,
    },
    types=(
        *_TYPES,
        Type(
            _INSPECTOR,
            methods=same(
                "get_table_names get_view_names get_schema_names get_columns get_indexes "
                "get_pk_constraint get_foreign_keys get_unique_constraints has_table",
                Method(("read",)),
            ),
            attributes={"engine": _ENGINE},
        ),
    ),
    functions=(
        # What an engine or connection gives; of a model or instance it only reads the mapping.
        Function("sqlalchemy.inspect", returns_for={_ENGINE: _INSPECTOR, _CONNECTION: _INSPECTOR}),
        Function("sqlalchemy.create_engine", _ENGINE, autocommit_when=AUTOCOMMIT),
        *constructors("sqlalchemy", "engine_from_config", _ENGINE),
        *constructors("sqlalchemy", "create_pool_from_url", _POOL),
        *constructors("sqlalchemy.engine", "make_url URL.create", _URL),
    ),
    registrars=(
        Registrar("sqlalchemy.event.listens_for", "orm-event", label=1, calls=False),
        Registrar("sqlalchemy.event.listen", "orm-event", 2, "fn", label=1, decorates=False),
    ),
    errors=each(
        "sqlalchemy.exc",
        "SQLAlchemyError StatementError DBAPIError DatabaseError DataError IntegrityError "
        "InterfaceError InternalError NotSupportedError OperationalError ProgrammingError "
        "PendingRollbackError",
    ),
    base_errors=each("sqlalchemy.exc", "SQLAlchemyError StatementError DBAPIError DatabaseError"),
)
