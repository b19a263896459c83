"""Abstract values: what an expression may stand for, as small frozen types.

A :data:`Values` is a tuple of alternatives. Nothing is guessed: what is not known is an
:class:`Obj` of unknown type with an identity of its own, so that its fields can still be followed.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

MAX_VALUES = 6
ANY_KEY = "*"
"""The key under which a dictionary keeps what any of its keys may lead to."""


class Const(msgspec.Struct, frozen=True):
    """A constant: text, number, truth value or ``None``."""

    value: str | int | float | bool | None


class Member(msgspec.Struct, frozen=True):
    """A member of an enumeration, with its value when that is a constant."""

    owner: str
    name: str
    value: str | int | None


class Func(msgspec.Struct, frozen=True):
    """A function of the project, with the receiver it is bound to and what it closes over.

    ``raw``: the bare function, its decorators not applied. ``alias``: the name of the decorated
    function that this one wraps.
    """

    module: str
    scope: int
    receiver: Value | None = None
    closure: tuple[tuple[str, Values], ...] = ()
    raw: bool = False
    alias: str = ""

    def captured(self) -> dict[str, Values]:
        """The objects that it closes over, by identity."""
        return {
            value.id: (value,)
            for _, values in self.closure
            for value in values
            if isinstance(value, Obj)
        }


class Class(msgspec.Struct, frozen=True):
    """A class of the project."""

    module: str
    scope: int


class Mod(msgspec.Struct, frozen=True):
    """A module of the project."""

    name: str


class Ext(msgspec.Struct, frozen=True):
    """A function, class or module outside the project, by its canonical name."""

    name: str


class Origin(msgspec.Struct, frozen=True):
    """Where a session, connection, factory or engine comes from.

    ``kind``: ``provider``, ``factory``, ``constructor``, ``parameter``, ``injected``,
    ``attribute``, ``global`` or ``name`` (taken for one by its name and use). ``name`` is the
    dotted name of the provider or factory, or the name it is held in. ``autocommit``: it was made
    so that each write commits. ``given``: the caller passes one that was opened, never ``None``.
    """

    kind: str
    name: str
    autocommit: bool = False
    given: bool = False


def commits_by_origin(value: Value) -> bool:
    """Whether an object was made so that each write on it commits."""
    return isinstance(value, Obj) and value.origin is not None and value.origin.autocommit


class Obj(msgspec.Struct, frozen=True):
    """An instance. ``type`` is the canonical name of an external class, ``module:scope`` of a
    project class, or empty. ``id`` tells instances apart within one function."""

    type: str
    id: str
    origin: Origin | None = None


class Bound(msgspec.Struct, frozen=True):
    """A method of an external object."""

    receiver: Obj
    method: str


class Partial(msgspec.Struct, frozen=True):
    """``functools.partial``: a callable with arguments filled in."""

    func: Values
    args: tuple[Values, ...]
    keywords: tuple[tuple[str, Values], ...]


class Items(msgspec.Struct, frozen=True):
    """A sequence display; ``exact``: these items in this order, else any number of them."""

    items: tuple[Values, ...]
    exact: bool = True


class Table(msgspec.Struct, frozen=True):
    """A dictionary display with its constant keys; ``id`` tells dictionaries apart."""

    entries: tuple[tuple[str, Values], ...]
    id: str


class TableMethod(msgspec.Struct, frozen=True):
    """A method of a known dictionary."""

    table: Table
    method: str


class Pending(msgspec.Struct, frozen=True):
    """A coroutine that has not been awaited, or a context manager that has not been entered:
    a call of a project function whose effects are still to come. ``at`` is the place of the call.
    """

    func: Func
    args: tuple[tuple[str, Values], ...]
    at: int
    end: int


class Parent(msgspec.Struct, frozen=True):
    """``super()`` inside a method of the class ``module``/``scope``."""

    module: str
    scope: int
    receiver: Value


Value = (
    Const | Member | Func | Class | Mod | Ext | Obj | Bound | Partial | Items | Table | TableMethod
    | Pending | Parent
)  # fmt: skip
Values = tuple[Value, ...]

NOTHING: Values = ()
NONE: Values = (Const(None),)


def join(left: Values, right: Values) -> Values:
    """All alternatives of both, in order, without repetition."""
    if left == right or not right:
        return left
    if not left:
        return right
    merged = tuple(dict.fromkeys(left + right))
    return merged[:MAX_VALUES]


def flattened(values: Values) -> Iterator[Value]:
    """The alternatives; in place of a sequence, what it holds."""
    for value in values:
        if type(value) is Items:
            for item in value.items:
                yield from item
        else:
            yield value


def is_unknown(value: Value) -> bool:
    return type(value) is Obj and not value.type


def is_there(value: Value) -> bool:
    """Whether a value is a session, connection or factory that was made: certainly not ``None``."""
    if type(value) is not Obj:
        return False
    return value.id.startswith("s:") or (value.origin is not None and value.origin.given)


def truth(values: Values) -> bool | None:
    """The truth value that all alternatives share, if it is known of each."""
    found = {_truth_of(each) for each in values}
    return found.pop() if len(found) == 1 else None


def _truth_of(value: Value) -> bool | None:
    if type(value) is Const:
        return bool(value.value)
    return True if is_there(value) else None


def unknown(identity: str) -> Values:
    return (Obj("", identity),)


def texts(values: Values) -> frozenset[str | None]:
    """The texts that values may be; ``None`` stands for one that is not known."""
    found: set[str | None] = set()
    for value in values:
        if type(value) is Const and type(value.value) is str:
            found.add(value.value)
        else:
            found.add(None)
    return frozenset(found)


def substitute(values: Values, table: dict[str, Values], depth: int = 0) -> Values:
    """Values with every object whose ``id`` is in ``table`` replaced by what stands there."""
    if not table or depth > 4:
        return values
    result: list[Value] = []
    for value in values:
        kind = type(value)
        if isinstance(value, Obj):
            result.extend(_replaced(value, table))
        elif kind is Const or kind is Ext or kind is Class or kind is Mod or kind is Member:
            result.append(value)
        else:
            result.append(_substitute_inside(value, table, depth + 1))
    return tuple(dict.fromkeys(result))[:MAX_VALUES]


def _replaced(value: Obj, table: dict[str, Values]) -> Values:
    """What stands for an object: the caller's own, or what it made of that (a query, a cursor)."""
    held = table.get(value.id)
    if held is None:
        return (value,)
    first = held[0] if held else None
    if not isinstance(first, Obj) or not value.type or not first.type:
        return held
    if any(isinstance(each, Obj) and each.type == value.type for each in held):
        return held
    return (Obj(value.type, first.id, first.origin or value.origin),)


def _substitute_inside(value: Value, table: dict[str, Values], depth: int) -> Value:
    if isinstance(value, Func):
        receiver = value.receiver
        if receiver is not None:
            replaced = substitute((receiver,), table, depth)
            receiver = replaced[0] if replaced else receiver
        closure = tuple((name, substitute(held, table, depth)) for name, held in value.closure)
        return Func(value.module, value.scope, receiver, closure, value.raw, value.alias)
    if isinstance(value, Pending):
        func = _substitute_inside(value.func, table, depth)
        args = tuple((name, substitute(held, table, depth)) for name, held in value.args)
        return Pending(func if isinstance(func, Func) else value.func, args, value.at, value.end)
    if isinstance(value, Items):
        return Items(tuple(substitute(item, table, depth) for item in value.items), value.exact)
    if isinstance(value, Table):
        entries = tuple((key, substitute(held, table, depth)) for key, held in value.entries)
        return Table(entries, value.id)
    if isinstance(value, Partial):
        return Partial(
            substitute(value.func, table, depth),
            tuple(substitute(arg, table, depth) for arg in value.args),
            tuple((name, substitute(held, table, depth)) for name, held in value.keywords),
        )
    if isinstance(value, Bound):
        replaced = substitute((value.receiver,), table, depth)
        first = replaced[0] if replaced else value.receiver
        return Bound(first, value.method) if isinstance(first, Obj) else value
    return value


def exact_pairs(values: Values) -> tuple[Values, ...]:
    """The pairs of ``dictionary.items()`` when they are all known."""
    only = values[0] if len(values) == 1 else None
    if not isinstance(only, Items) or not only.exact or not only.items:
        return ()
    for item in only.items:
        if len(item) != 1 or not isinstance(item[0], Items) or len(item[0].items) != 2:
            return ()
    return only.items
