"""Fields and what is stored in them in, what kind of fact that is out.

A counter is counted up by a constant, an activity stamp is a time called ``last_...``. Both can be
kept elsewhere and written now and then. Anything else is a fact that has to be written when it is.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import descend
from connlint.model.name_parts import last_name

What = Literal[
    "counter",
    "stamp",  # of an activity
    "time",  # of anything else
    "touch",  # of the row's last change, which goes along with any other
    "field",
    "rows",  # rows are added or deleted
    "given",  # what is added is the parameter of that name
    "unknown",
]


class Written(NamedTuple):
    """One thing that a commit writes: ``name`` is the field or parameter. ``is_many``: for each
    item of a loop that the commit stands behind."""

    what: What
    name: str = ""
    is_many: bool = False


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TIMED = re.compile(r"_(at|on|dt|time|date|datetime|ts|timestamp)$|^(time|date)_|_(since|until)$")
_ACTIVE = re.compile(
    r"^last_(?:[a-z0-9]+_)*(?:active|activity|seen|login|logged_in|log_in|sign_in|access|accessed|"
    r"used|usage|heartbeat|ping|pinged|contact|contacted|visit|visited|viewed|request|requested|"
    r"online|connected|connection|touched|touch|poll|polled|download|downloaded)"
    r"(?:_[a-z0-9]+)*$"
)
_CHANGED = re.compile(
    r"^(?:date_|time_)?(?:updated|modified|changed|edited)(?:_|$)|^last_(?:updated|modified|changed)"
)
_DECIDING = re.compile(
    r"(?:^|_)(?:version|revision|rev|generation|epoch|sequence|seq|serial|number|position|order|"
    r"index|offset|level|balance|credits?|quota|stock|inventory|amount|quantity|price|points|score|"
    r"retry|retries|tries|failed)(?:_|$)"
)
"""Numbers that the code itself goes by: they are no statistics, and have to be right at once."""
_CLOCKS = frozenset({"now", "utcnow", "utc_now", "now_utc", "time", "today", "current_timestamp"})


def snake(name: str) -> str:
    """A column's or attribute's name in lower case, with words set apart by underscores."""
    return _HUMP.sub("_", name).lower()


def stored(name: str, value: f.Expr | None) -> Written:
    """What ``row.name = value`` writes; ``value`` is nothing when it is not known."""
    plain = snake(name)
    if value is not None and _counts_up(name, value):
        return counted(name)
    if _CHANGED.match(plain):
        return Written("touch", name)
    is_time = bool(_TIMED.search(plain)) or (value is not None and is_clock(value))
    if plain.startswith("last_") and (is_time or _ACTIVE.match(plain)):
        return Written("stamp", name)
    return Written("time" if is_time and not _is_none(value) else "field", name)


def counted(name: str) -> Written:
    """What counting a field up writes."""
    return Written("field" if _DECIDING.search(snake(name)) else "counter", name)


def is_step(value: f.Expr) -> bool:
    """Whether a value is a constant by which something is counted up."""
    return isinstance(value, f.Const) and type(value.value) is int and value.value > 0


def is_clock(value: f.Expr) -> bool:
    """Whether an expression reads the clock: ``datetime.now(UTC)``, ``func.now()``."""
    return any(
        isinstance(node, f.Call) and last_name(node.func) in _CLOCKS for node in descend(value)
    )


def _counts_up(name: str, value: f.Expr) -> bool:
    """Whether a value is the field itself and a constant more."""
    return (
        isinstance(value, f.BinOp)
        and value.op == "+"
        and is_step(value.right)
        and any(last_name(node) == name for node in descend(value.left))
    )


def _is_none(value: f.Expr | None) -> bool:
    return isinstance(value, f.Const) and value.value is None
