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
    "autocommit",  # a write that is committed with its statement
    "rollback",
    "close",  # closed, or returned to its pool
]

CacheAction = Literal["create", "read", "write", "update", "delete"]
"""What a method does to what a key-value store keeps; ``write``: creates it or replaces it."""

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
class Switch:
    """An argument (by keyword, perhaps also by position) or attribute that turns something on by
    having this value."""

    name: str
    value: str | int | bool | None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """What calling a method does and gives. ``is_async``: the result has to be awaited.

    ``is_startable``: the result does nothing until it is awaited *or* entered with ``async with``
    (``AsyncEngine.connect()``, ``aiosqlite.connect()``); awaiting it gives the same ``returns``.
    ``subject``: the effects are on this positional argument, not on the receiver
    (``pool.putconn(conn)``). ``passes``: the type of the first argument with which the method
    calls its callable argument (``run_sync``). ``defers``: what is written goes to the database
    with the next flush, not yet. ``autocommit_when``: arguments that switch
    autocommit on, for the receiver or, where a connection or engine is returned, for that.
    """

    effects: tuple[EffectKind, ...] = ()
    returns: str = ""
    is_async: bool = False
    is_startable: bool = False
    subject: int | None = None
    passes: str = ""
    autocommit_when: tuple[Switch, ...] = ()
    defers: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """``with`` on a value: the type that ``as`` binds and what entering and leaving the block do.

    Effects are on what is bound; with ``acquire`` in ``on_enter`` it comes to life there
    (``engine.begin()``, ``pool.connection()``). ``on_exit`` holds for leaving normally; on an
    exception a commit becomes a rollback.
    """

    binds: str = "self"
    on_enter: tuple[EffectKind, ...] = ()
    on_exit: tuple[EffectKind, ...] = ()
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """An external class as the analysis sees it. Methods and attributes are inherited from
    ``bases``. ``call`` describes calling an instance; ``autocommit``: each write commits at once.

    A name that ends in ``()`` is what that call gives, where the library has no public class for it
    (``sqlalchemy.engine.Engine.begin()``); the name of a property stands for what that gives, and
    one with brackets is a class given type arguments
    (``sqlalchemy.orm.sessionmaker[sqlmodel.Session]``). ``savepoint`` says whether starting this
    transaction sets a savepoint: ``always``, or ``nested`` when a transaction is already open; the
    end of a savepoint commits nothing. ``autocommit_when``: attributes that switch autocommit on.
    ``autobegins``: the first statement begins a transaction, and beginning one behind it fails.
    ``cache``: for a client of a key-value store, what its methods do to what is kept there.
    """

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
    savepoint: Literal["", "always", "nested"] = ""
    autocommit_when: tuple[Switch, ...] = ()
    autobegins: bool = False
    cache: Mapping[str, CacheAction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Function:
    """An external function or constructor and what calling it does. Calling a class that has a
    :class:`Type` gives an instance without an entry here; an entry adds effects.

    ``returns_for``: what is returned instead when one of the arguments is this class or an instance
    of it (``sessionmaker(class_=AsyncSession)``). The other fields are those of :class:`Method`.
    """

    name: str
    returns: str = ""
    effects: tuple[EffectKind, ...] = ()
    is_async: bool = False
    is_startable: bool = False
    subject: int | None = None
    passes: str = ""
    returns_for: Mapping[str, str] = field(default_factory=dict)
    autocommit_when: tuple[Switch, ...] = ()


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
    "event-handler",  # what the standard names as one
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
        "event-handler",
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
    ``gives``: the type of what the handler's first parameter gets.
    """

    target: str
    entry: EntryKind
    handler: int | str = 0
    handler_keyword: str = ""
    label: int | str | None = 0
    methods: tuple[str, ...] = ()
    decorates: bool = True
    calls: bool = True
    gives: str = ""


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

    ``target`` is ``TypeName.method``; ``iterates``: looping over what it gives waits. A target that
    is a type's name alone (always ``iterates``) stands for looping over an instance.
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
    values: Mapping[str, str] = field(default_factory=dict)
    """Objects that the library keeps in its modules, and their types (``flask.current_app``)."""
    functions: tuple[Function, ...] = ()
    registrars: tuple[Registrar, ...] = ()
    bases: tuple[Base, ...] = ()
    receives: tuple[ReceiveCall, ...] = ()
    rows: tuple[str, ...] = ()
    """Objects in library modules that stand for a row of the application (``current_user``)."""
    slow: tuple[str, ...] = ()
    """Dotted functions and ``TypeName.method`` that do slow work outside the database."""
    spawns: tuple[str, ...] = ()
    """Dotted functions and methods that run their callable argument concurrently or later."""
    gathers: tuple[str, ...] = ()
    """Dotted functions that run their awaitable arguments concurrently, within the caller."""
    offloads: tuple[str, ...] = ()
    """Dotted functions and methods that run their callable argument in another thread."""
    errors: tuple[str, ...] = ()
    """Exception classes that the database raises, after which a transaction has to be rolled back.

    Those that only say how many rows came back (``NoResultFound``) are not among them."""
    base_errors: tuple[str, ...] = ()
    """Those of the ``errors`` from which others derive: who catches one, catches most failures."""
    logs: tuple[str, ...] = ()
    """Dotted functions and methods that write a line to a log, and change nothing else."""
    injects: tuple[str, ...] = ()
    """Dotted functions that mark a parameter whose value the framework gets by calling their
    argument (``fastapi.Depends``)."""
