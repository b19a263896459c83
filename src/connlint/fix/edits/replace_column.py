"""``replace-column``: another column is compared with a placeholder in a statement of SQL.

The intent says ``column`` and ``wanted``, the ``argument`` of the call that holds the statement (a
number or a keyword), and which placeholder is meant: its ``name``, and its ``position`` among all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from connlint.fix.imports import dotted
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite

_THROUGH = frozenset({"text", "TextClause", "dedent", "cleandoc"})
_PLACEHOLDER = re.compile(
    r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|::"  # text, comments and casts hold none
    r"|(?P<placeholder>\?|%s|%\((?P<percent>\w+)\)s|[:@](?P<name>\w+))",
    re.DOTALL,
)


def rewrite(place: Place) -> Rewrite:
    """The rewrite that puts the right column into the string that names the wrong one.

    Raises :class:`Refused` where that string serves others as well, or is not written in one piece.
    """
    call = place.tree.node_at(place.finding.span, cst.Call)
    if call is None:
        raise Refused("the call has changed")
    if not place.data["wanted"].isidentifier():
        raise Refused(f"{place.data['wanted']} has to be quoted")
    strings = list(_strings(_argument(call, place.data["argument"]), place))
    texts = [str(each.evaluated_value) for each in strings]
    at = _column_at("".join(texts), place)
    for string, text in zip(strings, texts, strict=True):
        if 0 <= at < len(text):
            result = Rewrite()
            result.replace(string, _with_column(string, text, at, place))
            return result
        at -= len(text)
    raise Refused("the statement has changed")


def _argument(call: cst.Call, wanted: str) -> cst.BaseExpression:
    positional = [arg.value for arg in call.args if arg.keyword is None]
    if wanted.isdecimal():
        return positional[int(wanted)]
    return next(arg.value for arg in call.args if arg.keyword and arg.keyword.value == wanted)


def _strings(node: cst.BaseExpression, place: Place) -> Iterator[cst.SimpleString]:
    """The strings that a statement is put together from, in order."""
    match node:
        case cst.SimpleString():
            if "b" in node.prefix:
                raise Refused("the statement is no text")
            yield node
        case cst.ConcatenatedString() | cst.BinaryOperation(operator=cst.Add()):
            yield from _strings(node.left, place)
            yield from _strings(node.right, place)
        case cst.Name():
            yield from _strings(_only_value(node, place), place)
        case cst.Call(args=[first, *_]) if (dotted(node.func) or "").split(".")[-1] in _THROUGH:
            yield from _strings(first.value, place)
        case _:
            raise Refused("the statement is not written out")


def _only_value(name: cst.Name, place: Place) -> cst.BaseExpression:
    """What a local variable holds that is used here alone; raises :class:`Refused` for others."""
    scope = place.names.scope(name)
    owner = place.names.owner(name)
    value = place.names.value_of(name.value, scope)
    if value is None or not isinstance(owner, cst.FunctionDef):
        raise Refused(f"the statement comes from {name.value}, which may serve others as well")
    uses = [
        each for each in place.names.of_variable(name.value, owner) if not binds(each, place.tree)
    ]
    if len(uses) != 1:
        raise Refused(f"the statement in {name.value} is used more than once")
    return value


def _column_at(sql: str, place: Place) -> int:
    """Where the column stands in the statement that is compared with the placeholder."""
    compared = re.compile(rf"(?<![\w$]){re.escape(place.data['column'])}[\"`\]]?\s*=\s*$")
    found: list[int] = []
    meant: list[int] = []
    placeholders = (each for each in _PLACEHOLDER.finditer(sql) if each["placeholder"])
    for number, placeholder in enumerate(placeholders):
        if column := compared.search(sql, 0, placeholder.start()):
            found.append(column.start())
            name = placeholder["name"] or placeholder["percent"]
            if name == place.data["name"] if name else str(number) == place.data["position"]:
                meant.append(column.start())
    if len(found) > 1:
        found = meant
    if len(found) != 1:
        raise Refused("it can't be told which comparison is meant")
    return found[0]


def _with_column(string: cst.SimpleString, text: str, at: int, place: Place) -> cst.SimpleString:
    """``string`` with the right column; raises :class:`Refused` where it is not in one piece."""
    column, wanted = place.data["column"], place.data["wanted"]
    if not text.startswith(column, at):
        raise Refused("the column is spread over several strings")
    if string.raw_value != text:
        raise Refused("the statement holds escapes")
    start = len(string.prefix) + len(string.quote)
    end = len(string.value) - len(string.quote)
    body = f"{text[:at]}{wanted}{text[at + len(column) :]}"
    return string.with_changes(value=f"{string.value[:start]}{body}{string.value[end:]}")
