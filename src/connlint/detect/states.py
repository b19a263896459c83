"""A program in, the ``states`` settings out, where it is clear which states deserve the database.

They are only proposed for code that keeps its jobs in a cache while they are being uploaded and
writes them to the database later; in any other code every state may be worth a commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from connlint.detect.detection import Choice
from connlint.detect.search import Search
from connlint.facts import types as f
from connlint.model.classes import ClassId
from connlint.model.expressions import descend
from connlint.model.name_parts import last_name
from connlint.model.names import Module, Target, walk

FIELDS = "states.fields"
PERSIST = "states.persist"
TRANSIENT = "states.transient"
PERSIST_FUNCTIONS = "states.persist-functions"

_UPLOADING = re.compile(r"(uploading|receiving|upload_(in_progress|started))", re.IGNORECASE)
_WAITING = re.compile(r"(queued|enqueued|submitted)", re.IGNORECASE)
_OVER = re.compile(
    r"(completed?|done|success|succeeded|finished|error(ed)?|fail(ed|ure)|cancell?ed|abandoned|"
    r"aborted|expired|rejected|timed_?out|downloaded|delivered|terminated)",
    re.IGNORECASE,
)
_CACHES = frozenset({"redis", "aioredis", "valkey", "pymemcache", "aiomcache", "glide", "coredis"})
_PERSISTS = re.compile(r"(^|_)(persist|flush|sync|save|store|write)(_\w+)?_to_(db|database)(_|$)")
_COLUMN_FUNCTIONS = frozenset({"Column", "mapped_column", "Field", "column"})
_ENDINGS = 2
"""Fewer ways for a job to be over are no vocabulary of states."""


class Vocabulary(NamedTuple):
    """An enumeration whose members are the states of a model's field."""

    name: str
    members: tuple[str, ...]
    model: str
    field: str


class States:
    """Reads the states of entities."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._program = search.program
        self._uses = search.uses

    def choices(self) -> Iterator[Choice]:
        """What the ``states`` table gets; nothing unless it is clear."""
        stores = list(self._stores())
        vocabulary = next(iter(self._vocabularies()), None)
        if not stores or vocabulary is None:
            return
        lasting = [m for m in vocabulary.members if _WAITING.fullmatch(m) or _OVER.fullmatch(m)]
        reason = f"holds a {vocabulary.name} in {vocabulary.model}"
        yield Choice(FIELDS, vocabulary.field, reason)
        for member in lasting:
            waits = _WAITING.fullmatch(member) is not None
            reason = "a worker has to find it" if waits else "nothing comes after it"
            yield Choice(PERSIST, member, reason, "likely")
        for member in vocabulary.members:
            if _UPLOADING.fullmatch(member):
                reason = f"{stores[0].name} keeps it meanwhile"
                yield Choice(TRANSIENT, member, reason, "likely")
        for store in stores:
            for name in self._persisting(store):
                yield Choice(
                    PERSIST_FUNCTIONS, name, "writes a cached job to the database", "likely"
                )

    def _vocabularies(self) -> Iterator[Vocabulary]:
        """Enumerations of states with uploads and several endings that are columns of a model."""
        known: dict[Target, tuple[str, ...]] = {}
        for module in self._uses.modules:
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind != "class" or not _is_vocabulary(scope.binds):
                    continue
                if self._program.is_enum(ClassId(module.name, number)):
                    target = Target("class", module.name, scope.qualname, number)
                    known[target] = scope.binds
        if known:
            yield from self._columns(known)

    def _columns(self, known: dict[Target, tuple[str, ...]]) -> Iterator[Vocabulary]:
        for module in self._uses.modules:
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind != "class" or not scope.bases:
                    continue
                for field, nodes in _fields(module, number):
                    targets = self._named(module, nodes)
                    for target in known.keys() & targets:
                        yield Vocabulary(
                            target.dotted, known[target], f"{module.name}.{scope.qualname}", field
                        )

    def _named(self, module: Module, nodes: list[f.Expr]) -> set[Target]:
        """The classes that expressions of a class body name."""
        return {
            target
            for node in nodes
            for each in descend(node)
            if isinstance(each, (f.Name, f.Attr))
            for target in self._program.hierarchy.resolve(module, each)
        }

    def _stores(self) -> Iterator[Module]:
        """Modules that talk to a cache and, for the same things, to the database."""
        offering = {target.module for target in (*self._search.ways, *self._search.held)}
        for module in self._uses.modules:
            imported = [module.imported_from(item) for item in module.facts.imports]
            if not any(name.partition(".")[0] in _CACHES for name in imported):
                continue
            targets = (
                t for i in module.facts.imports for t in self._program.names.imported(module, i)
            )
            if any(target.module in offering for target in targets):
                yield module

    def _persisting(self, module: Module) -> Iterator[str]:
        """Functions of a store whose name says that they write to the database."""
        for number, scope in enumerate(module.facts.scopes):
            if scope.kind == "function" and _PERSISTS.search(scope.name):
                yield module.symbol(number)


def _is_vocabulary(names: tuple[str, ...]) -> bool:
    """Whether names are states of something that is uploaded first and over in the end."""
    endings = sum(_OVER.fullmatch(name) is not None for name in names)
    return endings >= _ENDINGS and any(_UPLOADING.fullmatch(name) for name in names)


def _fields(module: Module, number: int) -> Iterator[tuple[str, list[f.Expr]]]:
    """The columns that a class body declares, each with the expressions that describe it."""
    for statement in walk(module.body(number)):
        if isinstance(statement, f.Annotated) and isinstance(statement.target, f.Name):
            nodes = [statement.annotation, *([statement.value] if statement.value else [])]
            if _is_column(statement.value) or _is_mapped(statement.annotation):
                yield statement.target.id, nodes
        elif isinstance(statement, f.Assign) and _is_column(statement.value):
            for target in statement.targets:
                if isinstance(target, f.Name):
                    yield target.id, [statement.value]


def _is_column(node: f.Expr | None) -> bool:
    return isinstance(node, f.Call) and last_name(node.func) in _COLUMN_FUNCTIONS


def _is_mapped(node: f.Expr) -> bool:
    return isinstance(node, f.Index) and getattr(node.value, "id", "") == "Mapped"
