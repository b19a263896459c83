"""Effects in, the transactions that are open behind them out.

A path keeps, by session, what began its transaction. The tables are never changed in place, so that
the many copies of a path share one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from connlint.model.effects import Begun, Effect

_STATEMENTS = frozenset({"read", "write", "execute"})
_ENDS = frozenset({"commit", "autocommit", "rollback", "close", "acquire"})


Open = Mapping[str, Begun]
"""The open transactions by session; they may be open, on one of the ways to this point."""

NONE_OPEN: Open = {}
_RANK = {"block": 2, "begin": 1, "statement": 0}


def open_after(before: Open, effect: Effect) -> Open:
    """What is open behind an effect."""
    kind, session = effect.kind, effect.session
    if kind in _ENDS:
        return without(before, session) if session in before else before
    known = before.get(session)
    if kind == "begin":
        if known is None or known.how == "statement":
            return {**before, session: Begun("begin", effect.chain)}
    elif kind in _STATEMENTS and known is None and session:
        return {**before, session: Begun("statement", effect.chain)}
    return before


def without(before: Open, session: str) -> Open:
    """The same without the transaction of one session."""
    return {name: begun for name, begun in before.items() if name != session}


def only(before: Open, sessions: Collection[str]) -> Open:
    """The same with the transactions of these sessions alone."""
    return {name: begun for name, begun in before.items() if name in sessions}


def held_by_block(before: Open, session: str) -> Open:
    """The same, where a block is entered that ends the session's transaction."""
    known = before.get(session)
    return {**before, session: Begun("block", known.chain)} if known is not None else before


def open_on_either(left: Open, right: Open) -> Open:
    """What is open where two paths meet."""
    if left is right or not right:
        return left
    if not left:
        return right
    merged = dict(left)
    for session, begun in right.items():
        mine = merged.get(session)
        if mine is None or _RANK[begun.how] > _RANK[mine.how]:
            merged[session] = begun
    return merged
