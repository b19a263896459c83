"""pyodbc: ``with`` on a connection commits and leaves the connection open."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    COMMIT,
    NOTHING,
    PEP_249_BASE_ERRORS,
    PEP_249_ERRORS,
    ROLLBACK,
    each,
    gives,
    same,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Switch, Type

_CONNECTION = "pyodbc.Connection"
_CURSOR = "pyodbc.Cursor"
_AUTOCOMMIT = (Switch("autocommit", True),)

LIBRARY = Library(
    name="pyodbc",
    packages=("pyodbc",),
    types=(
        Type(
            _CONNECTION,
            "connection",
            bases=("dbapi.Connection",),
            methods={
                "cursor": gives(_CURSOR),
                "execute": Method(("execute",), _CURSOR),
                **same("getinfo setencoding setdecoding add_output_converter set_attr", NOTHING),
            },
            contexts=(Context(on_exit=("commit",)),),
            autocommit_when=_AUTOCOMMIT,
        ),
        Type(
            _CURSOR,
            "cursor",
            bases=("dbapi.Cursor",),
            methods={
                "execute": Method(("execute",), "self"),
                # These end the transaction of the connection, with everything in it.
                "commit": COMMIT,
                "rollback": ROLLBACK,
                **same("fetchval nextset skip cancel", NOTHING),
                **same("tables columns statistics primaryKeys foreignKeys", Method(("read",))),
            },
            attributes={"connection": _CONNECTION},
            contexts=(Context(on_exit=("commit",)),),
        ),
    ),
    functions=(Function("pyodbc.connect", _CONNECTION, ("acquire",), autocommit_when=_AUTOCOMMIT),),
    errors=each("pyodbc", PEP_249_ERRORS),
    base_errors=each("pyodbc", PEP_249_BASE_ERRORS),
)
