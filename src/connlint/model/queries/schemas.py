"""The project in, the tables that it declares out: by CREATE TABLE, ALTER TABLE, by models,
``Table`` objects and migrations, and by its files of SQL."""

from __future__ import annotations

import re

import msgspec

from connlint.facts import types as f
from connlint.facts.expressions import KEPT_SQL, KEPT_TEXT
from connlint.model.classes import ClassId
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import Module, walk
from connlint.model.project import Project
from connlint.model.queries.declared_models import MAPS, MappedClasses
from connlint.model.queries.declared_operations import read_operations
from connlint.model.queries.declared_sql import read_declarations
from connlint.model.queries.tables import Table, Tables
from connlint.model.queries.texts import parts_of, with_gaps

_DECLARES = re.compile(r"\b(?:create|alter)\s+(?:\w+\s+){0,4}?(?:table|view)\b", re.IGNORECASE)
_MENTIONED = re.compile(
    rb"(?i)(?:create|alter)\s+(?:\w+\s+){0,4}?(?:table|view)|Table|create_table|add_column"
    rb"|alter_column|rename_table|Column"
)
_UNSEEN = frozenset({"reflect", "automap_base", "to_sql"})
"""Calls that make tables known which no code spells out."""
_OTHER_MAPPERS = frozenset({
    "django", "peewee", "tortoise", "pony", "piccolo", "ormar", "gino", "masoniteorm", "orator",
    "playhouse", "edgy", "saffier", "prisma",
})  # fmt: skip


class Schemas:
    """What the project declares, read when it is first asked for."""

    def __init__(self, project: Project) -> None:
        self._program = project.program
        self._tables = Tables()
        self._spelled: dict[str, bool] = {}
        files = project.sql_files()
        self._tables.is_whole = files.is_whole
        for statement in files.statements:
            read_declarations(statement, self._tables)
        mapped = MappedClasses(project.program, self._tables)
        for module in project.program.modules.values():
            self._read(module, mapped)

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table: lower case to their spelling; empty when it is not known."""
        known = self._tables.by_name.get(table.lower())
        return known.columns if known is not None else {}

    def closed(self, table: str) -> Table | None:
        """A table all of whose columns are declared; ``None`` for any other."""
        known = self._tables.by_name.get(table.lower())
        return known if known is not None and known.is_created and not known.is_open else None

    def is_declared(self, table: str) -> bool:
        """Whether a table is declared somewhere, or may be the one whose name is not known."""
        return table.lower() in self._tables.by_name

    @property
    def are_whole(self) -> bool:
        """Whether every declaration of a table could be read."""
        return bool(self._tables.by_name) and self._tables.is_whole

    def may_have(self, column: str) -> bool:
        """Whether a table may have a column by a declaration that could not be read."""
        if column.lower() in self._tables.everywhere:
            return True
        return not self._tables.has_named_columns and self._is_spelled(column)

    def _is_spelled(self, name: str) -> bool:
        """Whether a name stands alone somewhere in the code, as a text or as what it says."""
        known = self._spelled.get(name)
        if known is None:
            encoded = msgspec.msgpack.encode(name)
            modules = self._program.modules.values()
            known = any(encoded in body for module in modules for body in module.facts.bodies)
            self._spelled[name] = known
        return known

    def _read(self, module: Module, mapped: MappedClasses) -> None:
        if any(item.module.partition(".")[0] in _OTHER_MAPPERS for item in module.facts.imports):
            self._tables.is_whole = False
        for number, body in enumerate(module.facts.bodies):
            scope = module.facts.scopes[number]
            if not _UNSEEN.isdisjoint(name.rpartition(".")[2] for name in scope.called):
                self._tables.is_whole = False
            if scope.kind == "class" and (MAPS.search(body) or scope.keywords):
                mapped.read(ClassId(module.name, number))
            if _MENTIONED.search(body):
                read_operations(module, number, self._tables)
                self._texts(module, number)

    def _texts(self, module: Module, number: int) -> None:
        for statement in walk(module.body(number)):
            for expression in expressions_of(statement):
                for node in descend(expression):
                    if isinstance(node, (f.Const, f.Text)):
                        sql = with_gaps(parts_of(node))
                        if _DECLARES.search(sql):
                            if len(sql) in (KEPT_TEXT, KEPT_SQL):  # the rest was cut off
                                self._tables.is_whole = False
                            read_declarations(sql, self._tables)
