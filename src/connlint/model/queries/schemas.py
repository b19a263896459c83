"""The project in, the tables that it declares out: by CREATE TABLE, ALTER TABLE and by models."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import Module, walk
from connlint.model.project import Project
from connlint.model.queries.texts import GAP, last_name, parts_of, with_gaps

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

_DIALECTS = ("sqlite", "postgres", "mysql")
MAX_SQL = 10_000
"""Longer statements are not parsed."""
_DECLARES = re.compile(r"\b(?:create|alter)\s+(?:\w+\s+)*?table\b", re.IGNORECASE)
_MENTIONED = re.compile(
    rb"(?i)(?:create|alter)\s+(?:\w+\s+)?table|__tablename__|create_table|add_column"
)
_COLUMNS = frozenset({"Column", "mapped_column", "Field", "column"})


class Condition(NamedTuple):
    """``column = ?`` in a statement on one table; ``position`` counts the placeholders before it,
    ``name`` is the placeholder's own."""

    column: str
    position: int
    name: str


class Statement(NamedTuple):
    """A parsed statement on a single table, and what it compares with placeholders."""

    table: str
    conditions: tuple[Condition, ...]


class Schemas:
    """Tables and their columns, both by their names in lower case."""

    def __init__(self, project: Project) -> None:
        self.tables: dict[str, dict[str, str]] = {}
        for module in project.program.modules.values():
            for number, body in enumerate(module.facts.bodies):
                if _MENTIONED.search(body):
                    self._read(module, number)

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table: lower case to their spelling; empty when it is not known."""
        return self.tables.get(table.lower(), {})

    def _read(self, module: Module, number: int) -> None:
        self._model(module, number)
        for statement in walk(module.body(number)):
            for expression in expressions_of(statement):
                for node in descend(expression):
                    if isinstance(node, (f.Const, f.Text)):
                        sql = with_gaps(parts_of(node))
                        if _DECLARES.search(sql) and len(sql) <= MAX_SQL:
                            self._declared(sql)
                    elif isinstance(node, f.Call):
                        self._operation(node)

    def _declared(self, sql: str) -> None:
        for table, column in _declared_columns(sql.replace(GAP, "x")):
            self._add(table, column)

    def _operation(self, call: f.Call) -> None:
        """``op.create_table("t", Column("a"), ...)``, ``op.add_column`` and ``Table(...)``."""
        name = last_name(call.func)
        if name in ("create_table", "add_column", "Table") and call.args:
            table = call.args[0]
            if isinstance(table, f.Const) and isinstance(table.value, str):
                for column in call.args[1:]:
                    self._column(table.value, column, "")

    def _model(self, module: Module, number: int) -> None:
        body = module.body(number)
        table = next((each for each in map(_table_name, body) if each), "")
        if not table:
            return
        for statement in body:
            if isinstance(statement, f.Assign) and isinstance(statement.targets[0], f.Name):
                self._column(table, statement.value, statement.targets[0].id)
            elif isinstance(statement, f.Annotated) and isinstance(statement.target, f.Name):
                if statement.value is None:
                    self._add(table, statement.target.id)
                else:
                    self._column(table, statement.value, statement.target.id)

    def _column(self, table: str, node: f.Expr, attribute: str) -> None:
        if not isinstance(node, f.Call) or last_name(node.func) not in _COLUMNS:
            return
        first = node.args[0] if node.args else None
        if isinstance(first, f.Const) and isinstance(first.value, str):
            self._add(table, first.value)
        elif attribute:
            self._add(table, attribute)

    def _add(self, table: str, column: str) -> None:
        self.tables.setdefault(table.lower(), {})[column.lower()] = column


def _table_name(statement: f.Stmt) -> str:
    if isinstance(statement, f.Assign) and isinstance(statement.value, f.Const):
        target = statement.targets[0]
        if isinstance(target, f.Name) and target.id == "__tablename__":
            return str(statement.value.value)
    return ""


def _declared_columns(sql: str) -> Iterator[tuple[str, str]]:
    """The tables and columns that CREATE TABLE and ALTER TABLE statements declare."""
    from sqlglot import exp

    for tree in _parsed(sql):
        if isinstance(tree, (exp.Create, exp.Alter)):
            table = tree.find(exp.Table)
            if table is not None:
                for column in tree.find_all(exp.ColumnDef):
                    yield table.name, column.name


def read_statement(sql: str) -> Statement | None:
    """A statement on one table with its placeholders; nothing when it is not one, or not known."""
    from sqlglot import exp

    trees = _parsed(sql) if len(sql) <= MAX_SQL else []
    if len(trees) != 1 or not isinstance(trees[0], (exp.Select, exp.Update, exp.Delete)):
        return None
    tables = list(trees[0].find_all(exp.Table))
    if len(tables) != 1:
        return None
    placeholders = list(trees[0].find_all(exp.Placeholder, bfs=False))
    where = trees[0].args.get("where")
    found = []
    for each in where.find_all(exp.EQ, bfs=False) if where is not None else ():
        column, value = each.this, each.expression
        if isinstance(column, exp.Column) and isinstance(value, exp.Placeholder):
            position = next(i for i, p in enumerate(placeholders) if p is value)
            found.append(Condition(column.name, position, value.name))
    return Statement(tables[0].name, tuple(found))


def _parsed(sql: str) -> list[Expr]:
    """The statements of a text; none when the parser does not understand it."""
    import sqlglot

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    for dialect in _DIALECTS:
        # Text of analysed code may be anything; what the parser fails on is not known.
        try:
            trees = sqlglot.parse(sql, dialect=dialect)
        except Exception:
            continue
        return [tree for tree in trees if tree is not None]
    return []
