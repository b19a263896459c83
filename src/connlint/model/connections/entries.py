"""A call or a dictionary in, the named values in it out, with where each is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from connlint.facts import types as f
from connlint.model.connections.sources import MAX_DEPTH, Source, Sources
from connlint.model.name_parts import is_name
from connlint.model.names import walk


@dataclass(slots=True)
class Entries:
    """Named values, each with the expressions that may say what it is.

    ``is_open``: there may be more that the code does not show here.
    """

    named: dict[str, list[Source]] = field(default_factory=dict)
    is_open: bool = False

    def add(self, name: str, source: Source) -> None:
        self.named.setdefault(name, []).append(source)

    def absorb(self, other: Entries) -> None:
        """Take over what another one has."""
        for name, sources in other.named.items():
            self.named.setdefault(name, []).extend(sources)
        self.is_open = self.is_open or other.is_open

    def get(self, *names: str) -> list[Source]:
        """The values of the first of these names that is there."""
        return next((self.named[name] for name in names if name in self.named), [])


class EntryReader:
    """Reads arguments and dictionaries, following variables to where they are filled."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def arguments(self, source: Source, call: f.Call) -> Entries:
        """The keyword arguments of a call, those of ``**mapping`` included."""
        found = Entries()
        for keyword in call.keywords:
            if keyword.name is not None:
                found.add(keyword.name, source.at(keyword.value))
            else:
                found.absorb(self.mapping(source.at(keyword.value)))
        return found

    def nested(self, entries: Entries, *names: str) -> Entries:
        """What the dictionary under a name holds; open when its value is not known."""
        found = Entries()
        for name in names:
            for source in entries.named.get(name, ()):
                found.absorb(self.mapping(source))
        return found

    def mapping(self, source: Source, depth: int = 0) -> Entries:
        """What a dictionary holds, whatever the path on which it was filled."""
        node = source.node
        found = Entries()
        if depth > MAX_DEPTH:
            found.is_open = True
        elif isinstance(node, f.DictLit):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is None:
                    found.absorb(self.mapping(source.at(value), depth + 1))
                elif isinstance(key, f.Const) and isinstance(key.value, str):
                    found.add(key.value, source.at(value))
                else:
                    found.is_open = True
        elif isinstance(node, f.Name):
            self._variable(found, source, node.id, depth)
        elif isinstance(node, f.Call):
            self._call(found, source, node, depth)
        elif isinstance(node, f.BinOp) and node.op == "|":
            for part in (node.left, node.right):
                found.absorb(self.mapping(source.at(part), depth + 1))
        elif not (isinstance(node, f.Const) and node.value is None):
            steps = [each for each in self._sources.of(source) if each != source]
            for each in steps:
                found.absorb(self.mapping(each, depth + 1))
            found.is_open = found.is_open or not steps
        return found

    def _variable(self, found: Entries, source: Source, name: str, depth: int) -> None:
        bound = self._sources.bound(source, name)
        for each in bound:
            found.absorb(self.mapping(each, depth + 1))
        found.is_open = found.is_open or not bound
        scopes = {(each.module.name, each.scope): each for each in (source, *bound)}
        for each in scopes.values():
            for key, value in _added(each, name):
                if key is None:
                    found.absorb(self.mapping(value, depth + 1))
                else:
                    found.add(key, value)

    def _call(self, found: Entries, source: Source, node: f.Call, depth: int) -> None:
        func = node.func
        if isinstance(func, f.Name) and func.id == "dict":
            found.absorb(self.arguments(source, node))
            for argument in node.args:
                found.absorb(self.mapping(source.at(argument), depth + 1))
        elif isinstance(func, f.Attr) and func.attr in ("copy", "deepcopy"):
            inner = node.args[0] if node.args else func.value
            found.absorb(self.mapping(source.at(inner), depth + 1))
        else:
            returned = self._sources.returned(source, node)
            for each in returned:
                found.absorb(self.mapping(each, depth + 1))
            found.is_open = found.is_open or not returned


def _added(source: Source, name: str) -> Iterator[tuple[str | None, Source]]:
    """What a scope puts into a dictionary that it calls by a name; ``None`` for a whole mapping."""
    for statement in walk(source.module.body(source.scope)):
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                if (
                    isinstance(target, f.Index)
                    and is_name(target.value, name)
                    and isinstance(target.index, f.Const)
                    and isinstance(target.index.value, str)
                ):
                    yield target.index.value, source.at(statement.value)
        elif isinstance(statement, f.AugAssign) and is_name(statement.target, name):
            yield None, source.at(statement.value)
        elif isinstance(statement, f.Evaluate) and isinstance(statement.value, f.Call):
            call = statement.value
            if not isinstance(call.func, f.Attr) or not is_name(call.func.value, name):
                continue
            if call.func.attr == "update":
                yield from ((None, source.at(argument)) for argument in call.args)
                yield from ((each.name, source.at(each.value)) for each in call.keywords)
            elif call.func.attr == "setdefault" and len(call.args) > 1:
                key = call.args[0]
                if isinstance(key, f.Const) and isinstance(key.value, str):
                    yield key.value, source.at(call.args[1])
