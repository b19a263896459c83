"""sqlite3: ``with`` on a connection ends the transaction and leaves the connection open."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    NOTHING,
    PEP_249_BASE_ERRORS,
    PEP_249_ERRORS,
    READ,
    each,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Switch, Type

_CONNECTION = "sqlite3.Connection"
_CURSOR = "sqlite3.Cursor"

# Commits what is pending; the statements of the script then commit one by one.
_SCRIPT = Method(("execute", "commit"), _CURSOR)
_AUTOCOMMIT = (Switch("isolation_level", None), Switch("autocommit", True))

LIBRARY = Library(
    name="sqlite3",
    packages=("sqlite3",),
    aliases=spelled("sqlite3", {"sqlite3.dbapi2": f"connect Connection Cursor {PEP_249_ERRORS}"}),
    types=(
        Type(
            _CONNECTION,
            "connection",
            bases=("dbapi.Connection",),
            methods={
                "cursor": gives(_CURSOR),
                **same("execute executemany", Method(("execute",), _CURSOR)),
                "executescript": _SCRIPT,
                **same("backup iterdump", READ),
                **same("interrupt create_function create_aggregate", NOTHING),
                **same("create_collation set_trace_callback set_authorizer", NOTHING),
                **same("set_progress_handler", NOTHING),
            },
            contexts=(Context(on_exit=("commit",)),),
            autocommit_when=_AUTOCOMMIT,
        ),
        Type(
            _CURSOR,
            "cursor",
            bases=("dbapi.Cursor",),
            methods={
                **same("execute executemany", Method(("execute",), "self")),
                "executescript": _SCRIPT,
            },
            attributes={"connection": _CONNECTION},
        ),
    ),
    functions=(
        Function("sqlite3.connect", _CONNECTION, ("acquire",), autocommit_when=_AUTOCOMMIT),
        Function(_CONNECTION, _CONNECTION, ("acquire",), autocommit_when=_AUTOCOMMIT),
    ),
    errors=each("sqlite3", PEP_249_ERRORS),
    base_errors=each("sqlite3", PEP_249_BASE_ERRORS),
)
