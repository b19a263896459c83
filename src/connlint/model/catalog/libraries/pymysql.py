"""PyMySQL and mysqlclient (MySQLdb): ``with`` on a connection closes it without a commit."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    BEGIN,
    EXECUTE,
    NOTHING,
    PEP_249_BASE_ERRORS,
    PEP_249_ERRORS,
    each,
    gives,
    same,
    spelled,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Switch, Type

_CONNECTION = "pymysql.connections.Connection"
_CURSOR = "pymysql.cursors.Cursor"
_MYSQLDB_CONNECTION = "MySQLdb.connections.Connection"
_MYSQLDB_CURSOR = "MySQLdb.cursors.Cursor"
_AUTOCOMMIT = (Switch("autocommit", True),)


def _connection(name: str, cursor: str) -> Type:
    return Type(
        name,
        "connection",
        bases=("dbapi.Connection",),
        methods={
            "cursor": gives(cursor),
            "begin": BEGIN,
            "query": EXECUTE,
            "autocommit": Method(autocommit_when=(Switch("value", True, 0),)),
            **same("ping select_db escape literal insert_id affected_rows thread_id", NOTHING),
        },
        contexts=(Context(on_exit=("close",)),),
    )


def _cursors(module: str, connection: str) -> tuple[Type, ...]:
    cursor = f"{module}.Cursor"
    return (
        Type(
            cursor,
            "cursor",
            bases=("dbapi.Cursor",),
            methods={"callproc": EXECUTE, **same("mogrify nextset scroll", NOTHING)},
            attributes={"connection": connection},
            contexts=(Context(),),
        ),
        *(
            Type(f"{module}.{name}", "cursor", bases=(cursor,))
            for name in ("DictCursor", "SSCursor", "SSDictCursor")
        ),
    )


LIBRARY = Library(
    name="PyMySQL and mysqlclient",
    packages=("pymysql", "MySQLdb"),
    aliases={
        **spelled("pymysql", {"pymysql.err": PEP_249_ERRORS}),
        **dict.fromkeys(("pymysql.connect", "pymysql.Connect", "pymysql.Connection"), _CONNECTION),
        **dict.fromkeys(("MySQLdb.Connect", "MySQLdb.Connection"), "MySQLdb.connect"),
    },
    types=(
        _connection(_CONNECTION, _CURSOR),
        _connection(_MYSQLDB_CONNECTION, _MYSQLDB_CURSOR),
        *_cursors("pymysql.cursors", _CONNECTION),
        *_cursors("MySQLdb.cursors", _MYSQLDB_CONNECTION),
    ),
    functions=tuple(
        Function(name, returns, ("acquire",), autocommit_when=_AUTOCOMMIT)
        for name, returns in (
            (_CONNECTION, _CONNECTION),
            (_MYSQLDB_CONNECTION, _MYSQLDB_CONNECTION),
            ("MySQLdb.connect", _MYSQLDB_CONNECTION),
        )
    ),
    errors=each("pymysql", PEP_249_ERRORS) + each("MySQLdb", PEP_249_ERRORS),
    base_errors=(
        *each("pymysql", PEP_249_BASE_ERRORS),
        *each("MySQLdb", PEP_249_BASE_ERRORS),
    ),
)
