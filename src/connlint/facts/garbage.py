"""The garbage collector, off for a stretch that makes many objects and no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the collector from scanning, again and again, what is being built and all kept.

    It costs a tenth of the time of parsing and most of the time of loading a cache.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_what_is_left() -> None:
    """Free what others have replaced: analyses are full of cycles, which the collector comes to too
    late. What is left it does not look through again before the next call of this."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
