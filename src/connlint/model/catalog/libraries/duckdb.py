"""DuckDB: every statement outside ``begin()`` commits at once; ``execute`` gives the connection."""

from __future__ import annotations

from connlint.model.catalog.notation import (
    NOTHING,
    PEP_249_BASE_ERRORS,
    READ,
    SELF,
    WRITE,
    each,
    gives,
    same,
)
from connlint.model.catalog.types import Context, Function, Library, Method, Type

_CONNECTION = "duckdb.DuckDBPyConnection"
_RELATION = "duckdb.DuckDBPyRelation"

_STATEMENT = Method(("execute",), "self")
_QUERY = Method(("execute",), _RELATION)
_RESULTS = "df fetchdf fetch_df fetchnumpy pl arrow to_arrow_table fetch_arrow_table"

LIBRARY = Library(
    name="DuckDB",
    packages=("duckdb",),
    types=(
        Type(
            _CONNECTION,
            "connection",
            bases=("dbapi.Connection",),
            methods={
                **same("execute executemany", _STATEMENT),
                **same("sql query from_query", _QUERY),
                # Both duplicate the connection, at no cost of their own.
                **same("cursor duplicate", gives(_CONNECTION)),
                "begin": Method(("begin",), "self"),
                "commit": Method(("commit",), "self"),
                "rollback": Method(("rollback",), "self"),
                "append": WRITE,
                **same("fetchall fetchmany", gives("dbapi.Rows")),
                **same(f"fetchone {_RESULTS}", NOTHING),
                **same("table view values read_csv read_json read_parquet", gives(_RELATION)),
                **same("from_df from_arrow from_parquet", gives(_RELATION)),
                **same("register unregister", Method(returns="self")),
                **same("install_extension load_extension create_function", NOTHING),
                **same("checkpoint interrupt get_table_names", NOTHING),
            },
            contexts=(Context(on_exit=("close",)),),
            autocommit=True,
        ),
        Type(
            _RELATION,
            "query",
            methods={
                **same("filter project aggregate order limit join union distinct select", SELF),
                "fetchall": Method(("read",), "dbapi.Rows"),
                **same("fetchone df fetchdf fetchnumpy pl arrow show count", READ),
                **same("create insert insert_into to_table create_view", WRITE),
            },
        ),
    ),
    functions=(
        Function("duckdb.connect", _CONNECTION, ("acquire",)),
        # On the connection that the module keeps for itself.
        Function("duckdb.execute", _CONNECTION, ("execute",)),
        *(Function(name, _RELATION, ("execute",)) for name in each("duckdb", "sql query")),
    ),
    errors=each(
        "duckdb",
        "Error DatabaseError DataError IntegrityError InternalError NotSupportedError "
        "OperationalError ProgrammingError",
    ),
    base_errors=each("duckdb", PEP_249_BASE_ERRORS),
)
