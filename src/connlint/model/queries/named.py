"""A text of SQL in, the tables and columns that it names out.

What a column belongs to is taken widely: without a qualifier it may be one of any table of the
statement, with one of every table that goes by it. So a column that is not found is nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.model.queries.parsing import readings

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.expressions import Expr

_SYSTEM = (
    "pg_", "sqlite_", "all_", "user_tab", "v$", "duckdb_", "svv_", "stl_", "spatial_", "geometry_",
    "celery_", "apscheduler_", "django_", "auth_", "procrastinate_", "yoyo_", "_yoyo", "flyway_",
)  # fmt: skip
"""What the tables of databases, and of tools that make some of their own, begin with."""
_OF_TOOLS = frozenset({
    "alembic_version", "dual", "dbstat", "inserted", "deleted", "schema_migrations",
})  # fmt: skip
_USUAL_SCHEMAS = frozenset({"", "main", "public", "dbo"})
_OF_EVERY_TABLE = frozenset({
    "rowid", "_rowid_", "oid", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "rownum",
    "level", "sysdate", "rank", "user", "current_user", "session_user", "value", "key", "docid",
    "systimestamp", "nextval", "currval", "default", "true", "false", "null", "maxvalue",
})  # fmt: skip
_PROPOSED = "excluded"
_QUERIES = ("Select", "Insert", "Update", "Delete", "Union", "Intersect", "Except")
_OPEN_SOURCES = ("Lateral", "Unnest", "Pivot", "MatchRecognize", "JSONTable", "XMLTable",
                 "TableFromRows", "Values", "Command", "Merge")  # fmt: skip


class Named(NamedTuple):
    """A name in a statement: a table, or a column of one of ``tables``."""

    tables: frozenset[str]
    column: str = ""


def named_in(sql: str) -> frozenset[Named]:
    """The tables and columns that a text names, in whatever dialect it is read.

    What only some dialects take for a name is left out: it may be a text or a keyword.
    """
    found: frozenset[Named] | None = None
    for trees in readings(sql):
        names = frozenset(name for tree in trees for name in _names(tree))
        found = names if found is None else found & names
    return found or frozenset()


def _names(tree: Expr) -> Iterator[Named]:
    if type(tree).__name__ not in _QUERIES:
        return
    sources = _Sources(tree)
    for table in sources.tables:
        yield Named(frozenset({table}))
    yield from sources.columns(tree)


class _Sources:
    """What the names in a statement can refer to."""

    def __init__(self, tree: Expr) -> None:
        from sqlglot import exp

        own = {each.alias.lower() for each in tree.find_all(exp.CTE)}
        self.tables: dict[str, None] = {}
        self._by_name: dict[str, set[str]] = {}
        self._is_open = any(type(each).__name__ in _OPEN_SOURCES for each in tree.walk())
        self._others = set(own)
        for each in tree.find_all(exp.Table):
            self._source(each, own)
        for alias in tree.find_all(exp.TableAlias):
            if not isinstance(alias.parent, exp.Table):
                self._others.add(alias.name.lower())
            self._others.update(column.name.lower() for column in alias.columns)
        self._others.update(each.alias.lower() for each in tree.find_all(exp.Alias))

    def _source(self, table: exp.Table, own: set[str]) -> None:
        from sqlglot import exp

        name = table.name.lower()
        known_as = (table.alias or name).lower()
        is_plain = isinstance(table.this, exp.Identifier) and table.db.lower() in _USUAL_SCHEMAS
        if not is_plain or name in own or name.startswith(_SYSTEM) or name in _OF_TOOLS:
            self._others.add(known_as)
            self._is_open = self._is_open or name not in own
            return
        self.tables[name] = None
        self._by_name.setdefault(known_as, set()).add(name)
        self._by_name.setdefault(name, set()).add(name)

    def columns(self, tree: Expr) -> Iterator[Named]:
        """The columns, each with the tables that it could be one of."""
        from sqlglot import exp

        for each in tree.find_all(exp.Column):
            name, qualifier = each.name, each.table.lower()
            if isinstance(each.this, exp.Star) or name.lower() in _OF_EVERY_TABLE or not name:
                continue
            if each.args.get("db"):
                continue
            tables = self._of(name.lower(), qualifier)
            if tables:
                yield Named(tables, name)
        for insert in tree.find_all(exp.Insert):
            if isinstance(insert.this, exp.Schema) and isinstance(insert.this.this, exp.Table):
                target = insert.this.this
                of_target = self._of("", (target.alias or target.name).lower())
                for column in insert.this.expressions:
                    if of_target and isinstance(column, exp.Identifier):
                        yield Named(of_target, column.name)

    def _of(self, column: str, qualifier: str) -> frozenset[str]:
        """The tables that a column could be one of; none when it could be something else."""
        if qualifier == _PROPOSED and qualifier not in self._by_name:
            return frozenset()
        if qualifier:
            if qualifier in self._others:
                return frozenset()
            return frozenset(self._by_name.get(qualifier, ()))
        if self._is_open or column in self._others or column in self._by_name:
            return frozenset()
        return frozenset(self.tables)
