"""What a walk through a function notices about its sessions: the evidence that rules ask for."""

from __future__ import annotations

from typing import Literal, NamedTuple

from connlint.model.effects import Operation


class Leak(NamedTuple):
    """A session that some way out leaves open.

    ``how``: by an exception (``raise``), by a ``return``, or at the ``end``; ``at`` is where. It
    ``ever_closes`` when another way closes it.
    """

    acquired: Operation
    how: Literal["raise", "return", "end"]
    at: int
    ever_closes: bool


class Return(NamedTuple):
    """A connection goes back to its pool at ``at``, after it was ``closed`` or ``returned``."""

    acquired: Operation
    at: int
    end: int
    before: str
    to_library: bool


class Held(NamedTuple):
    """Slow work at ``at`` while a session has work in it. ``slow`` is nothing for a ``yield``."""

    session: str
    at: int
    end: int
    slow: Operation | None
    callee: tuple[str, int] | None


class Nested(NamedTuple):
    """A session that is opened while another one of the same function is open."""

    inner: Operation
    outer: Operation


class Late(NamedTuple):
    """A session is used at ``at``, or handed out there, although its block has ended or ends."""

    session: str
    at: int
    end: int
    how: Literal["used", "returned"]


class Lifetime(NamedTuple):
    """Everything noticed in one function, each in order of place."""

    acquired: dict[str, Operation]
    leaks: tuple[Leak, ...] = ()
    returns: tuple[Return, ...] = ()
    held: tuple[Held, ...] = ()
    nested: tuple[Nested, ...] = ()
    late: tuple[Late, ...] = ()
    unneeded: frozenset[int] = frozenset()
    """Where a session is opened only because a parameter holds none."""
    kept: frozenset[str] = frozenset()
    """Sessions that go into an attribute, a global or a container, whoever else gets them too."""
