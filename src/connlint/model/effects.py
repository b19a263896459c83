"""What running a function does to the database: effects, and the summary of a function.

In: nothing. Out: the types that the interpreter fills and that rules and the audit read.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from connlint.model.values import Obj, Origin, Values

MAX_EFFECTS = 80


class Step(msgspec.Struct, frozen=True):
    """One hop of a call chain, or the operation that ends it: a place in a function."""

    module: str
    scope: int
    at: int
    end: int
    text: str


class Effect(msgspec.Struct, frozen=True):
    """One effect with its witness: the calls that lead to it and, last, the operation itself.

    ``session`` identifies the session or connection inside the function whose summary holds the
    effect. For commits, ``writes`` says whether a write (or an unknown call that may be one) comes
    before it, and ``states`` the states that entities may have there (``None`` in it: one that is
    not known; empty: no entity's state is known). ``threshold``: behind a test of elapsed time or
    size. ``receives``: inside a loop that waits for events. ``implicit``: by leaving a block.
    ``after_yield``: in a generator, behind its ``yield``. ``provider``: through which provider or
    factory a session was acquired. ``looped``: inside a counted loop of a callee or of the function
    itself. ``persists``: through a persist function of the standard. ``gives``: the type of what
    was acquired, or on which a transaction was begun or ended; ``source``: the identity of the
    factory or engine that it came from. ``latest``:
    the states that were set or tested last on the path, of whatever entity. ``joins``: only when no
    transaction is open already; else it is left to that one.
    """

    kind: str
    session: str
    chain: tuple[Step, ...]
    writes: bool = True
    states: frozenset[str | None] = frozenset()
    threshold: bool = False
    receives: bool = False
    implicit: bool = False
    after_yield: bool = False
    provider: str = ""
    looped: bool = False
    persists: bool = False
    gives: str = ""
    source: str = ""
    latest: frozenset[str | None] = frozenset()
    joins: bool = False

    @property
    def ends_write(self) -> bool:
        """Whether this makes writes permanent: a commit, or a write in autocommit mode."""
        return self.kind in ("commit", "autocommit")

    @property
    def place(self) -> tuple[str, str, int]:
        """What the effect is and where it happens, whatever the way to it."""
        last = self.chain[-1]
        return (self.kind, last.module, last.at)


class Begun(NamedTuple):
    """A transaction that is open on a path, and the calls that led to what opened it.

    ``how``: by a block that will end it (``block``), by an explicit beginning (``begin``), or by
    the first statement on the session (``statement``).
    """

    how: Literal["block", "begin", "statement"]
    chain: tuple[Step, ...]


class Summary(msgspec.Struct, frozen=True):
    """A function in one context: what it gives back and what it does.

    ``fields`` are the values of fields of the parameters' objects when the function returns:
    ``(parameter object, field) -> values``. ``returns_normally`` is false when it always raises;
    ``commits_always``: every path that returns has committed. ``left``: states of the function's
    own entities that it leaves to somebody else to commit; ``unsettled``: sessions (``""`` for one
    that is not known) with writes that it leaves pending.
    """

    returns: Values = ()
    yields: Values = ()
    effects: tuple[Effect, ...] = ()
    fields: tuple[tuple[tuple[str, str], Values], ...] = ()
    returns_normally: bool = True
    commits_always: bool = False
    left: tuple[tuple[str, Values], ...] = ()
    unsettled: tuple[str, ...] = ()


class LoopFrame(msgspec.Struct, frozen=True):
    """A loop around an operation.

    ``kind`` is ``for``, ``while`` or ``comprehension``; ``endless``: it has no bound (``while
    True``); ``receives``: it waits for events; ``retry``: it repeats one thing until it succeeds;
    ``once``: what it iterates over has one item.
    """

    kind: str
    at: int
    endless: bool = False
    receives: bool = False
    retry: bool = False
    batches: bool = False
    end: int = 0
    once: bool = False


class Operation(msgspec.Struct, frozen=True):
    """One thing that a function does itself, or through one call, at one place.

    ``effect`` is the effect as seen from here: its chain starts at this place. ``origin`` says
    where the session comes from. ``loops`` are the loops around it, outermost first. ``batched``:
    behind a modulo test inside a loop; ``keyed``: behind a test for one key of the loop. ``own``:
    done here rather than in a callee. ``callee_looped``: in a counted loop of a callee.
    ``preceded``: another commit comes first on every path of the iteration. ``leaving``: by leaving
    a ``with`` block, whose context manager stands at this place. ``begun``: the transaction that is
    open on the session when this happens, on one of the ways to it. ``tries``: where the ``try``
    statements stand whose bodies this is in, outermost first.
    """

    effect: Effect
    at: int
    end: int
    origin: Origin | None
    loops: tuple[LoopFrame, ...] = ()
    batched: bool = False
    keyed: bool = False
    in_handler: bool = False
    own: bool = True
    callee_looped: bool = False
    preceded: bool = False
    leaving: bool = False
    begun: Begun | None = None
    tries: tuple[int, ...] = ()

    @property
    def own_receives(self) -> bool:
        """Whether the function itself waits for events in a loop around this."""
        return any(loop.receives for loop in self.loops)


class Handover(msgspec.Struct, frozen=True):
    """A call that starts work beside or behind the function that makes it.

    ``kind`` is ``spawn`` (started, whoever waits for it) or ``gather`` (awaited together by this
    very call). ``target`` is the dotted name of what is called. ``sessions`` are those that the
    work gets. ``together`` are the places of the calls that a ``gather`` runs side by side, each
    with whether there may be any number of it.
    """

    kind: Literal["spawn", "gather"]
    at: int
    end: int
    target: str
    sessions: tuple[Obj, ...]
    loops: tuple[LoopFrame, ...]
    together: tuple[tuple[int, int, bool], ...] = ()
