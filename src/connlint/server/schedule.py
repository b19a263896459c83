"""Changes in, runs out: when to analyse, and which run is not worth finishing.

Runs follow one another. A change starts one once nothing else has changed for a moment, and makes
the one that is under way pointless. When all is analysed, that is confirmed, until the next change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

TYPING_SECONDS = 0.4
"""How long after a change nothing else has to happen before the code is worth looking at."""


class Superseded(Exception):  # noqa: N818  (an answer, not an error)
    """The run is about code that has changed since."""


class Schedule:
    """Calls ``run`` with what was touched, after some quiet, then ``confirm``; never two at once.

    Both may raise :class:`Superseded` as soon as :attr:`changes` is not what it was at their start.
    What a run was called with is then part of the next one, and all is confirmed after that.
    """

    def __init__(
        self,
        run: Callable[[frozenset[str]], Awaitable[None]],
        confirm: Callable[[], Awaitable[None]],
    ) -> None:
        self._run = run
        self._confirm = confirm
        self._pending: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._settled.set()
        self._confirmed = asyncio.Event()
        self._confirmed.set()
        self._is_closed = False
        self.changes = 0
        """How many changes there have been."""

    def touch(self, uris: Iterable[str], delay: float = 0) -> None:
        """Have these documents analysed, ``delay`` seconds after the last change."""
        self.changes += 1
        self._pending.update(uris)
        self._settled.clear()
        self._confirmed.clear()
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(delay, self._due)

    async def settled(self, *, hurry: bool) -> None:
        """Wait until everything is analysed; ``hurry`` starts what waits for quiet at once."""
        if hurry and self._timer:
            self._stop_timer()
            self._due()
        await self._settled.wait()

    async def confirmed(self) -> None:
        """Wait, in a hurry, until everything is analysed and confirmed."""
        await self.settled(hurry=True)
        await self._confirmed.wait()

    def close(self) -> None:
        """Start nothing more, and make what is under way pointless."""
        self.changes += 1
        self._is_closed = True
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
            while self._goes_on and not self._confirmed.is_set():
                if self._pending:
                    await self._run_pending()
                else:
                    await self._confirm_all()
        finally:
            self._task = None
            if self._timer is None:
                self._settled.set()
                self._confirmed.set()

    @property
    def _goes_on(self) -> bool:
        return self._timer is None and not self._is_closed

    async def _run_pending(self) -> None:
        uris = frozenset(self._pending)
        self._pending.clear()
        try:
            await self._run(uris)
        except Superseded:
            self._pending |= uris

    async def _confirm_all(self) -> None:
        changes = self.changes
        self._settled.set()
        try:
            await self._confirm()
        except Superseded:
            return
        if changes == self.changes:
            self._confirmed.set()
