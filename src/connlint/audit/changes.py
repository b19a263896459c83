"""An earlier audit and the code of today in, what has changed out: fixed, new, removed, regressed.

Findings and connection points are matched by what they are: moved lines, other arguments, renamed
functions and renamed files are neither new nor fixed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

import msgspec

from connlint.audit.earlier import EarlierAudit, EarlierFinding, EarlierPoint
from connlint.audit.partners import Partners, moved_files
from connlint.audit.points import Point
from connlint.findings import EntryPointRef, Finding

_NUMBER = re.compile(r"\d+")


class RuleChange(msgspec.Struct, frozen=True):
    """How many findings of one rule there were and are."""

    code: str
    before: int
    now: int


class RemovedEntry(msgspec.Struct, frozen=True):
    """An entry point that is gone, with the connection points that only it reached."""

    kind: str
    name: str
    points: tuple[EarlierPoint, ...]


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What has changed since an earlier audit.

    ``fixed`` are its findings that are gone; ``with_code`` the fingerprints of those among them
    whose function is gone too. ``new`` are the fingerprints of findings that it did not have,
    ``regressed`` of those among them at places that it found in order, or that had been fixed
    before. ``removed`` are its connection points that the code has no longer, ``replaced`` says by
    which point, if by one, by their numbers; ``entries`` are entry points that are gone. ``added``
    are the numbers of points that it did not have. ``moved`` has renamed files, ``by_rule``
    numbers. ``remarks`` say what else is different and may be the reason.
    """

    fixed: tuple[EarlierFinding, ...]
    with_code: frozenset[str]
    new: frozenset[str]
    regressed: frozenset[str]
    removed: tuple[EarlierPoint, ...]
    replaced: dict[int, int]
    entries: tuple[RemovedEntry, ...]
    added: frozenset[int]
    moved: dict[str, str]
    by_rule: tuple[RuleChange, ...]
    remarks: tuple[str, ...]

    def fixed_in(self, path: str, code: str = "") -> int:
        """How many findings of a file, and of a rule, are gone."""
        return sum(
            self.moved.get(each.path, each.path) == path and code in ("", each.code)
            for each in self.fixed
        )


class Today(msgspec.Struct, frozen=True):
    """The audit of today: what there is to compare with. ``symbols`` are all functions and classes
    of the project, ``entries`` its entry points, ``settings`` those of its standard; ``covers``
    says which files it is about."""

    points: Sequence[Point]
    findings: Sequence[Finding]
    symbols: Container[str]
    entries: Container[EntryPointRef]
    settings: Mapping[str, object]
    version: str
    covers: Callable[[str], bool]


def changes_since(earlier: EarlierAudit, before: Sequence[EarlierAudit], today: Today) -> Changes:
    """Compare with an earlier audit; ``before`` are those made before it."""
    old_points = [each for each in earlier.connection_points if today.covers(each.path)]
    old_findings = [each for each in earlier.findings if today.covers(each.path)]
    moved = moved_files(
        ((each.path, _called(each)) for each in old_points),
        ((each.path, _called_now(each)) for each in today.points),
    )
    points = _paired_points(old_points, today.points, moved)
    findings = _paired_findings(old_findings, today.findings, moved)
    fixed = tuple(old_findings[number] for number in findings.left_old)
    new = [today.findings[number] for number in findings.left_new]
    return Changes(
        fixed=fixed,
        with_code=frozenset(
            each.fingerprint
            for each in fixed
            if each.symbol not in today.symbols and each.path not in moved
        ),
        new=frozenset(each.fingerprint for each in new),
        regressed=frozenset(_regressed(new, before, points)),
        removed=tuple(old_points[number] for number in points.left_old),
        replaced=_replaced(points),
        entries=tuple(_removed_entries(points, today.entries)),
        added=frozenset(points.left_new),
        moved=moved,
        by_rule=tuple(_by_rule(old_findings, today.findings)),
        remarks=tuple(_remarks(earlier, today)),
    )


# connection points


def _paired_points(
    old: Sequence[EarlierPoint], new: Sequence[Point], moved: Mapping[str, str]
) -> Partners[EarlierPoint, Point]:
    """Points of one function and call first, then other arguments, then other functions."""
    found = Partners(old, new)

    def path(each: EarlierPoint) -> str:
        return moved.get(each.path, each.path)

    found.pair(
        lambda each: (path(each), each.kind, _name(each.symbol), each.call),
        lambda each: (each.path, each.kind, _name(each.place.symbol), each.place.call),
    )
    found.pair(
        lambda each: (path(each), each.kind, _name(each.symbol), _callee(each.call)),
        lambda each: (each.path, each.kind, _name(each.place.symbol), _callee(each.place.call)),
    )
    found.pair(
        lambda each: (path(each), each.kind, each.call),
        lambda each: (each.path, each.kind, each.place.call),
    )
    # A URL has no name that is called: it is the one of its function, however it is written.
    found.pair(
        lambda each: (path(each), _name(each.symbol)) if each.kind == "configure" else None,
        lambda each: (each.path, _name(each.place.symbol)) if each.kind == "configure" else None,
    )
    return found


def _replaced(points: Partners[EarlierPoint, Point]) -> dict[int, int]:
    """Removed points in whose function another one of their kind has come instead."""
    removed = [points.old[number] for number in points.left_old]
    added = [points.new[number] for number in points.left_new]
    instead = Partners(removed, added)
    instead.pair(
        lambda each: (each.path, each.kind, each.symbol),
        lambda each: (each.path, each.kind, each.place.symbol),
    )
    return {old: points.left_new[new] for new, old in instead.pairs.items()}


def _removed_entries(
    points: Partners[EarlierPoint, Point], entries: Container[EntryPointRef]
) -> Iterable[RemovedEntry]:
    """Entry points that were the only ones to reach a point that is gone, and are gone too."""
    found: dict[EntryPointRef, list[EarlierPoint]] = {}
    for number in points.left_old:
        point = points.old[number]
        if len(point.entry_points) == 1 and point.entry_points[0] not in entries:
            found.setdefault(point.entry_points[0], []).append(point)
    return (RemovedEntry(each.kind, each.name, tuple(gone)) for each, gone in found.items())


def _called(point: EarlierPoint) -> str:
    return f"{_name(point.symbol)}:{_callee(point.call)}"


def _called_now(point: Point) -> str:
    return f"{_name(point.place.symbol)}:{_callee(point.place.call)}"


def _name(symbol: str) -> str:
    """The last name of a dotted one: the module in front changes when a file moves."""
    return symbol.rpartition(".")[2]


def _callee(call: str) -> str:
    """What is called, without its arguments."""
    return call.partition("(")[0]


# findings


def _paired_findings(
    old: Sequence[EarlierFinding], new: Sequence[Finding], moved: Mapping[str, str]
) -> Partners[EarlierFinding, Finding]:
    """By fingerprint first, then by what is said of which function, then of which file."""
    found = Partners(old, new)
    found.pair(lambda each: each.fingerprint, lambda each: each.fingerprint)

    def path(each: EarlierFinding) -> str:
        return moved.get(each.path, each.path)

    found.pair(
        lambda each: (path(each), each.code, _name(each.symbol), _said(each.message)),
        lambda each: (each.path, each.code, _name(each.symbol), _said(each.message)),
    )
    found.pair(
        lambda each: (path(each), each.code, _name(each.symbol)),
        lambda each: (each.path, each.code, _name(each.symbol)),
    )
    found.pair(
        lambda each: (path(each), each.code, _said(each.message)),
        lambda each: (each.path, each.code, _said(each.message)),
    )
    return found


def _said(message: str) -> str:
    """A message without the line numbers and the names of modules in it."""
    words = (word.rpartition(".")[2] or word for word in message.split())
    return _NUMBER.sub("#", " ".join(words))


def _regressed(
    new: Iterable[Finding],
    before: Iterable[EarlierAudit],
    points: Partners[EarlierPoint, Point],
) -> Iterable[str]:
    """New findings at places that were in order, and those that had been fixed."""
    known = {each.fingerprint for audit in before for each in audit.findings}
    in_order = {
        (points.new[number].path, points.new[number].line)
        for number, partner in points.pairs.items()
        if points.old[partner].verdict == "keep" and not points.old[partner].codes
    }
    for finding in new:
        if finding.fingerprint in known or (finding.path, finding.span.line) in in_order:
            yield finding.fingerprint


# what is told besides


def _by_rule(old: Iterable[EarlierFinding], new: Iterable[Finding]) -> Iterable[RuleChange]:
    before = Counter(each.code for each in old)
    now = Counter(each.code for each in new)
    return (RuleChange(code, before[code], now[code]) for code in sorted({*before, *now}))


def _remarks(earlier: EarlierAudit, today: Today) -> Iterable[str]:
    """Other reasons for differences than the code: another connlint, another standard."""
    if earlier.tool.version and earlier.tool.version != today.version:
        yield (
            f"The earlier audit was made by connlint {earlier.tool.version}, this one by "
            f"{today.version}: rules may have changed."
        )
    before, now = earlier.settings, today.settings
    changed = sorted(
        key
        for key in {*before, *now}
        if before and not key.startswith("audit.") and before.get(key) != now.get(key)
    )
    if changed:
        yield f"The standard has changed since: {', '.join(changed)}."
