"""SQLAlchemy ORM: sessions, their factories and scopes, transactions and queries."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    CLOSE,
    COMMIT,
    DEFERRED_WRITE,
    EXECUTE,
    FLUSH,
    NOTHING,
    READ,
    ROLLBACK,
    SELF,
    WRITE,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Type

SESSION = "sqlalchemy.orm.Session"
MAKER = "sqlalchemy.orm.sessionmaker"
SCOPED = "sqlalchemy.orm.scoped_session"
QUERY = "sqlalchemy.orm.Query"
_TRANSACTION = "sqlalchemy.orm.SessionTransaction"
_SAVEPOINT = f"{SESSION}.begin_nested()"

# Adding and deleting only mark objects; the write happens at the next flush.
_PROXIED = {
    **same("add add_all delete delete_all", DEFERRED_WRITE),
    **same("bulk_save_objects bulk_insert_mappings bulk_update_mappings", WRITE),
    **same("merge merge_all", Method(("read", "write"))),
    **same("get get_one refresh", READ),
    "execute": Method(("execute",), "sqlalchemy.engine.CursorResult"),
    "scalars": Method(("execute",), "sqlalchemy.engine.ScalarResult"),
    "scalar": EXECUTE,
    "query": gives(QUERY),
    "flush": FLUSH,
    "commit": COMMIT,
    "rollback": ROLLBACK,
    **same("close reset", CLOSE),
    "begin": Method(("begin",), _TRANSACTION),
    # Flushes first; what it begins is a savepoint.
    "begin_nested": Method(("flush",), _SAVEPOINT),
    "connection": gives("sqlalchemy.engine.Connection"),
    "get_bind": gives("sqlalchemy.engine.Engine"),
    "object_session": gives(SESSION),
    **same("expire expire_all expunge expunge_all is_modified identity_key", NOTHING),
}
_ATTRIBUTES = {"bind": "sqlalchemy.engine.Engine", "no_autoflush": f"{SESSION}.no_autoflush"}

_TYPES = (
    Type(
        SESSION,
        "session",
        methods={
            **_PROXIED,
            "invalidate": CLOSE,
            "prepare": FLUSH,
            "get_transaction": gives(_TRANSACTION),
            "get_nested_transaction": gives(_SAVEPOINT),
            **same("in_transaction in_nested_transaction bind_mapper bind_table", NOTHING),
            "enable_relationship_loading": NOTHING,
        },
        attributes=_ATTRIBUTES,
        contexts=(Context(on_exit=("close",)),),
        autobegins=True,
    ),
    Type(f"{SESSION}.no_autoflush", contexts=(Context(SESSION),)),
    Type(
        _TRANSACTION,
        "transaction",
        methods={"commit": COMMIT, "prepare": FLUSH, **same("rollback close", ROLLBACK)},
        attributes={"session": SESSION},
        contexts=(Context(on_exit=("commit",)),),
    ),
    Type(
        _SAVEPOINT,
        "transaction",
        methods={"commit": FLUSH, **same("rollback close", NOTHING)},
        attributes={"session": SESSION},
        contexts=(Context(on_exit=("flush",)),),
        savepoint="always",
    ),
    Type(
        MAKER,
        "session-factory",
        methods={
            "begin": gives(f"{MAKER}.begin()"),
            "object_session": gives(SESSION),
            **same("configure identity_key", NOTHING),
        },
        call=Method(("acquire",), SESSION),
    ),
    Type(
        f"{MAKER}.begin()",
        contexts=(Context(SESSION, ("acquire", "begin"), ("commit", "close")),),
    ),
    Type(
        SCOPED,
        "session",
        methods={
            **_PROXIED,
            "remove": CLOSE,
            "configure": NOTHING,
            "query_property": gives(QUERY),
        },
        attributes={
            **_ATTRIBUTES,
            "session_factory": MAKER,
            "registry": "sqlalchemy.util.ScopedRegistry",
        },
        call=Method(("acquire",), SESSION),
        autobegins=True,
    ),
    Type(
        "sqlalchemy.util.ScopedRegistry",
        methods=same("has clear set", NOTHING),
        call=Method(("acquire",), SESSION),
    ),
    Type(
        QUERY,
        "query",
        methods={
            **same("all", Method(("read",), "dbapi.Rows")),
            **same("first one one_or_none scalar count get value values", READ),
            **same("update delete", WRITE),
            **same(
                "add_columns add_entity autoflush correlate distinct enable_assertions "
                "enable_eagerloads except_ except_all execution_options filter filter_by "
                "from_statement group_by having intersect intersect_all join limit offset options "
                "order_by outerjoin params populate_existing prefix_with reset_joinpoint "
                "select_from set_label_style slice suffix_with tuples union union_all where "
                "with_entities with_for_update with_hint with_labels with_parent with_session "
                "with_statement_hint with_transformation yield_per only_return_tuples",
                SELF,
            ),
            # Gone since 2.0.
            **same("add_column apply_labels from_self select_entity_from with_lockmode", SELF),
            **same(
                "as_scalar cte exists instances label merge_result scalar_subquery subquery",
                NOTHING,
            ),
        },
        attributes={"session": SESSION},
    ),
    Type(
        "sqlalchemy.orm.DeclarativeBase",
        attributes={"metadata": "sqlalchemy.MetaData", "__table__": "sqlalchemy.Table"},
    ),
)

LIBRARY = Library(
    name="SQLAlchemy ORM",
    packages=("sqlalchemy",),
    aliases=spelled(
        "sqlalchemy.orm",
        {
            "sqlalchemy.orm.session": (
                "Session sessionmaker SessionTransaction object_session close_all_sessions"
            ),
            "sqlalchemy.orm.scoping": "scoped_session",
            "sqlalchemy.orm.query": "Query",
            "sqlalchemy.orm.decl_api": "DeclarativeBase declarative_base",
        },
    ),
    types=_TYPES,
    functions=(
        Function(SESSION, SESSION, ("acquire",)),
        Function(
            MAKER,
            MAKER,
            returns_for={
                "sqlalchemy.ext.asyncio.AsyncSession": "sqlalchemy.ext.asyncio.async_sessionmaker",
                "sqlmodel.Session": f"{MAKER}[sqlmodel.Session]",
                "sqlmodel.ext.asyncio.session.AsyncSession": (
                    "sqlalchemy.ext.asyncio.async_sessionmaker"
                    "[sqlmodel.ext.asyncio.session.AsyncSession]"
                ),
            },
        ),
        Function(SCOPED, SCOPED),
        Function("sqlalchemy.orm.object_session", SESSION),
        Function("sqlalchemy.orm.close_all_sessions"),
        *(
            Function(f"{module}.declarative_base", "sqlalchemy.orm.DeclarativeBase")
            for module in ("sqlalchemy.orm", "sqlalchemy.ext.declarative")
        ),
    ),
    errors=("sqlalchemy.orm.exc.FlushError", "sqlalchemy.orm.exc.StaleDataError"),
)
