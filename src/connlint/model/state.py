"""The state of a path: what variables and fields hold, which writes are pending, which tests held.

States are joined where paths meet: variables and fields keep all alternatives, pending writes add
up, tests survive only when they held on every path.
"""

from __future__ import annotations

from typing import NamedTuple

from connlint.model.begun import NONE_OPEN, Open, open_on_either
from connlint.model.values import Values, join, unknown

Field = tuple[str, str]


class Guard(NamedTuple):
    """A test that held on the path: ``kind`` is ``modulo``, ``threshold`` or ``keyed``; ``depth``
    counts the loops around the test, ``place`` is where it stands and how it came out. A
    ``committed`` guard says that a commit was passed at that depth."""

    kind: str
    depth: int
    place: tuple[int, bool] = (0, True)


class State:
    """What holds at one point of a path. Copied at branches, joined behind them."""

    __slots__ = ("begun", "env", "fields", "guards", "marks", "pending", "touched", "yielded")

    def __init__(self) -> None:
        self.begun: Open = NONE_OPEN
        self.env: dict[str, Values] = {}
        self.fields: dict[Field, Values] = {}
        self.pending: dict[str, frozenset[str]] = {}
        self.guards: frozenset[Guard] = frozenset()
        self.marks: frozenset[int] = frozenset()
        self.touched: frozenset[str] = frozenset()
        self.yielded = False

    def copy(self) -> State:
        other = State.__new__(State)
        other.begun = self.begun
        other.env = self.env.copy()
        other.fields = self.fields.copy()
        other.pending = self.pending.copy()
        other.guards = self.guards
        other.marks = self.marks
        other.touched = self.touched
        other.yielded = self.yielded
        return other

    def note_write(self, session: str, kind: str = "write") -> None:
        """A write (``write``), or something that may be one (``maybe``), waits for its commit."""
        self.pending[session] = self.pending.get(session, frozenset()) | {kind}

    def settle(self, session: str) -> None:
        """The session's transaction ended: nothing is pending on it any more."""
        self.pending.pop(session, None)
        self.pending.pop("", None)

    def has_writes(self, session: str) -> bool:
        """Whether a write may be pending on the session, or on one that is not known."""
        return bool(self.pending.get(session) or self.pending.get(""))


def merge(left: State | None, right: State | None) -> State | None:
    """The state where two paths meet; ``None`` is a path that does not get there."""
    if left is None or left is right:
        return right
    if right is None:
        return left
    merged = State.__new__(State)
    merged.begun = open_on_either(left.begun, right.begun)
    merged.env = _merge_env(left.env, right.env)
    merged.fields = _merge_fields(left, right)
    merged.pending = dict(left.pending)
    for session, kinds in right.pending.items():
        merged.pending[session] = merged.pending.get(session, frozenset()) | kinds
    merged.guards = left.guards & right.guards
    merged.marks = left.marks | right.marks
    merged.touched = left.touched | right.touched
    merged.yielded = left.yielded or right.yielded
    return merged


def _merge_env(left: dict[str, Values], right: dict[str, Values]) -> dict[str, Values]:
    merged = left.copy()
    for name, values in right.items():
        mine = merged.get(name)
        if mine is None:
            merged[name] = values
        elif mine != values:
            merged[name] = join(mine, values)
    return merged


def _merge_fields(left: State, right: State) -> dict[Field, Values]:
    """Fields known on one path only may hold anything on the other one.

    Two kinds of objects bring their fields along unchanged: one that was made on its path (there is
    nothing on the other path that could hold something else), and one that was changed on its path
    alone (on the other one it has no part in the next commit).
    """
    if left.fields == right.fields:
        return left.fields.copy()
    merged = left.fields.copy()
    for key, values in right.fields.items():
        mine = merged.get(key)
        if mine is None:
            merged[key] = values if _stays(key[0], right, left) else join(values, _open(key))
        elif mine != values:
            merged[key] = join(mine, values)
    for key, values in left.fields.items():
        if key not in right.fields and not _stays(key[0], left, right):
            merged[key] = join(values, _open(key))
    return merged


def _stays(owner: str, here: State, there: State) -> bool:
    if owner.startswith("new:") and not any(key[0] == owner for key in there.fields):
        return True
    return owner in here.touched and owner not in there.touched


def _open(key: Field) -> Values:
    return unknown(f"{key[0]}.{key[1]}")


def merge_all(states: list[State | None]) -> State | None:
    """The state where any number of paths meet."""
    result: State | None = None
    for state in states:
        result = merge(result, state)
    return result


def is_settled(entry: State, merged: State) -> bool:
    """Whether another round can't bring anything new: what the loop is entered with stays as it is.

    What a round binds first is bound again in the next one.
    """
    return (
        entry.pending == merged.pending
        and entry.touched == merged.touched
        and all(merged.env.get(name) == values for name, values in entry.env.items())
        and all(merged.fields.get(key) == values for key, values in entry.fields.items())
    )
