"""What a session, connection or cursor can do whose library is not known: values that are taken for
one because of their name and use (SPEC section 2.2) have these types."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    CLOSE,
    COMMIT,
    DEFERRED_WRITE,
    EXECUTE,
    FLUSH,
    READ,
    ROLLBACK,
    WRITE,
    gives,
    same,
)
from connlint.model.catalog.types import Context, Library, Method, Type

SESSION = "generic.Session"
CURSOR = "generic.Cursor"
TRANSACTION = "generic.Transaction"

LIBRARY = Library(
    name="generic",
    packages=(),
    types=(
        Type(
            SESSION,
            "session",
            methods={
                **same("add add_all delete", DEFERRED_WRITE),
                **same("bulk_save_objects bulk_insert_mappings", WRITE),
                **same("executemany executescript copy_records_to_table", WRITE),
                "merge": Method(("read", "write")),
                **same("get refresh fetch fetchrow fetchval fetchone fetchall", READ),
                "execute": Method(("execute",), "generic.Result"),
                "exec": Method(("execute",), "generic.Result"),
                "scalars": Method(("execute",), "generic.Result"),
                "scalar": EXECUTE,
                "query": gives("sqlalchemy.orm.Query"),
                "cursor": gives(CURSOR),
                "flush": FLUSH,
                "commit": COMMIT,
                "rollback": ROLLBACK,
                "close": CLOSE,
                "begin": Method(("begin",), TRANSACTION),
                "begin_nested": Method(("flush",), "generic.Savepoint"),
                "transaction": Method(("begin",), TRANSACTION),
            },
            contexts=(Context(), Context(is_async=True)),
        ),
        Type("generic.Savepoint", "transaction", contexts=(Context(), Context(is_async=True))),
        Type(
            TRANSACTION,
            "transaction",
            methods={"commit": COMMIT, "rollback": ROLLBACK},
            contexts=(
                Context(binds="", on_exit=("commit",)),
                Context(binds="", on_exit=("commit",), is_async=True),
            ),
        ),
        Type(
            CURSOR,
            "cursor",
            methods={
                "execute": EXECUTE,
                **same("executemany executescript copy_from copy_expert", WRITE),
                **same("fetchone fetchall fetchmany fetchval", READ),
                "close": Method(),
            },
            contexts=(Context(), Context(is_async=True)),
        ),
        Type("generic.Result", "result"),
    ),
)
