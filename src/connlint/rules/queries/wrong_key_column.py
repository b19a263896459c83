"""DBC501: SQL compares a table's own key with the key of something that the table refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model.name_parts import last_name
from connlint.model.queries.bound import Bound, pieces
from connlint.model.queries.conditions import Condition, Statement, read_statement
from connlint.model.queries.executed import Executed
from connlint.model.queries.schemas import Schemas
from connlint.model.queries.texts import GAP, parts_of, with_gaps
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project

_COMPARES_ID = re.compile(r"\bid\b[\"`\]]?\s*=\s*(?:\?|%s|:\w|%\(|@\w)", re.IGNORECASE)
_MENTIONED = re.compile(rb"(?i)\bid[\"`\]]?\s*=\s*(?:\?|%s|:\w|%\(|@\w)")
_CASTS = frozenset({"str", "int", "bytes", "UUID", "unhexlify", "fromhex", "encode", "strip"})
_VALUES = ("params", "parameters", "values", "args")


class WrongKeyColumn(Rule):
    """``WHERE ID = ?`` with a ``client_id``, on a table that has a ``ClientID``."""

    code = "DBC501"
    severity = "error"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        bodies = (b for module in project.program.examined for b in module.facts.bodies)
        if not any(map(_MENTIONED.search, bodies)):
            return
        reader = _Reader(project)
        for executed in project.executions.find(_MENTIONED):
            scope = (executed.module.name, executed.number)
            if project.role(scope) in EXEMPT_ROLES:
                continue
            for table, condition, key, column in reader.wrong(executed):
                yield suspect(
                    project, self.code, scope, executed.call.at, executed.call.end, shape="call",
                    message=f"{key} is compared with {table}.{condition.column}; the column for it "
                    f"is {column}",
                    matched=f"{table}.{condition.column} = {key}", priority="critical",
                    intent=_intent(executed, condition, column),
                )  # fmt: skip


class _Reader:
    """Reads executed statements against the schema of the project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def _schemas(self) -> Schemas:
        return Schemas(self._project)

    def wrong(self, executed: Executed) -> Iterator[tuple[str, Condition, str, str]]:
        """Conditions on the wrong key: table, condition, the key, and the column for it."""
        bound = Bound(executed.module, executed.number)
        written = [node for node, _ in pieces(bound, executed.sql, executed.statement)]
        sql = with_gaps(parts_of(written[0])) if len(written) == 1 else ""
        if GAP in sql or not _COMPARES_ID.search(sql):
            return
        statement = read_statement(sql)
        if statement is None:
            return
        for condition in statement.conditions:
            key = _bound_key(executed, condition)
            column = self._column_for(statement, condition, key)
            if column:
                yield statement.table, condition, key, column

    def _column_for(self, statement: Statement, condition: Condition, key: str) -> str:
        """The column of a table that a key is named for, if it is compared with the table's own."""
        wanted = _plain(key)
        entity = wanted.removesuffix("id")
        if _plain(condition.column) != "id" or not entity or entity == wanted:
            return ""
        table = _plain(statement.table)
        if table in (entity, f"{entity}s", f"{entity}es", f"{entity[:-1]}ies"):
            return ""
        columns = self._schemas.columns(statement.table)
        if "id" not in columns:
            return ""
        return next((name for name in columns.values() if _plain(name) == wanted), "")


def _intent(executed: Executed, condition: Condition, column: str) -> FixIntent:
    """The fix that puts the column for a key in the place of the one that is compared with it."""
    call = executed.call
    argument = next((str(i) for i, each in enumerate(call.args) if each is executed.sql), "")
    argument = argument or next(k.name or "" for k in call.keywords if k.value is executed.sql)
    data = {
        "argument": argument,
        "column": condition.column,
        "wanted": column,
        "position": str(condition.position),
        "name": condition.name,
    }
    title = f"compare {column} in place of {condition.column}"
    return FixIntent("replace-column", "unsafe", title, data)


def _bound_key(executed: Executed, condition: Condition) -> str:
    """The name of the value that is bound to a placeholder, or nothing."""
    call = executed.call
    values = next((k.value for k in call.keywords if k.name in _VALUES), None)
    if values is None:
        position = next((i for i, each in enumerate(call.args) if each is executed.sql), 0) + 1
        values = call.args[position] if position < len(call.args) else None
    if isinstance(values, f.Seq):
        before = values.items[: condition.position + 1]
        if len(before) <= condition.position or any(isinstance(i, f.Starred) for i in before):
            return ""
        return _key_name(before[-1])
    if isinstance(values, f.DictLit):
        for key, value in zip(values.keys, values.values, strict=True):
            if isinstance(key, f.Const) and key.value == condition.name:
                return _key_name(value) or condition.name
    return condition.name if condition.name.isidentifier() else ""


def _key_name(node: f.Expr) -> str:
    """What a value is called: a variable, an attribute, or the same inside a conversion."""
    if isinstance(node, f.Call) and last_name(node.func) in _CASTS:
        inside = node.args[0] if node.args else None
        if inside is None and isinstance(node.func, f.Attr):
            inside = node.func.value
        return _key_name(inside) if inside is not None else ""
    if isinstance(node, f.Attr):
        owner = node.value.id if isinstance(node.value, f.Name) else ""
        return f"{owner}_id" if node.attr.lower() == "id" and owner != "self" else node.attr
    return node.id if isinstance(node, f.Name) else ""


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
