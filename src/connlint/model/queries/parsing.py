"""SQL text in, its syntax trees out, once for each dialect that understands it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

_DIALECTS = ("sqlite", "postgres", "mysql")
MAX_SQL = 10_000
"""Longer statements are not parsed."""


def readings(sql: str) -> Iterator[list[Expr]]:
    """The statements of a text as each of the dialects that understand it reads them."""
    import sqlglot

    if len(sql) > MAX_SQL:
        return
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    for dialect in _DIALECTS:
        # Text of analysed code may be anything; what the parser fails on is not known.
        try:
            trees = sqlglot.parse(sql, dialect=dialect)
        except Exception:
            continue
        yield [tree for tree in trees if tree is not None]


def parsed(sql: str) -> list[Expr]:
    """The statements of a text; none when no dialect understands it."""
    return next(readings(sql), [])
