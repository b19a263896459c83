"""A statement on one table in, the columns that it compares with placeholders out."""

from __future__ import annotations

from typing import NamedTuple

from connlint.model.queries.parsing import parsed


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


def read_statement(sql: str) -> Statement | None:
    """A statement on one table with its placeholders; nothing when it is not one, or not known."""
    from sqlglot import exp

    trees = parsed(sql)
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
