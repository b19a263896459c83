"""An expression that builds text in, its constant parts and the values put between them out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model.name_parts import last_name

Part = str | f.Expr
"""Constant text, or the expression whose value is put there."""

GAP = "\x00"
"""Stands for a value in a text whose other parts are constant."""

_THROUGH = frozenset({"text", "dedent", "SQL", "TextClause", "DDL", "cleandoc", "literal_column"})
_TRIMS = frozenset({"strip", "lstrip", "rstrip"})
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdrif]")
_BRACES = re.compile(r"\{[\w.]*(?:![rsa])?(?::[^{}]*)?\}")
_SPACE = r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*"
_NAME = r"[\w.\"`\[\]\x00$]+"
_SQL = re.compile(
    _SPACE + r"(?:"
    r"select\b.+\bfrom\b"
    r"|select\s+(?:\w+\s*\(|exists|\x00|\d)"
    rf"|insert\s+(?:or\s+\w+\s+)?(?:ignore\s+)?into\s+{_NAME}"
    rf"|replace\s+into\s+{_NAME}"
    r"|update\s.+\bset\b"
    rf"|delete\s+from\s+{_NAME}"
    rf"|merge\s+into\s+{_NAME}"
    r"|with\s+(?:recursive\s+)?\w+\s*(?:\([^)]*\)\s*)?as\s*(?:(?:not\s+)?materialized\s*)?\("
    r"|(?:create|alter|drop)\s+(?:or\s+replace\s+|unique\s+|temp\s+|temporary\s+|global\s+"
    r"|local\s+|materialized\s+|unlogged\s+|virtual\s+|external\s+|foreign\s+)*(?:table|index|view"
    r"|database|schema|sequence|type|trigger|function|extension|role|user|policy|procedure)\b"
    rf"|truncate\s+(?:table\s+)?{_NAME}\s*(?:;|$|cascade|restart|\x00)"
    rf"|pragma\s+{_NAME}"
    r"|set\s+(?:local\s+|session\s+)\w"
    r"|grant\s.+\sto\s|revoke\s.+\sfrom\s|explain\s+(?:analyze\s+|query\s+plan\s+)?(?:select|\x00)"
    r"|(?:vacuum|reindex|analyze)\s+(?:table\s+|full\s+|analyze\s+)*\x00"
    r")",
    re.IGNORECASE | re.DOTALL,
)


def looks_like_sql(text: str) -> bool:
    """Whether text begins as a statement of SQL does; values in it are :data:`GAP`."""
    return _SQL.match(text) is not None


def with_gaps(parts: list[Part]) -> str:
    """The text of parts, with a :data:`GAP` for each value."""
    return "".join(part if isinstance(part, str) else GAP for part in parts)


def parts_of(node: f.Expr) -> list[Part]:
    """The parts of the text that an expression builds; the expression itself if it builds none."""
    if isinstance(node, f.Const):
        return [node.value if isinstance(node.value, str) else str(node.value)]
    if isinstance(node, f.Text):
        return [part for each in node.parts for part in parts_of(each)]
    if isinstance(node, f.BinOp):
        return _of_operator(node)
    if isinstance(node, f.Call):
        return _of_call(node)
    if isinstance(node, f.Await):
        return parts_of(node.value)
    return [node]


def _of_operator(node: f.BinOp) -> list[Part]:
    if node.op == "+":
        return parts_of(node.left) + parts_of(node.right)
    left = parts_of(node.left)
    if node.op != "%" or not any(isinstance(part, str) for part in left):
        return [node]
    return _filled(left, _PERCENT, list(_operands(node.right)))


def _operands(node: f.Expr) -> Iterator[f.Expr]:
    """The values that ``%`` puts into text."""
    if isinstance(node, f.Seq):
        yield from node.items
    elif isinstance(node, f.DictLit):
        yield from node.values
    else:
        yield node


def _of_call(node: f.Call) -> list[Part]:
    name = last_name(node.func)
    if name in _THROUGH and node.args:
        return parts_of(node.args[0])
    if not isinstance(node.func, f.Attr):
        return [node]
    inside = parts_of(node.func.value)
    if not any(isinstance(part, str) for part in inside):
        return [node]
    if name in _TRIMS:
        return inside
    if name == "format":
        return _filled(inside, _BRACES, [*node.args, *(k.value for k in node.keywords)])
    if name == "join" and node.args and isinstance(node.args[0], f.Seq):
        joined: list[Part] = []
        for item in node.args[0].items:
            joined += [*inside, *parts_of(item)] if joined else parts_of(item)
        return joined
    return [node]


def _filled(template: list[Part], holes: re.Pattern[str], values: list[f.Expr]) -> list[Part]:
    """A template with values in its holes, in order; values that are left over come last."""
    waiting = list(values)
    filled: list[Part] = []
    for part in template:
        if not isinstance(part, str):
            filled.append(part)
            continue
        pieces = holes.split(part)
        filled.append(pieces[0])
        for piece in pieces[1:]:
            if waiting:
                filled += parts_of(waiting.pop(0))
            filled.append(piece)
    for value in waiting:
        filled += parts_of(value)
    return filled
