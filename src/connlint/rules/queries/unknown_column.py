"""DBC502: SQL names a table or column that no schema in the project has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.facts.expressions import KEPT_TEXT
from connlint.model import values as v
from connlint.model.queries.bound import Bound, pieces
from connlint.model.queries.executed import Executed
from connlint.model.queries.named import Named, named_in
from connlint.model.queries.schemas import Schemas
from connlint.model.queries.texts import GAP, looks_like_sql, parts_of, with_gaps
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project

_QUERIES = re.compile(rb"(?i)(?:select|insert|update|delete|replace|with)\s")
_ADAPTS = re.compile(
    rb"(?i)alter\s+table|drop\s+(?:table|column)|rename\s+|table_info|information_schema"
    rb"|sqlite_(?:master|schema)|pg_catalog|attach\s+|temp(?:orary)?\s+table|dblink|show\s+columns"
)
"""A function that mentions these changes the schema, or asks what there is."""


_NEAR = 0.82
"""Names so alike are meant for one another; ``created_by`` and ``created_at`` are less."""
_SHARE = 3
"""Of the tables that statements name, this many have to be declared for each that is not."""


class UnknownColumn(Rule):
    """``SELECT Size FROM files`` where no declaration of ``files`` has a ``Size``."""

    code = "DBC502"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        written = list(_written(project))
        if not written:
            return
        judge = _Judge(Schemas(project), {name for each in written for name in each.names})
        for each in written:
            executed = each.executed
            scope = (executed.module.name, executed.number)
            for matched, message in judge.unknown(each.names):
                yield suspect(
                    project, self.code, scope, executed.call.at, executed.call.end, shape="call",
                    message=message, matched=matched, priority="high",
                )  # fmt: skip


class _Written(NamedTuple):
    """A call that executes SQL, and what that names."""

    executed: Executed
    names: frozenset[Named]


def _written(project: Project) -> Iterator[_Written]:
    """The statements of a project whose text is known, each where it is first handed on."""
    seen: dict[int, f.Expr] = {}
    for executed in project.executions.find(_QUERIES, everywhere=True):
        scope = (executed.module.name, executed.number)
        if project.role(scope) in EXEMPT_ROLES:
            continue
        if _ADAPTS.search(executed.module.facts.bodies[executed.number]):
            continue
        bound = Bound(executed.module, executed.number)
        written = [node for node, _ in pieces(bound, executed.sql, executed.statement)]
        if len(written) != 1 or id(written[0]) in seen:
            continue
        seen[id(written[0])] = written[0]
        sql = _text(project, executed, written[0])
        if GAP not in sql and looks_like_sql(sql) and len(sql) != KEPT_TEXT:
            names = named_in(sql)
            if names:
                yield _Written(executed, names)


def _text(project: Project, executed: Executed, node: f.Expr) -> str:
    """The text of an expression, also where it is a name for a constant of the module."""
    if isinstance(node, (f.Name, f.Attr)):
        values = project.values(executed.module.name, executed.number, node)
        only = values[0] if len(values) == 1 else None
        if isinstance(only, v.Const) and isinstance(only.value, str):
            return only.value
    return with_gaps(parts_of(node))


class _Judge:
    """Holds names against what the project declares."""

    def __init__(self, schemas: Schemas, names: set[Named]) -> None:
        self._schemas = schemas
        tables = {table for name in names if not name.column for table in name.tables}
        declared = sum(map(schemas.is_declared, tables))
        missing = len(tables) - declared
        self._knows_tables = schemas.are_whole and declared >= _SHARE * missing

    def unknown(self, names: frozenset[Named]) -> Iterator[tuple[str, str]]:
        """What no schema has: what was matched, and the message."""
        for name in sorted(names, key=lambda each: (sorted(each.tables), each.column)):
            tables = sorted(name.tables)
            if name.column:
                if self._lacks(name):
                    where = " and ".join(tables)
                    yield (
                        f"{where}.{name.column}",
                        f"no schema of {where} has a column {name.column}{self._nearest(name)}",
                    )
            elif self._knows_tables and not self._schemas.is_declared(tables[0]):
                yield tables[0], f"no schema in the project has a table {tables[0]}"

    def _lacks(self, name: Named) -> bool:
        """Whether all of the tables are known, and none of them has the column."""
        column = name.column.lower()
        if self._schemas.may_have(name.column):
            return False
        for table in name.tables:
            known = self._schemas.closed(table)
            if known is None or column in known.columns:
                return False
        return True

    def _nearest(self, name: Named) -> str:
        columns = {
            lower: spelling
            for table in name.tables
            for lower, spelling in self._schemas.columns(table).items()
        }
        near = get_close_matches(name.column.lower(), sorted(columns), 1, _NEAR)
        return f"; did you mean {columns[near[0]]}?" if near else ""
