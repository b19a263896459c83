"""How library knowledge is written down: the types that each catalogue file fills with data.

A catalogue file describes one library. Names are canonical dotted names; ``aliases`` maps every
other public spelling (``sqlalchemy.orm.session.Session``) to the canonical one. ``"self"`` as a
type stands for the receiver, ``""`` for a value that analysis need not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

EffectKind = Literal[
    "acquire",  # a session or connection comes to life or leaves its pool
    "begin",
    "read",
    "write",
    "execute",  # read or write: the statement decides
    "flush",
    "commit",
    "rollback",
    "close",  # closed, or returned to its pool
]

TypeKind = Literal[
    "",
    "session",  # an ORM session, scoped proxies included
    "connection",  # a driver or Core connection
    "cursor",
    "engine",
    "pool",
    "session-factory",
    "transaction",  # what begin() returns
    "extension",  # an object that carries sessions (flask_sqlalchemy.SQLAlchemy)
    "query",  # unfinished ORM query: its terminal methods read or write
    "result",
    "read-statement",
    "write-statement",
    "text-statement",  # SQL text: its words decide
    "ddl-statement",
]


@dataclass(frozen=True, slots=True)
class Method:
    """What calling a method does and gives. ``is_async``: the result has to be awaited."""

    effects: tuple[EffectKind, ...] = ()
    returns: str = ""
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """``with`` on a value: the type that ``as`` binds and what leaving the block does.

    ``on_exit`` holds for leaving normally; on an exception a commit becomes a rollback.
    """

    binds: str = "self"
    on_enter: tuple[EffectKind, ...] = ()
    on_exit: tuple[EffectKind, ...] = ()
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """An external class as the analysis sees it. Methods and attributes are inherited from
    ``bases``. ``call`` describes calling an instance; ``autocommit``: each write commits at once."""

    name: str
    kind: TypeKind = ""
    is_async: bool = False
    bases: tuple[str, ...] = ()
    methods: Mapping[str, Method] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    call: Method | None = None
    contexts: tuple[Context, ...] = ()
    autocommit: bool = False
    iterates: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """An external function or constructor and what calling it does. Calling a class that has a
    :class:`Type` gives an instance without an entry here; an entry adds effects."""

    name: str
    returns: str = ""
    effects: tuple[EffectKind, ...] = ()
    is_async: bool = False


EntryKind = Literal[
    "route",
    "websocket",  # websocket endpoint: only its receive loop is per event
    "socket-event",
    "message-consumer",
    "task",
    "scheduled-job",
    "middleware",
    "request-hook",
    "cli",
    "log-handler",
    "orm-event",
    "signal",
    "startup",
    "shutdown",
    "thread",
    "progress-callback",
]

PER_EVENT: frozenset[EntryKind] = frozenset(
    {
        "socket-event",
        "message-consumer",
        "middleware",
        "request-hook",
        "log-handler",
        "orm-event",
        "progress-callback",
    }
)


@dataclass(frozen=True, slots=True)
class Registrar:
    """A function or method that registers a handler, as a decorator, as a call, or both.

    ``target`` is ``TypeName.method`` for a method of an instance, else a dotted function name.
    ``handler`` says which argument is the handler when it is called: a position, or a keyword.
    ``label`` says where the entry point's name comes from: an argument's position or keyword, or
    ``None`` for the handler's own name. ``methods`` are the HTTP methods (empty: read the
    ``methods=`` argument, else GET). ``is_factory``: as a decorator it is called with arguments
    first (``@app.get("/x")``); both forms are accepted where the library accepts both.
    """

    target: str
    entry: EntryKind
    handler: int | str = 0
    handler_keyword: str = ""
    label: int | str | None = 0
    methods: tuple[str, ...] = ()
    decorates: bool = True
    calls: bool = True


@dataclass(frozen=True, slots=True)
class Base:
    """A base class whose overridden methods are entry points.

    ``methods`` maps a method name, or a glob such as ``on_*``, to the entry kind.
    """

    name: str
    methods: Mapping[str, EntryKind]


@dataclass(frozen=True, slots=True)
class ReceiveCall:
    """A call that waits for the next event: a loop around it is per event.

    ``target`` is ``TypeName.method``; ``iterates``: looping over the value itself waits.
    """

    target: str
    entry: EntryKind
    iterates: bool = False


@dataclass(frozen=True, slots=True)
class Library:
    """Everything known about one library."""

    name: str
    packages: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    types: tuple[Type, ...] = ()
    functions: tuple[Function, ...] = ()
    registrars: tuple[Registrar, ...] = ()
    bases: tuple[Base, ...] = ()
    receives: tuple[ReceiveCall, ...] = ()
    slow: tuple[str, ...] = ()
    """Dotted functions and ``TypeName.method`` that do slow work outside the database."""
    spawns: tuple[str, ...] = ()
    """Dotted functions and methods that run their callable argument concurrently or later."""
    offloads: tuple[str, ...] = ()
    """Dotted functions and methods that run their callable argument in another thread."""
