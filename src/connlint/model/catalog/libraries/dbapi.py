"""PEP 249: the connection and cursor that synchronous drivers share.

A driver's file inherits them and says only where the driver differs.
"""

from __future__ import annotations

from connlint.model.catalog.notation import (
    CLOSE,
    COMMIT,
    EXECUTE,
    NOTHING,
    ROLLBACK,
    gives,
    same,
)
from connlint.model.catalog.types import Library, Type

# Closing a cursor neither closes nor ends anything of its connection, so it has no effect.
LIBRARY = Library(
    name="PEP 249",
    packages=(),
    types=(
        Type(
            "dbapi.Connection",
            "connection",
            methods={
                "cursor": gives("dbapi.Cursor"),
                "commit": COMMIT,
                "rollback": ROLLBACK,
                "close": CLOSE,
            },
        ),
        Type(
            "dbapi.Cursor",
            "cursor",
            methods={
                **same("execute executemany", EXECUTE),
                **same("fetchall fetchmany", gives("dbapi.Rows")),
                **same("fetchone close setinputsizes", NOTHING),
            },
        ),
        Type("dbapi.Rows", "result"),
    ),
)
