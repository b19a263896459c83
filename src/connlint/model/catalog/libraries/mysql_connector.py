"""MySQL Connector/Python: ``with`` on a connection closes it, or gives it back to its pool."""

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

_CONNECTION = "mysql.connector.abstracts.MySQLConnectionAbstract"
_CURSOR = "mysql.connector.abstracts.MySQLCursorAbstract"
_POOLED = "mysql.connector.pooling.PooledMySQLConnection"
_POOL = "mysql.connector.pooling.MySQLConnectionPool"
_AUTOCOMMIT = (Switch("autocommit", True),)

LIBRARY = Library(
    name="MySQL Connector/Python",
    packages=("mysql",),
    aliases={
        **spelled("mysql.connector", {"mysql.connector.errors": PEP_249_ERRORS}),
        "mysql.connector.Connect": "mysql.connector.connect",
        "mysql.connector.pooling.connect": "mysql.connector.connect",
        **spelled("mysql.connector.connection", {"mysql.connector": "MySQLConnection"}),
    },
    types=(
        Type(
            _CONNECTION,
            "connection",
            bases=("dbapi.Connection",),
            methods={
                "cursor": gives(_CURSOR),
                "start_transaction": BEGIN,
                **same("disconnect shutdown", Method(("close",))),
                "cmd_query": EXECUTE,
                **same("ping reconnect is_connected reset_session config", NOTHING),
            },
            contexts=(Context(on_exit=("close",)),),
            autocommit_when=_AUTOCOMMIT,
        ),
        Type("mysql.connector.connection.MySQLConnection", "connection", bases=(_CONNECTION,)),
        Type(
            "mysql.connector.connection_cext.CMySQLConnection", "connection", bases=(_CONNECTION,)
        ),
        Type(_POOLED, "connection", bases=(_CONNECTION,)),
        Type(
            _CURSOR,
            "cursor",
            bases=("dbapi.Cursor",),
            methods={"callproc": EXECUTE, **same("nextset reset stored_results", NOTHING)},
            contexts=(Context(),),
        ),
        Type("mysql.connector.cursor.MySQLCursor", "cursor", bases=(_CURSOR,)),
        Type(
            _POOL,
            "pool",
            methods={
                "get_connection": Method(("acquire",), _POOLED),
                **same("add_connection set_config", NOTHING),
            },
        ),
    ),
    functions=(
        Function("mysql.connector.connect", _CONNECTION, ("acquire",), autocommit_when=_AUTOCOMMIT),
        Function(
            "mysql.connector.connection.MySQLConnection",
            "mysql.connector.connection.MySQLConnection",
            ("acquire",),
            autocommit_when=_AUTOCOMMIT,
        ),
    ),
    errors=each("mysql.connector", PEP_249_ERRORS),
    base_errors=each("mysql.connector", PEP_249_BASE_ERRORS),
)
