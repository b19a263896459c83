"""A body in, the blocks around a place of it out, and how a block can end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Literal, NamedTuple

from connlint.facts import types as f
from connlint.model.names import walk

Part = Literal["body", "orelse", "handler", "final", "case"]
Ending = Literal["raise", "return", "break", "continue", "end"]


class Frame(NamedTuple):
    """A block around a place: the statement that the block belongs to (``None``: the function), as
    which part of it, and the number of the statement in the block that holds the place."""

    owner: f.Stmt | None
    part: Part
    block: f.Body
    number: int

    @property
    def statement(self) -> f.Stmt:
        """The statement of the block that holds the place."""
        return self.block[self.number]

    @property
    def following(self) -> f.Body:
        """The statements of the block behind it."""
        return self.block[self.number + 1 :]


def frames_around(body: f.Body, at: int) -> tuple[Frame, ...]:
    """The blocks around a place, outermost first; the last one's statement holds the place."""
    frames: list[Frame] = []
    owner: f.Stmt | None = None
    part: Part = "body"
    block = body
    while block:
        starts = list(accumulate((start_of(each) for each in block), max))
        number = max(bisect_right(starts, at) - 1, 0)
        frames.append(Frame(owner, part, block, number))
        owner, block = block[number], ()
        for start, name, inner in parts_of(owner):
            if start <= at:
                part, block = name, inner
    return tuple(frames)


def start_of(statement: f.Stmt) -> int:
    """Where a statement starts; 0 for the few that have no place, which hold no calls either."""
    return getattr(statement, "at", 0)


def parts_of(statement: f.Stmt) -> Iterator[tuple[int, Part, f.Body]]:
    """The blocks of a statement with where they start, in order."""
    if isinstance(statement, f.If):
        blocks: list[tuple[Part, f.Body]] = [("body", each.body) for each in statement.branches]
        blocks.append(("orelse", statement.orelse))
    elif isinstance(statement, (f.For, f.While)):
        blocks = [("body", statement.body), ("orelse", statement.orelse)]
    elif isinstance(statement, f.Try):
        yield _start(statement.body), "body", statement.body
        for handler in statement.handlers:
            yield handler.at, "handler", handler.body
        blocks = [("orelse", statement.orelse), ("final", statement.final)]
    elif isinstance(statement, f.With):
        blocks = [("body", statement.body)]
    elif isinstance(statement, f.Match):
        blocks = [("case", each.body) for each in statement.cases]
    else:
        return
    for part, block in blocks:
        if block:
            yield _start(block), part, block


def _start(block: f.Body) -> int:
    return next((start_of(each) for each in block if start_of(each)), 0)


def tries_in(body: f.Body) -> Iterator[f.Try]:
    """Every ``try`` of a body."""
    return (each for each in walk(body) if isinstance(each, f.Try))


def endings(body: f.Body, never_returns: Callable[[f.Call], bool]) -> frozenset[Ending]:
    """How a block can be left, as far as its own statements say; ``end``: by running to its end."""
    found: set[Ending] = set()
    for statement in body:
        own = _endings_of(statement, never_returns)
        found |= own - {"end"}
        if "end" not in own:
            return frozenset(found)
    return frozenset(found | {"end"})


def _endings_of(statement: f.Stmt, never_returns: Callable[[f.Call], bool]) -> frozenset[Ending]:
    if isinstance(statement, f.Raise):
        return frozenset({"raise"})
    if isinstance(statement, f.Return):
        return frozenset({"return"})
    if isinstance(statement, f.Break):
        return frozenset({"break"})
    if isinstance(statement, f.Continue):
        return frozenset({"continue"})
    if isinstance(statement, f.Evaluate):
        value = statement.value.value if isinstance(statement.value, f.Await) else statement.value
        stops = isinstance(value, f.Call) and never_returns(value)
        return frozenset({"raise"}) if stops else frozenset({"end"})
    if isinstance(statement, f.Try):
        return _endings_of_try(statement, never_returns)
    inner = [endings(block, never_returns) for _, _, block in parts_of(statement)]
    found = frozenset(each for endings_ in inner for each in endings_)
    if isinstance(statement, (f.For, f.While)):
        return (found - {"break", "continue"}) | {"end"}
    if isinstance(statement, f.With):
        return found
    is_full = (isinstance(statement, f.If) and bool(statement.orelse)) or (
        isinstance(statement, f.Match) and any(each.is_wildcard for each in statement.cases)
    )
    return found if is_full else found | {"end"}


def _endings_of_try(statement: f.Try, never_returns: Callable[[f.Call], bool]) -> frozenset[Ending]:
    final = endings(statement.final, never_returns)
    if "end" not in final:
        return final
    found = set(endings(statement.body, never_returns))
    if "end" in found and statement.orelse:
        found = (found - {"end"}) | endings(statement.orelse, never_returns)
    if statement.handlers:
        found.discard("raise")
    for handler in statement.handlers:
        found |= endings(handler.body, never_returns)
    return frozenset(found | (final - {"end"}))
