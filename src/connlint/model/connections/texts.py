"""An expression in, the texts that it may be out, each as its constant parts and the gaps in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.connections.sources import MAX_DEPTH, Source, Sources
from connlint.model.name_parts import last_name
from connlint.model.program import Program

MAX_TEXTS = 8
_GETTERS = frozenset({"getenv", "get", "getattr", "config", "env", "str", "setdefault", "pop"})
_THROUGH = frozenset({
    "str", "quote_plus", "quote", "get_secret_value", "strip", "SecretStr", "make_url", "text",
    "lower", "removesuffix", "rstrip", "lstrip", "urlquote", "dedent", "int", "PostgresDsn",
    "unicode_string", "TextClause",
})  # fmt: skip
"""Functions and methods that keep what matters of the text that they are given or called on."""
_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[sdr]")
_BRACES = re.compile(r"\{(?P<name>\w*)(?:![rsa])?(?::[^{}]*)?\}")


class Gap(NamedTuple):
    """A part that is not known: what the code calls it."""

    name: str


Part = str | Gap
Text = tuple[Part, ...]
"""Constant parts and gaps; no two constants side by side."""


class Texts:
    """Follows texts through the project."""

    def __init__(self, program: Program, sources: Sources) -> None:
        self._program = program
        self._sources = sources
        self._known: dict[tuple[str, int, int], tuple[f.Expr, tuple[Text, ...]]] = {}
        self._open: set[tuple[str, int, int]] = set()
        self._cuts = 0

    def of(self, source: Source) -> tuple[Text, ...]:
        """The texts that an expression may be; one that is a single gap where nothing is known."""
        return self._of(source, 0)

    def constants(self, source: Source) -> tuple[v.Const, ...] | None:
        """The constants that an expression may be; ``None`` when it may be anything else."""
        found = []
        for each in self._sources.of(source):
            if isinstance(each.node, f.Const):
                found.append(v.Const(each.node.value))
            else:
                texts = self._of(each, 0)
                if any(len(text) > 1 or (text and isinstance(text[0], Gap)) for text in texts):
                    return None
                found.extend(v.Const("".join(map(str, text))) for text in texts)
        return tuple(found)

    def _of(self, source: Source, depth: int) -> tuple[Text, ...]:
        key = (source.module.name, source.scope, id(source.node))
        if depth > MAX_DEPTH or key in self._open:
            self._cuts += 1  # a value that is made from itself ends here
            return ((Gap(""),),)
        known = self._known.get(key)
        if known is not None and not source.given:
            return known[1]
        cuts = self._cuts
        self._open.add(key)
        result = self._followed(source, depth)
        self._open.discard(key)
        if not source.given and cuts == self._cuts:
            self._known[key] = source.node, result  # with the node, so that its id stays its own
        return result

    def _followed(self, source: Source, depth: int) -> tuple[Text, ...]:
        found: dict[Text, None] = {}
        for each in self._sources.of(source, depth):
            for text in self._written(each, depth + 1):
                found[text] = None
        known = [text for text in found if text != ()] or list(found)
        return tuple(known[:MAX_TEXTS]) or ((Gap(_called(source.node)),),)

    def _written(self, source: Source, depth: int) -> Iterator[Text]:
        node = source.node
        if isinstance(node, f.Const):
            if node.value is not None:
                yield (str(node.value),) if node.value != "" else ()
        elif isinstance(node, f.Text):
            yield from self._joined(source, node.parts, depth)
        elif isinstance(node, f.BinOp) and node.op == "+":
            yield from self._joined(source, (node.left, node.right), depth)
        elif isinstance(node, f.BinOp) and node.op == "%":
            yield from self._percent(source, node, depth)
        elif isinstance(node, f.Call):
            yield from self._called(source, node, depth)
        elif isinstance(node, f.Index):
            yield from self._item(source, node, depth)
        else:
            yield (Gap(_called(node)),)

    def _joined(self, source: Source, nodes: tuple[f.Expr, ...], depth: int) -> Iterator[Text]:
        choices = [self._of(source.at(node), depth) for node in nodes]
        for index, combination in enumerate(product(*choices)):
            if index == MAX_TEXTS:
                return
            yield joined(part for text in combination for part in text)

    def _percent(self, source: Source, node: f.BinOp, depth: int) -> Iterator[Text]:
        right = node.right
        by_name: dict[str, f.Expr] = {}
        in_order: list[f.Expr] = []
        if isinstance(right, f.DictLit):
            by_name = {
                str(key.value): value
                for key, value in zip(right.keys, right.values, strict=True)
                if isinstance(key, f.Const)
            }
        else:
            in_order = list(right.items) if isinstance(right, f.Seq) else [right]
        yield from self._filled(source, node.left, _PERCENT, in_order, by_name, depth)

    def _called(self, source: Source, node: f.Call, depth: int) -> Iterator[Text]:
        func = node.func
        name = last_name(func)
        if name == "format" and isinstance(func, f.Attr):
            by_name = {each.name: each.value for each in node.keywords if each.name}
            yield from self._filled(source, func.value, _BRACES, list(node.args), by_name, depth)
        elif name == "replace" and isinstance(func, f.Attr):
            yield from self._replaced(source, func.value, node, depth)
        elif name in _GETTERS and (default := _default(node, name)) is not None:
            yield (Gap(_key(node) or name),)
            if not _hands_on(source, node):
                yield from self._of(source.at(default), depth)
        elif name in _THROUGH:
            inner = node.args[0] if node.args else getattr(func, "value", None)
            if inner is None:
                yield (Gap(name),)
            else:
                yield from self._of(source.at(inner), depth)
        else:
            yield (Gap(_key(node) or name),)

    def _replaced(self, source: Source, node: f.Expr, call: f.Call, depth: int) -> Iterator[Text]:
        old, new = (
            (each.value if isinstance(each, f.Const) else None)
            for each in (*call.args[:2], f.Const(None), f.Const(None))[:2]
        )
        for text in self._of(source.at(node), depth):
            if isinstance(old, str) and isinstance(new, str):
                yield tuple(p.replace(old, new) if isinstance(p, str) else p for p in text)
            else:
                yield (*text, Gap("replace")) if text else (Gap("replace"),)

    def _filled(
        self, source: Source, node: f.Expr, holes: re.Pattern[str], in_order: list[f.Expr],
        by_name: dict[str, f.Expr], depth: int,
    ) -> Iterator[Text]:  # fmt: skip
        """A template's texts with the values put in."""
        for text in self._of(source.at(node), depth):
            parts: list[Part] = []
            position = 0
            for part in text:
                if isinstance(part, Gap):
                    parts.append(part)
                    continue
                start = 0
                for hole in holes.finditer(part):
                    parts.append(part[start : hole.start()])
                    name = hole["name"] or ""
                    value = by_name.get(name)
                    if value is None and (not name or name.isdigit()):
                        index = int(name) if name else position
                        value = in_order[index] if index < len(in_order) else None
                        position += 1
                    filled = self._of(source.at(value), depth) if value is not None else ()
                    parts.extend(filled[-1] if filled else (Gap(name),))
                    start = hole.end()
                parts.append(part[start:])
            yield joined(parts)

    def _item(self, source: Source, node: f.Index, depth: int) -> Iterator[Text]:
        key = node.index.value if isinstance(node.index, f.Const) else None
        found = False
        for each in self._sources.of(source.at(node.value), depth):
            if isinstance(each.node, f.DictLit):
                for name, value in zip(each.node.keys, each.node.values, strict=True):
                    if isinstance(name, f.Const) and name.value == key:
                        found = True
                        yield from self._of(each.at(value), depth)
        if not found:
            yield (Gap(str(key) if key is not None else _called(node)),)


def is_same_setting(found: object, wanted: object) -> bool:
    """Whether two values set the same: a text may be that of the value it is converted to."""
    if isinstance(found, str) and not isinstance(wanted, str):
        return found == str(wanted)
    return found == wanted and type(found) is type(wanted)


def joined(parts: Iterator[Part] | list[Part]) -> Text:
    """Parts in order, constants side by side made one."""
    result: list[Part] = []
    for part in parts:
        if isinstance(part, str) and result and isinstance(result[-1], str):
            result[-1] += part
        elif part != "":
            result.append(part)
    return tuple(result)


def shown(text: Text) -> str:
    """A text with its gaps in braces."""
    return "".join(part if isinstance(part, str) else "{" + part.name + "}" for part in text)


def is_known(text: Text) -> bool:
    """Whether a text has no gaps."""
    return not any(isinstance(part, Gap) for part in text)


def _default(node: f.Call, name: str) -> f.Expr | None:
    """The default of a call that looks something up; ``str(x)`` has none."""
    for keyword in node.keywords:
        if keyword.name == "default":
            return keyword.value
    position = 2 if name == "getattr" else 1
    return node.args[position] if len(node.args) > position and name != "str" else None


def _hands_on(source: Source, node: f.Call) -> bool:
    """Whether a lookup is given two parameters: as likely a section and an option of a
    configuration file as a key and a default."""
    params = {param.name for param in source.module.facts.scopes[source.scope].params}
    first = node.args[:2]
    return len(first) == 2 and all(isinstance(n, f.Name) and n.id in params for n in first)


def _key(node: f.Call) -> str:
    """What a call looks up by a constant name."""
    for argument in node.args[:2]:
        if isinstance(argument, f.Const) and isinstance(argument.value, str):
            return argument.value
    return ""


def _called(node: f.Expr) -> str:
    return last_name(node) or "..."
