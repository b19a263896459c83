"""Runs the smoke of a fixture application, and counts what it does with its databases.

In: the file for the counts, as the only argument; works in the current directory. Out: what the
smoke prints, and the counts as JSON.
"""

from __future__ import annotations

import functools
import json
import runpy
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

NAMES = ("commits", "driver_commits", "opened", "closed", "checkouts", "checkins")
counts = dict.fromkeys(NAMES, 0)


class Counted(sqlite3.Connection):
    """A connection of SQLite that tells when it is opened, commits and is closed."""

    is_counted = False

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        counts["opened"] += 1
        self.is_counted = True

    def close(self) -> None:
        if self.is_counted:
            counts["closed"] += 1
            self.is_counted = False
        super().close()

    def commit(self) -> None:
        counts["driver_commits"] += 1
        super().commit()


def counting(name: str) -> Callable[..., None]:
    """A listener that counts its calls."""

    def count(*_: object) -> None:
        counts[name] += 1

    return count


event.listen(Pool, "checkout", counting("checkouts"))
event.listen(Pool, "checkin", counting("checkins"))
event.listen(Engine, "commit", counting("commits"))
# A plain function would be bound where a class keeps it, which the builtin is not.
setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=Counted))  # noqa: B010

sys.path.insert(0, ".")
try:
    runpy.run_path("smoke.py", run_name="__main__")
finally:
    Path(sys.argv[1]).write_text(json.dumps(counts), "utf-8")
