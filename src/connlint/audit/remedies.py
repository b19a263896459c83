"""Connection points in, what has to stay, what can be made lighter and what to mend first out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from connlint.audit.points import WORST_FIRST, Point
from connlint.audit.wording import listed, title_of
from connlint.findings import PRIORITY_ORDER, Finding
from connlint.location import Span

MOST_FIXES = 10
_BY_STATE = "Status transitions that the standard persists"
_BY_USER = "User-initiated writes"
_BY_TASK = "Work of background tasks"
_BY_ROLE = "Scripts, migrations, tests and owner modules"
_OTHER = "Other writes"
_REASONS = (_BY_STATE, _BY_USER, _BY_TASK, _BY_ROLE, _OTHER)
_LIGHTER = ("remove", "move", "batch")


class Mention(msgspec.Struct, frozen=True):
    """Connection points of one function: the function as a title, and where they stand."""

    title: str
    path: str
    lines: tuple[int, ...]
    text: str = ""


class Essential(msgspec.Struct, frozen=True):
    """Writes that have to reach the database, by the reason for it."""

    reason: str
    points: tuple[Mention, ...]


class Improvement(msgspec.Struct, frozen=True):
    """A finding worth mending first; ``span`` is what the excerpt has to show."""

    title: str
    path: str
    span: Span
    finding: Finding
    should_be: str


class Remedies(msgspec.Struct, frozen=True):
    """``essential`` may stay, ``optimise`` can be made lighter, ``undecided`` needs a person's eye,
    ``high_impact`` comes first; ``more`` counts what did not fit there."""

    essential: tuple[Essential, ...]
    optimise: tuple[Mention, ...]
    undecided: tuple[Mention, ...]
    high_impact: tuple[Improvement, ...]
    more: int


def find_remedies(points: Sequence[Point], findings: Sequence[Finding]) -> Remedies:
    """Sort the points of an audit by what is to become of them."""
    essential: dict[str, list[Mention]] = {}
    for point in points:
        if (point.verdict == "keep" and point.commits) or point.saved:
            reason = _why_essential(point)
            essential.setdefault(reason, []).append(_mention(point, _what(point, reason)))
    lighter = [point for point in points if point.verdict in _LIGHTER]
    lighter.sort(key=lambda point: WORST_FIRST.index(point.verdict))
    undecided = [point for point in points if point.verdict == "review"]
    urgent = _urgent(findings)
    at = {(p.path, code, p.line): p for p in points for code in p.codes}
    return Remedies(
        tuple(
            Essential(reason, _merged(essential[reason]))
            for reason in _REASONS
            if reason in essential
        ),
        _merged(_mention(point, point.should_be or point.reason) for point in lighter),
        _merged(_mention(point, point.reason) for point in undecided),
        tuple(_improvement(finding, at) for finding in urgent[:MOST_FIXES]),
        max(0, len(urgent) - MOST_FIXES),
    )


def _urgent(findings: Sequence[Finding]) -> list[Finding]:
    """Findings of high priority, the highest first; of those in one statement, the first."""
    urgent = [f for f in findings if PRIORITY_ORDER[f.priority] >= PRIORITY_ORDER["high"]]
    lightening = {"DBC201": 0, "DBC301": 1}
    urgent.sort(key=lambda f: (-PRIORITY_ORDER[f.priority], lightening.get(f.code, 2), f.sort_key))
    by_place: dict[tuple[str, Span], Finding] = {}
    for finding in urgent:
        by_place.setdefault((finding.path, finding.statement), finding)
    return list(by_place.values())


def _improvement(finding: Finding, at: Mapping[tuple[str, str, int], Point]) -> Improvement:
    point = at.get((finding.path, finding.code, finding.span.line))
    title = point.title if point is not None else title_of(finding.symbol.rpartition(".")[2])
    should_be = point.should_be if point is not None else ""
    return Improvement(title, finding.path, finding.span, finding, should_be)


def _why_essential(point: Point) -> str:
    if point.lasting:
        return _BY_STATE
    if point.place.role in ("script", "migration", "test", "owner"):
        return _BY_ROLE
    kinds = {entry.kind for entry in point.entry_points}
    if kinds == {"route"}:
        return _BY_USER
    return _BY_TASK if kinds & {"task", "scheduled-job", "thread"} else _OTHER


def _what(point: Point, reason: str) -> str:
    """What is saved: in which state, or what."""
    if reason == _BY_STATE:
        return f"when {listed(point.known_states, 'or')}"
    return point.does


def _mention(point: Point, text: str = "") -> Mention:
    return Mention(point.title, point.path, (point.line,), text)


def _merged(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Mentions of one function that say the same as one, with all their lines."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for each in mentions:
        found.setdefault((each.title, each.path, each.text), []).extend(each.lines)
    return tuple(
        Mention(title, path, tuple(lines), text) for (title, path, text), lines in found.items()
    )
