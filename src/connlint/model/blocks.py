"""Leaving a ``with`` block: what its context managers do on the way out, innermost first."""

from __future__ import annotations

from collections.abc import Callable

from connlint.model.seams import Run
from connlint.model.state import State

Leave = Callable[[], None]


def exit_block(caller: Run, entered: list[Leave], state: State) -> State | None:
    """The state behind the block when it is left from ``state``."""
    before = caller.state
    caller.state = state
    caller.leaving_blocks += 1
    for leave in reversed(entered):
        leave()
    caller.leaving_blocks -= 1
    after, caller.state = caller.state, before
    return after
