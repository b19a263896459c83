"""The statement that a call executes in, what executing it does out: read, write, or more."""

from __future__ import annotations

import re
from typing import Literal

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.types import EffectKind
from connlint.model.program import Program

RowAction = Literal["create", "read", "update", "delete"]

_VERB = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*([a-zA-Z]+)", re.DOTALL)
_READS = frozenset({
    "select", "show", "explain", "describe", "desc", "values", "table", "pragma", "fetch",
})  # fmt: skip
_WRITES = frozenset({
    "insert", "update", "delete", "merge", "replace", "create", "alter", "drop", "truncate",
    "grant", "revoke", "vacuum", "reindex", "copy", "upsert", "call", "comment", "refresh",
    "analyze",
})  # fmt: skip
_NEITHER = frozenset({
    "set", "reset", "use", "savepoint", "release", "listen", "notify", "prepare", "deallocate",
    "lock", "attach", "detach",
})  # fmt: skip
_WRITING_WITH = re.compile(r"\b(insert|update|delete|merge)\b", re.IGNORECASE)

_ON_TABLE = re.compile(
    r"\s*(?:(?P<read>select)\b.*?\bfrom|(?P<create>insert|replace)\s+(?:or\s+\w+\s+)?into"
    r"|(?P<update>update)|(?P<delete>delete)\s+from)\s+[\"'`\[]?(?P<table>\w+)",
    re.IGNORECASE | re.DOTALL,
)
_ROW_ACTIONS: tuple[RowAction, ...] = ("create", "read", "update", "delete")


def table_action(sql: str) -> tuple[str, RowAction] | None:
    """The first table that SQL text is about, in lower case, and what happens to its rows."""
    found = _ON_TABLE.match(sql)
    if found is None:
        return None
    return found["table"].lower(), next(each for each in _ROW_ACTIONS if found[each])


def classify(sql: str) -> tuple[EffectKind, ...]:
    """What executing SQL text does, by its first word; ``("execute",)`` when that is not clear."""
    match = _VERB.match(sql)
    if match is None:
        return ("execute",)
    verb = match.group(1).lower()
    if verb in _READS:
        return ("read",)
    if verb in _WRITES:
        return ("write",)
    if verb == "with":
        return ("write",) if _WRITING_WITH.search(sql) else ("read",)
    if verb in ("begin", "start"):
        return ("begin",)
    if verb in ("commit", "end"):
        return ("commit",)
    if verb in ("rollback", "abort"):
        return ("rollback",)
    return () if verb in _NEITHER else ("execute",)


def statement_effects(
    program: Program, node: f.Call, args: list[v.Values]
) -> tuple[EffectKind, ...]:
    """What an ``execute`` call does: by its statement's type, else by its text.

    A statement that is not known may write; it counts as ``execute``, and the path keeps it in
    mind as a possible write.
    """
    found: dict[EffectKind, None] = {}
    for value in args[0] if args else ():
        for kind in _effects_of(program, value):
            found[kind] = None
    if not found and not (args and args[0]):
        found["execute"] = None
    return tuple(found)


def _effects_of(program: Program, value: v.Value) -> tuple[EffectKind, ...]:
    if isinstance(value, v.Const):
        return classify(value.value) if isinstance(value.value, str) else ("execute",)
    if isinstance(value, v.Obj):
        kind = program.kind(value)
        if kind == "read-statement":
            return ("read",)
        if kind in ("write-statement", "ddl-statement"):
            return ("write",)
        if value.id.startswith("text:"):
            return classify(value.id[5:])
    return ("execute",)
