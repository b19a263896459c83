"""SQL that declares tables in, the tables out: CREATE TABLE, CREATE VIEW and ALTER TABLE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connlint.facts.sql_statements import declares, statements
from connlint.model.queries.parsing import parsed
from connlint.model.queries.tables import Tables
from connlint.model.queries.texts import GAP

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.expressions import Expr

_STAND_IN = "gap_in_text"
_NAME = r"[\w$]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\]"
_NAMED = re.compile(
    r"\s*(?:create|alter)\s+(?:\w+\s+){0,4}?(?:table|view)\s+"
    r"(?:(?:if\s+(?:not\s+)?exists|only)\s+)*"
    rf"(?:(?:{_NAME})\s*\.\s*)*(?P<name>{_NAME})",
    re.IGNORECASE,
)
_INTO = re.compile(rf"\binto\s+(?:\w+\s+)?(?P<name>{_NAME})\s+from\b", re.IGNORECASE)
_COPIES = frozenset({"LikeProperty", "InheritsProperty", "PartitionedOfProperty"})
_NO_COLUMNS = frozenset({
    "Constraint", "PrimaryKey", "ForeignKey", "UniqueColumnConstraint", "CheckColumnConstraint",
    "Check", "IndexColumnConstraint", "ExcludeColumnConstraint",
})  # fmt: skip


def read_declarations(sql: str, tables: Tables) -> None:
    """Put what a text declares into ``tables``; a gap in it stands for a name that is not known."""
    for statement in statements(sql.replace(GAP, _STAND_IN)):
        if declares(statement):
            _read(statement, tables)


def _read(statement: str, tables: Tables) -> None:
    from sqlglot import exp

    trees = parsed(statement)
    tree = trees[0] if len(trees) == 1 else None
    if isinstance(tree, exp.Create) and tree.kind == "TABLE":
        _create(tree, tables)
    elif isinstance(tree, exp.Alter):
        _alter(tree, tables)
    else:
        found = _NAMED.match(statement) or _INTO.search(statement)
        tables.open(_known(found["name"].strip('"`[]')) if found else None)


def _create(tree: exp.Create, tables: Tables) -> None:
    from sqlglot import exp

    schema = tree.this
    table = tree.find(exp.Table)
    name = _known(table.name) if table is not None else None
    tables.create(name)
    inside = schema.expressions if isinstance(schema, exp.Schema) else []
    for each in inside:
        if isinstance(each, exp.ColumnDef):
            tables.add(name, _known(each.name))
        elif type(each).__name__ not in _NO_COLUMNS:
            tables.open(name)
    is_copy = any(type(each).__name__ in _COPIES for each in tree.walk())
    if not inside or is_copy or tree.expression is not None:
        tables.open(name)


def _alter(tree: Expr, tables: Tables) -> None:
    from sqlglot import exp

    table = tree.find(exp.Table)
    name = _known(table.name) if table is not None else None
    for action in tree.args.get("actions") or ():
        if isinstance(action, exp.RenameColumn):
            tables.add(name, _known(action.args["to"].name))
        elif isinstance(action, exp.AlterRename):
            tables.rename(name, _known(action.this.name))
        else:
            for column in action.find_all(exp.ColumnDef):
                tables.add(name, _known(column.name))


def _known(name: str) -> str | None:
    """A name, unless a part of it stands for a value."""
    return None if _STAND_IN in name or not name else name
