"""How far a run is in, what the client shows of it out, for runs that take long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.progress import Progress

PATIENCE_SECONDS = 1.0
"""Runs that end sooner are not worth a word."""
_STEP_SECONDS = 0.5


class Advance:
    """How far one run is. Calling it tells, from whatever thread."""

    def __init__(self, progress: Progress | None, patience: float = PATIENCE_SECONDS) -> None:
        """``progress`` is the client's, ``None`` where it shows none."""
        self._progress = progress
        self._patience = patience
        self._at = ""
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._at = f"{stage} {done}/{total}"

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the advance from inside the event loop for as long as the block takes."""
        if self._progress is not None:
            self._task = asyncio.get_running_loop().create_task(self._show(self._progress))
        try:
            yield
        finally:
            self._ended.set()

    async def _show(self, progress: Progress) -> None:
        if await self._ends_within(self._patience):
            return
        token = str(uuid4())
        try:
            await progress.create_async(token)
        except JsonRpcException:  # the client declines
            return
        progress.begin(token, types.WorkDoneProgressBegin(title="connlint"))
        while not await self._ends_within(_STEP_SECONDS):
            progress.report(token, types.WorkDoneProgressReport(message=self._at or None))
        progress.end(token, types.WorkDoneProgressEnd())

    async def _ends_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True
