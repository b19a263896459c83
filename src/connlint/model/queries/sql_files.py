"""What the SQL files of a project declare, as it comes from their facts."""

from __future__ import annotations

from typing import NamedTuple


class SqlFiles(NamedTuple):
    """The declaring statements of the SQL files; ``is_whole`` unless some were left unread."""

    statements: tuple[str, ...] = ()
    is_whole: bool = True
