"""Calls of functions that touch the database in turn in, where they lead and what follows from it
for the caller out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connlint.audit.points import Place, Point, PointKind, worst
from connlint.audit.reasons import Reasons
from connlint.audit.remarks import Remark
from connlint.audit.verdicts import concerns_callers
from connlint.audit.wording import sentence

_DOES: dict[PointKind, str] = {
    "commit": "commits",
    "write": "writes",
    "read": "reads",
    "acquire": "opens a session",
    "begin": "begins a transaction",
    "flush": "flushes",
    "rollback": "rolls back",
    "close": "closes",
    "define": "makes a factory or an engine",
}
"""What a call of another function does in the end."""


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a function that touches the database in turn: what is done there in the end
    (``commits``), the functions on the way, and the place. ``point`` is the number of the
    connection point there, ``None`` where the report is not about that file."""

    call: str
    line: int
    does: str
    through: tuple[str, ...]
    path: str
    at_line: int
    point: int | None


class Leads:
    """Follows calls to connection points."""

    def __init__(self, points: Sequence[Point], reasons: Reasons) -> None:
        self._points = points
        self._reasons = reasons
        self._at: dict[tuple[str, int, int], int] = {}
        for number, point in enumerate(points):
            place = point.place
            self._at.setdefault((place.path, place.span.line, place.span.column), number)

    def lead(self, call: Place) -> Lead:
        """Where a call of another function leads to."""
        path, line, _ = call.leads_to[0]
        return Lead(
            call=call.call,
            line=call.span.line,
            does=_DOES[call.kind],
            through=tuple(name.replace(".<locals>", "") for name in call.through),
            path=path,
            at_line=line,
            point=self._at.get(call.leads_to[0]),
        )

    def remark(self, call: Place) -> Remark:
        """What the callee's points say, with the states that are known at this call."""
        here = self._reasons.by_states(call) if call.kind == "commit" else None
        known = [self._at[place] for place in call.leads_to if place in self._at]
        leads = [(number, self._points[number]) for number in known]
        if here is not None:
            leads = [each for each in leads if each[1].verdict not in ("review", "keep")]
        leads = [
            each for each in leads if each[1].verdict == "keep" or concerns_callers(each[1].codes)
        ]
        verdict = worst(tuple(point.verdict for _, point in leads))
        if verdict == "keep" and here is not None:
            return Remark(verdict=here[0], reason=sentence(here[1]), saves=True)
        if verdict == "keep":
            return _kept_elsewhere(leads, bool(known))
        number, lead = next(each for each in leads if each[1].verdict == verdict)
        fine = sentence(here[1]) if here is not None and here[0] == "keep" else ""
        return Remark(verdict=verdict, reason=lead.reason, elsewhere=number, although=fine)


def _kept_elsewhere(leads: Sequence[tuple[int, Point]], is_known: bool) -> Remark:
    """Why a call may stay: what it commits, else what it does. ``is_known``: it leads to points
    that the report is about."""
    # What a provider commits at its end says less than where its session was used.
    commits = [each for each in leads if each[1].commits]
    number, point = min(commits, key=lambda each: each[1].place.after_yield, default=(-1, None))
    if point is None and leads:
        number, point = leads[0]
    if point is not None:
        saves = point.commits
        return Remark(verdict="keep", reason=point.reason, saves=saves, elsewhere=number)
    told = "What is wrong there is up to the function that is called."
    return Remark(
        verdict="keep", reason=told if is_known else "It leads out of what this report is about."
    )
