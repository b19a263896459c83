"""What a connection point is: the words of the audit as frozen types, and the order of verdicts."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from connlint.audit.wording import title_of
from connlint.findings import EntryPointRef
from connlint.location import Span
from connlint.model.names import ScopeId

PointKind = Literal[
    "acquire",
    "begin",
    "read",
    "write",
    "flush",
    "commit",
    "rollback",
    "close",
    "define",
    "import",
    "configure",
]
PointVerdict = Literal["keep", "fix", "remove", "move", "batch", "review", "removed"]

KINDS: tuple[PointKind, ...] = get_args(PointKind)
WORST_FIRST: tuple[PointVerdict, ...] = ("remove", "move", "batch", "fix", "review", "keep")
"""Which verdict speaks for several points together: the one that saves most comes first."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place where the code touches a connection, before it is judged.

    ``span`` is the call, import or definition itself; ``extent`` reaches to the end of the ``with``
    block, or to where the session is closed. ``at_exit`` are the kinds of what leaving the block
    does. ``call`` is the place as the source spells it, shortened. ``session`` tells the sessions
    of one function apart. ``through`` is set where a callee does it: the functions on the way;
    ``leads_to`` are the path, line and column of what is done there, and of the calls on the way.
    ``is_slow``: each iteration of the loop around it waits for something else. ``in_handler``: in
    an ``except`` block. ``after_yield``: behind the ``yield`` of a generator.
    """

    kind: PointKind
    path: str
    span: Span
    extent: Span
    scope: ScopeId
    symbol: str
    role: str
    call: str
    session: str
    provider: str = ""
    states: tuple[str | None, ...] = ()
    at_exit: tuple[PointKind, ...] = ()
    through: tuple[str, ...] = ()
    leads_to: tuple[tuple[str, int, int], ...] = ()
    writes: bool = True
    is_slow: bool = False
    in_handler: bool = False
    after_yield: bool = False
    persists: bool = False

    @property
    def sort_key(self) -> tuple[str, int, int, int]:
        return (self.path, self.span.line, self.span.column, KINDS.index(self.kind))


class Complaint(msgspec.Struct, frozen=True):
    """What one finding says about the place where it stands, and what it wants instead."""

    code: str
    verdict: PointVerdict
    reason: str
    should_be: str


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One connection point with its verdict and the sentence that says why.

    ``does`` says in a few words what is done there (empty: nothing that is known). ``should_be``
    says what is wanted instead (empty: nothing). ``complaints`` are what the findings at this place
    say, first the one that gives the verdict. ``lasting``: it may stay because of the states that
    the entity has there. ``saved`` says of a commit that a finding is about why it is worth one all
    the same (empty: nothing speaks for it).
    """

    place: Place
    entry_points: tuple[EntryPointRef, ...]
    verdict: PointVerdict
    reason: str
    does: str = ""
    should_be: str = ""
    complaints: tuple[Complaint, ...] = ()
    lasting: bool = False
    saved: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings at this place."""
        return tuple(sorted({each.code for each in self.complaints}))

    @property
    def kind(self) -> PointKind:
        return self.place.kind

    @property
    def path(self) -> str:
        return self.place.path

    @property
    def line(self) -> int:
        return self.place.span.line

    @property
    def title(self) -> str:
        """The function around, as a title."""
        return title_of(self.place.symbol[len(self.place.scope[0]) + 1 :])

    @property
    def purpose(self) -> str:
        """What the place is there for: ``Download result: saves `attempts```."""
        return f"{self.title}: {self.does}" if self.does else self.title

    @property
    def saves_at_exit(self) -> bool:
        """Whether the end of its block saves what is written in it."""
        return "commit" in self.place.at_exit and self.place.writes

    @property
    def commits(self) -> bool:
        """Whether something is saved here."""
        return self.kind == "commit" or self.saves_at_exit

    @property
    def known_states(self) -> tuple[str, ...]:
        """The states that are known here, without the mark for an unknown one."""
        return tuple(state for state in self.place.states if state is not None)


def worst(verdicts: tuple[PointVerdict, ...]) -> PointVerdict:
    """The verdict that speaks for all of these; ``keep`` for none."""
    return min(verdicts, key=WORST_FIRST.index, default="keep")
