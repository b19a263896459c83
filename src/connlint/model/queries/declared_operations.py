"""Calls that declare tables in, the tables out: ``Table(...)`` and the operations of Alembic."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of, literal_text
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.queries.tables import Tables

COLUMNS = frozenset({"Column", "mapped_column", "Field", "column", "deferred", "column_property"})
"""What makes a column."""
_NO_COLUMNS = frozenset({
    "ForeignKeyConstraint", "PrimaryKeyConstraint", "UniqueConstraint", "CheckConstraint", "Index",
    "ExcludeConstraint",
})  # fmt: skip
_MAKES = frozenset({"create_table", "Table"})
_ALTERS = frozenset({"add_column", "alter_column", "rename_table"})
_READS_DATABASE = frozenset({"autoload", "autoload_with", "autoload_replace"})


def read_operations(module: Module, number: int, tables: Tables) -> None:
    """Put what the calls of a scope declare into ``tables``."""
    batches = _batches(module, number)
    for statement in walk(module.body(number)):
        if isinstance(statement, f.Assign) and isinstance(statement.value, f.Call):
            _hung_on(statement, tables)
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Call):
                    name = last_name(node.func)
                    if name in _MAKES:
                        _made(node, name, tables)
                    elif name in _ALTERS:
                        _altered(node, name, batches, tables)


def column_name(node: f.Expr) -> str | None:
    """The name that a call of ``Column`` gives: its first argument, or nothing."""
    first = node.args[0] if isinstance(node, f.Call) and node.args else None
    return literal_text(first)


def _batches(module: Module, number: int) -> dict[str, f.Expr]:
    """The variables of ``with op.batch_alter_table("t") as batch_op``, and the table of each."""
    return {
        item.target.id: item.context.args[0]
        for statement in walk(module.body(number))
        if isinstance(statement, f.With)
        for item in statement.items
        if isinstance(item.target, f.Name)
        and isinstance(item.context, f.Call)
        and item.context.args
        and last_name(item.context.func) == "batch_alter_table"
    }


def _made(call: f.Call, kind: str, tables: Tables) -> None:
    """``op.create_table("t", Column("a"), ...)`` and ``Table("t", metadata, ...)``."""
    if not call.args or (kind == "Table" and len(call.args) < 2):
        return
    table = literal_text(call.args[0])
    tables.create(table)
    for each in call.args[1 if kind == "create_table" else 2 :]:
        name = last_name(each.func) if isinstance(each, f.Call) else ""
        if name in COLUMNS:
            tables.add(table, column_name(each))
        elif name not in _NO_COLUMNS:
            tables.open(table)
    if any(keyword.name in _READS_DATABASE or not keyword.name for keyword in call.keywords):
        tables.open(table)


def _altered(call: f.Call, kind: str, batches: dict[str, f.Expr], tables: Tables) -> None:
    """``op.add_column("t", Column("a"))``, or the same on the batch for a table."""
    args = list(call.args)
    owner = call.func.value if isinstance(call.func, f.Attr) else None
    if isinstance(owner, f.Name) and owner.id in batches:
        args.insert(0, batches[owner.id])
    if not args:
        return
    if kind == "rename_table":
        tables.rename(literal_text(args[0]), literal_text(args[1]) if len(args) > 1 else None)
    elif kind == "add_column":
        column = next((each for each in args if isinstance(each, f.Call)), None)
        table = None if args[0] is column else literal_text(args[0])
        tables.add(table, column_name(column) if column is not None else None)
    else:
        for keyword in call.keywords:
            if keyword.name == "new_column_name":
                tables.add(literal_text(args[0]), literal_text(keyword.value))


def _hung_on(statement: f.Assign, tables: Tables) -> None:
    """``Model.column = Column(...)``: which table that is of is not looked for."""
    if isinstance(statement.value, f.Call) and last_name(statement.value.func) in COLUMNS:
        for target in statement.targets:
            if isinstance(target, f.Attr):
                tables.everywhere.add(target.attr.lower())
                tables.everywhere.add((column_name(statement.value) or target.attr).lower())
