"""Mapped classes in, their tables out: what a class body binds counts as a column, its bases and
mixins included. That is more than the table has, which is the side to be wrong on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model.classes import ClassId
from connlint.model.expressions import descend
from connlint.model.names import walk
from connlint.model.program import Program
from connlint.model.queries.tables import Tables

MAPS = re.compile(rb"__tablename__|__table__|Column|mapped_column|Mapped|Field|Relationship")
"""What the body of a mapped class mentions."""
_NAME = "__tablename__"
_OWN_TABLE = frozenset({"__table__", "__table_cls__"})
_NAMED_BY_CLASS = ("sqlmodel.SQLModel", "flask_sqlalchemy.model.Model")
_PLAIN_BASES = frozenset({
    "DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "AsyncAttrs", "SQLModel",
    "Model", "BaseModel", "ABC", "ABCMeta", "Generic", "Protocol", "object", "Base",
})  # fmt: skip
_PLAIN_MODULES = ("builtins.", "typing.", "abc.", "enum.", "typing_extensions.")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class MappedClasses:
    """Reads the mapped classes of a program."""

    def __init__(self, program: Program, tables: Tables) -> None:
        self._program = program
        self._hierarchy = program.hierarchy
        self._tables = tables

    def read(self, owner: ClassId) -> None:
        """Put the table of a class into the tables, if it has one."""
        named = self._table(owner)
        if named is None:
            return
        for name in named:
            self._tables.create(name)
            for each in self._hierarchy.ancestors(owner):
                for column in self._bound(each):
                    self._tables.add(name, column)
            if len(named) > 1 or not self._is_closed(owner):
                self._tables.open(name)

    def _table(self, owner: ClassId) -> tuple[str, ...] | None:
        """The names that the table of a class may have; ``None`` for a class without one.

        The first class of the line that says something of it counts: a subclass without a word of
        its own shares the table.
        """
        for each in self._hierarchy.ancestors(owner):
            if self._hierarchy.own_member(each, _NAME) is not None:
                return self._computed(owner)
            for name, value in self._values(each):
                if name in _OWN_TABLE:
                    return None
                if name == "__abstract__" and each == owner:
                    return None
                if name == _NAME and isinstance(value, f.Const):
                    return (str(value.value),)
                if name == _NAME:
                    return self._computed(owner)
        return self._by_class(owner)

    def _computed(self, owner: ClassId) -> tuple[str, ...]:
        """The names that a function may make of a class's own: the table is one of them."""
        self._tables.is_whole = False
        words = _WORD.sub("_", self._hierarchy.scope(owner).name).lower()
        plain = words.replace("_", "")
        stems = {words, plain, words.removesuffix("_model"), plain.removesuffix("model")}
        return tuple(sorted(n for s in stems for n in (s, f"{s}s", f"{s}es", f"{s[:-1]}ies")))

    def _by_class(self, owner: ClassId) -> tuple[str, ...] | None:
        """The name that SQLModel and Flask-SQLAlchemy give to the table of a class."""
        bases = self._hierarchy.external_bases(owner)
        scope = self._hierarchy.scope(owner)
        if _NAMED_BY_CLASS[0] in bases:
            is_table = any(keyword.name == "table" for keyword in scope.keywords)
            return (scope.name.lower(),) if is_table else None
        has_key = any(
            keyword.name == "primary_key"
            for each in self._hierarchy.ancestors(owner)
            for _, value in self._values(each)
            if isinstance(value, f.Call)
            for keyword in value.keywords
        )
        if not has_key:
            return None
        return (_WORD.sub("_", scope.name).lower(),) if _NAMED_BY_CLASS[1] in bases else None

    def _values(self, owner: ClassId) -> Iterator[tuple[str, f.Expr | None]]:
        """The names that a class body assigns or annotates, with their values."""
        module = self._hierarchy.module(owner)
        for statement in walk(module.body(owner.scope)):
            if isinstance(statement, f.Assign):
                for target in statement.targets:
                    if isinstance(target, f.Name):
                        yield target.id, statement.value
            elif isinstance(statement, f.Annotated) and isinstance(statement.target, f.Name):
                yield statement.target.id, statement.value

    def _bound(self, owner: ClassId) -> Iterator[str]:
        """Everything that a class body gives a name, or names in what it assigns."""
        module = self._hierarchy.module(owner)
        for name, value in self._values(owner):
            yield name
            if isinstance(value, f.Call):
                for node in descend(value):
                    if isinstance(node, f.Const) and isinstance(node.value, str):
                        yield node.value
        for number in module.children.get(owner.scope, ()):
            yield module.facts.scopes[number].name

    def _is_closed(self, owner: ClassId) -> bool:
        """Whether the classes that make up a class are known, and none computes its columns."""
        bases = self._hierarchy.external_bases(owner)
        if not all(_is_plain(base) for base in bases):
            return False
        for each in self._hierarchy.ancestors(owner):
            module = self._hierarchy.module(each)
            for base in self._hierarchy.scope(each).bases:
                is_model = isinstance(base, f.Attr) and base.attr == "Model"
                if not is_model and not self._hierarchy.resolve(module, base):
                    return False
            if any(isinstance(s, (f.For, f.While)) for s in module.body(each.scope)):
                return False
            mentions = module.facts.bodies[each.scope]
            if b"column_prefix" in mentions or b"locals" in mentions or b"vars" in mentions:
                return False
            arguments = [value for name, value in self._values(each) if name == "__table_args__"]
            if any(map(_is_loaded, arguments)):
                return False
        return True


def _is_plain(base: str) -> bool:
    """Whether an external base class is known to bring no columns."""
    return (
        base.startswith(_PLAIN_MODULES)
        or base.endswith("declarative_base()")
        or base.rpartition(".")[2] in _PLAIN_BASES
    )


def _is_loaded(value: f.Expr | None) -> bool:
    """Whether the arguments of a table are loaded from the database."""
    return value is not None and any(
        isinstance(node, f.Const) and node.value in ("autoload", "autoload_with")
        for node in descend(value)
    )
