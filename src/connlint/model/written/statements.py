"""The call that sends a write in, what it writes out: from its statement, dictionary or SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_of, literal_text
from connlint.model.names import ScopeId
from connlint.model.program import Program
from connlint.model.written.fields import Written, counted, stored

_ADDING = frozenset({"add", "merge"})
_ROWS = Written("rows")
_UNKNOWN = Written("unknown")
_UPDATE = re.compile(
    r"\s*update\s+(?:only\s+)?[\w.\"`\[\]]+(?:\s+(?:as\s+)?\w+)?\s+set\s+(.*?)"
    r"(?:\s+where\b.*|\s+returning\b.*|\s+from\b.*|;\s*)?$",
    re.IGNORECASE | re.DOTALL,
)
_SETTING = re.compile(r"\s*(?:\w+\.)?[\"`\[]?(\w+)[\"`\]]?\s*=\s*(.*)", re.DOTALL)
_PLUS = re.compile(r"\+\s*\d+\s*$")
_VERB = re.compile(r"\s*(\w+)")


def written_by(program: Program, scope: ScopeId, call: f.Call) -> frozenset[Written]:
    """What a call on a session, connection, cursor or query writes."""
    method = call.func.attr if isinstance(call.func, f.Attr) else ""
    argument = call.args[0] if call.args else None
    if method in _ADDING and argument is not None:
        return frozenset(_added(program, scope, argument))
    if method == "update" and argument is not None:
        return frozenset(_entries(argument)) or frozenset({_UNKNOWN})
    if method in ("execute", "exec", "executemany", "scalar", "scalars") and argument is not None:
        return frozenset(_statement(program, scope, argument)) or frozenset({_UNKNOWN})
    return frozenset({_ROWS})


def _added(program: Program, scope: ScopeId, added: f.Expr) -> Iterator[Written]:
    """Adding a row that is there already writes nothing but what was stored in it."""
    if not isinstance(added, f.Name):
        yield _ROWS
        return
    module = program.modules[scope[0]]
    found = program.static(module, scope[1], added)
    if any(isinstance(each, v.Obj) and each.id.startswith("new:") for each in found):
        yield _ROWS
    else:
        yield Written("given", added.id)


def _entries(table: f.Expr) -> Iterator[Written]:
    """``{"field": value}``, ``{Model.field: value}``."""
    if not isinstance(table, f.DictLit):
        return
    for key, value in zip(table.keys, table.values, strict=True):
        name = key.value if isinstance(key, f.Const) else getattr(key, "attr", None)
        yield stored(name, value) if isinstance(name, str) else _UNKNOWN


def _statement(program: Program, scope: ScopeId, node: f.Expr) -> Iterator[Written]:
    """What executing a statement writes: ``update(Model).values(...)`` or SQL text."""
    node = _assigned(program, scope, node)
    text = _text(node)
    if text is not None:
        yield from written_by_sql(text)
        return
    kinds = {
        type_name
        for each in program.static(program.modules[scope[0]], scope[1], node)
        if isinstance(each, v.Obj)
        for type_name in [each.type.rpartition(".")[2]]
    }
    if kinds & {"Insert", "Delete"}:
        yield _ROWS
    elif kinds == {"Update"}:
        for call in calls_of(node):
            if isinstance(call.func, f.Attr) and call.func.attr == "values":
                yield from _values(call)


def _values(call: f.Call) -> Iterator[Written]:
    for argument in call.args:
        yield from _entries(argument)
    for keyword in call.keywords:
        yield stored(keyword.name, keyword.value) if keyword.name else _UNKNOWN


def _assigned(program: Program, scope: ScopeId, node: f.Expr) -> f.Expr:
    """What a local name was assigned, if only once."""
    if isinstance(node, f.Name):
        sources = program.assigned(program.modules[scope[0]], scope[1]).get(node.id, ())
        if len(sources) == 1:
            return sources[0]
    return node


def _text(node: f.Expr) -> str | None:
    """SQL text, also inside ``text(...)``."""
    if isinstance(node, f.Call) and node.args and not isinstance(node.func, f.Call):
        node = node.args[0]
    return literal_text(node)


def written_by_sql(sql: str) -> Iterator[Written]:
    """What a statement in SQL writes."""
    verb = _VERB.match(sql)
    word = verb.group(1).lower() if verb is not None else ""
    if word in ("insert", "delete", "replace"):
        yield _ROWS
        return
    found = _UPDATE.match(sql) if word == "update" else None
    if found is None:
        return
    for part in _parts(found.group(1)):
        setting = _SETTING.match(part)
        if setting is None:
            yield _UNKNOWN
        elif _PLUS.search(setting.group(2)) and setting.group(1) in setting.group(2):
            yield counted(setting.group(1))
        else:
            yield stored(setting.group(1), None)


def _parts(settings: str) -> Iterator[str]:
    """The settings of ``UPDATE``, split at commas outside of brackets."""
    depth, start = 0, 0
    for index, letter in enumerate(settings):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "," and not depth:
            yield settings[start:index]
            start = index + 1
    yield settings[start:]
