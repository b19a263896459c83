"""The encoded body of a scope in, whether it may count something up or stamp it out.

A quick look at the bytes, which spares most functions a thorough one at what they say.
"""

from __future__ import annotations

from connlint.facts import types as f

_ONE = f.Const(1)
_FIELD = f.Attr(f.Name("row", 0), "field", 0, 0)
_SUM = f.BinOp("+", _FIELD, _ONE)


def _encoded(statement: f.Stmt, start: int, end: int) -> bytes:
    """A part of the encoding of a statement, counted from its kind."""
    return f.encode_body((statement,))[1:][start:end]


_WORDS = (b"last", b"Last", b"+ 1", b"+1")
_COUNTING = _encoded(f.AugAssign(_FIELD, "+", _ONE, 0, 0), 0, 4)
_ADDING = _encoded(f.Evaluate(_SUM, 0, 0), 2, 6)
_ADDED = _encoded(f.Evaluate(_ONE, 0, 0), 2, 5)


def may_tell(body: bytes) -> bool:
    """Whether a body may store a counter or a stamp."""
    if _COUNTING in body or any(word in body for word in _WORDS):
        return True
    return _ADDING in body and _ADDED in body
