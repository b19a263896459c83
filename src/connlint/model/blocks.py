"""Leaving a ``with`` block: what its context managers do on the way out, innermost first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from connlint.model.state import State

if TYPE_CHECKING:
    from connlint.model.calls import Caller

Leave = Callable[[], None]


def exit_block(caller: Caller, entered: list[Leave], state: State) -> State | None:
    """The state behind the block when it is left from ``state``."""
    before = caller.state
    caller.state = state
    for leave in reversed(entered):
        leave()
    after, caller.state = caller.state, before
    return after
