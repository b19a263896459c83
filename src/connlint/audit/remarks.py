"""Connection points of one unit of work in, what is to be said about the unit out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from connlint.audit.points import Point, PointVerdict
from connlint.audit.wording import listed
from connlint.location import Span


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said about a row: a verdict with its reason and remedy, and the line where
    another place than the beginning of the row is meant. ``saves``: about a commit that may stay.

    ``elsewhere`` is the number of the connection point that the reason is about, where it stands in
    a function that is called. ``although`` says what speaks for the row all the same.
    """

    verdict: PointVerdict
    reason: str
    should_be: str = ""
    codes: tuple[str, ...] = ()
    line: int = 0
    saves: bool = False
    elsewhere: int | None = None
    although: str = ""


def remark_on(point: Point, span: Span) -> Remark:
    """What the verdict of a point says about the unit at ``span`` that it is in."""
    return Remark(
        verdict=point.verdict,
        reason=point.reason,
        should_be=point.should_be,
        codes=point.codes,
        line=point.line if point.line != span.line else 0,
        saves=point.commits and point.verdict == "keep",
    )


def complaints(point: Point, span: Span) -> list[Remark]:
    """What each finding at a point says, or why it is not kept where none stands there."""
    if not point.complaints:
        return [remark_on(point, span)] if point.verdict != "keep" else []
    line = point.line if point.line != span.line else 0
    return [
        Remark(
            verdict=each.verdict,
            reason=each.reason,
            should_be=each.should_be,
            codes=(each.code,),
            line=line,
        )
        for each in point.complaints
    ]


def without_repeats(remarks: Sequence[Remark]) -> Iterator[Remark]:
    """The remarks, each remedy only once."""
    told: set[str] = set()
    for remark in remarks:
        repeats = remark.should_be in told
        told.add(remark.should_be)
        yield msgspec.structs.replace(remark, should_be="") if repeats else remark


def saved_all_the_same(points: Sequence[Point]) -> list[Remark]:
    """The commits that may stay in a unit in which something else is wrong, by their reason."""
    lines: dict[str, list[str]] = {}
    for point in points:
        reason = point.saved or (point.reason if point.verdict == "keep" else "")
        if point.commits and reason:
            lines.setdefault(reason, []).append(str(point.line))
    return [
        Remark(
            verdict="keep",
            reason=f"In {'line' if len(found) == 1 else 'lines'} {listed(found)}: {reason}",
            saves=True,
        )
        for reason, found in lines.items()
    ]


def why_kept(points: Sequence[Point], called: Sequence[Remark], span: Span) -> Remark:
    """Why a unit may stay: what its commits save, else how its session is opened."""
    remarks = [remark_on(point, span) for point in points if point.commits]
    remarks += [remark for remark in called if remark.saves]
    for kind in ("acquire", "begin", "write"):
        remarks += [remark_on(point, span) for point in points if point.kind == kind]
    return (remarks or [remark_on(points[0], span)])[0]
