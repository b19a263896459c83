"""psycopg2: ``with`` on a connection ends the transaction and leaves the connection open."""

from __future__ import annotations

from connlint.model.catalog.notation import (
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

_CONNECTION = "psycopg2.extensions.connection"
_CURSOR = "psycopg2.extensions.cursor"
_ISOLATION_LEVEL_AUTOCOMMIT = 0

LIBRARY = Library(
    name="psycopg2",
    packages=("psycopg2",),
    aliases=spelled("psycopg2.extensions", {"psycopg2._psycopg": "connection cursor"}),
    types=(
        Type(
            _CONNECTION,
            "connection",
            bases=("dbapi.Connection",),
            methods={
                "cursor": gives(_CURSOR),
                "reset": Method(("rollback",)),
                "set_session": Method(autocommit_when=(Switch("autocommit", True),)),
                "set_isolation_level": Method(
                    autocommit_when=(Switch("level", _ISOLATION_LEVEL_AUTOCOMMIT, 0),)
                ),
                **same("cancel poll set_client_encoding get_transaction_status", NOTHING),
            },
            contexts=(Context(on_exit=("commit",)),),
            autocommit_when=(Switch("autocommit", True),),
        ),
        Type(
            _CURSOR,
            "cursor",
            bases=("dbapi.Cursor",),
            methods={
                **same("callproc copy_expert", Method(("execute",))),
                "copy_from": Method(("write",)),
                "copy_to": Method(("read",)),
                **same("mogrify nextset scroll", NOTHING),
            },
            attributes={"connection": _CONNECTION},
            contexts=(Context(),),
        ),
        *(
            Type(f"psycopg2.extras.{name}", "cursor", bases=(_CURSOR,))
            for name in ("DictCursor", "RealDictCursor", "NamedTupleCursor", "LoggingCursor")
        ),
        *(
            Type(
                f"psycopg2.pool.{name}",
                "pool",
                methods={
                    "getconn": Method(("acquire",), _CONNECTION),
                    "putconn": Method(("close",), subject=0),
                    "closeall": CLOSE,
                },
            )
            for name in ("SimpleConnectionPool", "ThreadedConnectionPool")
        ),
    ),
    functions=(
        Function("psycopg2.connect", _CONNECTION, ("acquire",)),
        # Helpers that run their statement on the cursor, which is the first argument.
        Function("psycopg2.extras.execute_values", "dbapi.Rows", ("execute",), subject=0),
        Function("psycopg2.extras.execute_batch", effects=("execute",), subject=0),
    ),
    errors=each("psycopg2", PEP_249_ERRORS),
    base_errors=each("psycopg2", PEP_249_BASE_ERRORS),
)
