"""How far the run is in, a progress bar on standard error out, where one is wanted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connlint.pipeline import Watch, unwatched

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_PATIENCE_SECONDS = 0.5


class _Bar:
    """A bar that appears once the run takes long; rich is not loaded for shorter ones."""

    def __init__(self) -> None:
        self._appears_at = time.monotonic() + _PATIENCE_SECONDS
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._progress is None:
            if time.monotonic() < self._appears_at:
                return
            self._progress = _new_progress()
            self._progress.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(stage, total=total)
        self._progress.update(self._tasks[stage], completed=done, total=total)

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()


def _new_progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def watching(wanted: bool) -> Iterator[Watch]:
    """A watch to give to the run; it shows something only where that is ``wanted``."""
    if not wanted:
        yield unwatched
        return
    bar = _Bar()
    try:
        yield bar
    finally:
        bar.close()
