"""Changes in, runs out: when to analyse, and which run is not worth finishing.

Runs follow one another. A change starts one once nothing else has changed for a moment, and makes
the one that is under way pointless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

TYPING_SECONDS = 0.4
"""How long after a change nothing else has to happen before the code is worth looking at."""


class Superseded(Exception):  # noqa: N818  (an answer, not an error)
    """The run is about code that has changed since."""


class Schedule:
    """Calls ``run`` with what was touched, after some quiet, never twice at once.

    ``run`` may raise :class:`Superseded` as soon as :attr:`changes` is not what it was at its
    start; what it was called with is then part of the next run.
    """

    def __init__(self, run: Callable[[frozenset[str]], Awaitable[None]]) -> None:
        self._run = run
        self._pending: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._settled.set()
        self.changes = 0
        """How many changes there have been."""

    def touch(self, uris: Iterable[str], delay: float = 0) -> None:
        """Have these documents analysed, ``delay`` seconds after the last change."""
        self.changes += 1
        self._pending.update(uris)
        self._settled.clear()
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(delay, self._due)

    async def settled(self, *, hurry: bool) -> None:
        """Wait until everything is analysed; ``hurry`` starts what waits for quiet at once."""
        if hurry and self._timer:
            self._stop_timer()
            self._due()
        await self._settled.wait()

    def close(self) -> None:
        """Start nothing more, and make what is under way pointless."""
        self.changes += 1
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._pending and self._timer is None:
                uris = frozenset(self._pending)
                self._pending.clear()
                try:
                    await self._run(uris)
                except Superseded:
                    self._pending |= uris
        finally:
            self._task = None
            if self._timer is None:
                self._settled.set()
