"""The uses of a session in, what is made with it, and how far that needs the session, out.

A cursor, a query, or a result that has not been fetched works only while its session is open. What
has been fetched may, too: objects load more when they are asked, so that the code that uses them
belongs to the session's life where it stands in the same block.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.place import Place

_FETCHES = frozenset(
    {
        "all", "count", "fetch", "fetch_all", "fetch_one", "fetchall", "fetchmany", "fetchone",
        "fetchrow", "fetchval", "first", "get", "get_one", "merge", "one", "one_or_none", "scalar",
        "scalar_one", "scalar_one_or_none",
    }
)  # fmt: skip
_KEEPS_LAZY = frozenset({"enumerate", "filter", "iter", "map", "reversed", "zip"})
_GIVES_PLAIN = frozenset({"any", "all", "bool", "float", "int", "len", "repr", "str", "sum"})


@dataclass(slots=True)
class Derived:
    """What is made with a session in ``statements``. ``sources`` are the nodes that stand for it.

    ``lazy`` are the variables that work only while it is open, ``loaded`` those that may have to
    ask it for more.
    """

    place: Place
    sources: Sequence[cst.CSTNode]
    statements: Sequence[cst.BaseStatement]
    lazy: set[str] = field(default_factory=set)
    loaded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Follow assignments until nothing new is found."""
        self.loaded.update(self._handed_over())
        known = -1
        while known < len(self.lazy) + len(self.loaded):
            known = len(self.lazy) + len(self.loaded)
            for target, value, is_item in self._bindings():
                if not self._mentions(value):
                    continue
                if not is_item and self.is_lazy(value):
                    self.lazy.update(_names(target))
                elif not _is_plain(value):
                    self.loaded.update(_names(target))

    def is_lazy(self, value: cst.BaseExpression) -> bool:
        """Does what ``value`` gives work only while the session is open?"""
        match value:
            case cst.Await(expression=inner):
                return self.is_lazy(inner)
            case cst.Name(value=name):
                return value in self.sources or name in self.lazy
            case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name(value=method))):
                is_lazy = receiver in self.sources or self.is_lazy(receiver)
                return value in self.sources or (is_lazy and method not in _FETCHES)
            case cst.Call(func=cst.Name(value=name), args=arguments):
                is_lazy = any(self._mentions(each.value) for each in arguments)
                return value in self.sources or (is_lazy and name in _KEEPS_LAZY)
            case cst.Tuple() | cst.List() | cst.Set():
                return any(self.is_lazy(each.value) for each in value.elements)
            case cst.Dict():
                return any(self.is_lazy(each.value) for each in value.elements)
            case cst.IfExp(body=one, orelse=other) | cst.BooleanOperation(left=one, right=other):
                return self.is_lazy(one) or self.is_lazy(other)
            case cst.GeneratorExp() | cst.Lambda():
                return self._mentions(value)
            case _:
                return value in self.sources

    def uses(self, names: Iterable[str]) -> Iterator[cst.Name]:
        """Where the variables of these names are used in the function."""
        variables = self.place.names
        function = variables.function(self.statements[0])
        for name in names:
            for each in variables.occurrences.get(name, ()):
                if variables.function(each) is function:
                    yield each

    def escapes(self) -> str | None:
        """How something that needs the session gets out of the statements, if it does."""
        tree, variables = self.place.tree, self.place.names
        function = variables.function(self.statements[0])
        for node in tree.inside(*self.statements):
            if isinstance(node, cst.Return) and node.value and self.is_lazy(node.value):
                return f"line {tree.line(node)} returns what works only while it is open"
            if isinstance(node, cst.Assign) and self.is_lazy(node.value):
                kept = [each.target for each in node.targets]
                if not all(isinstance(each, cst.Name | cst.Tuple | cst.List) for each in kept):
                    return f"line {tree.line(node)} stores what works only while it is open"
            is_used = node in self.sources or (
                isinstance(node, cst.Name) and node.value in self.lazy
            )
            if is_used and variables.function(node) is not function:
                return f"a function inside this one uses it (line {tree.line(node)})"
        return None

    def _bindings(self) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression, bool]]:
        """Targets, what they are bound to, and whether they get the items of it one by one."""
        for node in self.place.tree.inside(*self.statements):
            match node:
                case cst.Assign(targets=targets, value=value):
                    yield from ((each.target, value, False) for each in targets)
                case cst.AnnAssign(target=target, value=cst.BaseExpression() as value):
                    yield target, value, False
                case cst.NamedExpr(target=target, value=value):
                    yield target, value, False
                case cst.WithItem(item=value, asname=cst.AsName(name=target)):
                    yield target, value, False
                case cst.For(target=target, iter=value):
                    yield target, value, True
                case _:
                    pass

    def _handed_over(self) -> Iterator[str]:
        """Variables that are handed to the session (``add(user)``), or to a function with it."""
        tree = self.place.tree
        for node in tree.inside(*self.statements):
            if not isinstance(node, cst.Call):
                continue
            func = node.func
            is_own = isinstance(func, cst.Attribute) and func.value in self.sources
            given = [each.value for each in node.args]
            if is_own or any(each in self.sources for each in given):
                yield from (each.value for each in given if isinstance(each, cst.Name))

    def _mentions(self, value: cst.BaseExpression) -> bool:
        """Is the session, or what needs it, in ``value``?"""
        return any(
            node in self.sources or (isinstance(node, cst.Name) and node.value in self.lazy)
            for node in self.place.tree.inside(value)
        )


def reach_of(
    sources: Sequence[cst.CSTNode], statements: Sequence[cst.BaseStatement], place: Place
) -> int:
    """How many of ``statements``, the rest of a block, need the session that ``sources`` stand for.

    Raises :class:`Refused` when something that needs it is used outside of them.
    """
    tree = place.tree
    derived = Derived(place, sources, statements)
    needing = [*sources, *derived.uses(derived.lazy)]
    if not all(tree.is_within(each, statements) for each in needing):
        raise Refused(
            "what is made with the session is used outside the block in which it is opened"
        )
    needing += derived.uses(derived.loaded)
    return max(
        (
            at + 1
            for at, statement in enumerate(statements)
            if any(tree.is_within(each, [statement]) for each in needing)
        ),
        default=0,
    )


def check_finished(
    sources: Sequence[cst.CSTNode], statements: Sequence[cst.BaseStatement], place: Place
) -> None:
    """Raise :class:`Refused` when something that needs the session gets out of ``statements``."""
    if how := Derived(place, sources, statements).escapes():
        raise Refused(how)


def _is_plain(value: cst.BaseExpression) -> bool:
    """Is what ``value`` gives no object of the database: a number, a text, an answer?"""
    match value:
        case cst.Await(expression=inner):
            return _is_plain(inner)
        case cst.Comparison() | cst.UnaryOperation(operator=cst.Not()) | cst.FormattedString():
            return True
        case cst.Call(func=cst.Name(value=name)):
            return name in _GIVES_PLAIN
        case _:
            return False


def _names(target: cst.BaseExpression) -> Iterator[str]:
    """The variables that ``target`` binds."""
    match target:
        case cst.Name(value=name):
            yield name
        case cst.Tuple() | cst.List():
            for each in target.elements:
                yield from _names(each.value)
        case _:
            return
