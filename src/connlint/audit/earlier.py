"""The JSON of an earlier audit in, what has changed since out: fixed, new, removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from connlint.audit.points import Point
from connlint.errors import UsageError
from connlint.findings import Finding


class EarlierPosition(msgspec.Struct, frozen=True):
    line: int
    column: int


class EarlierRange(msgspec.Struct, frozen=True):
    start: EarlierPosition
    end: EarlierPosition


class EarlierPoint(msgspec.Struct, frozen=True):
    """A connection point as the earlier audit had it."""

    kind: str
    path: str
    range: EarlierRange
    symbol: str
    call: str
    verdict: str
    reason: str = ""


class EarlierFinding(msgspec.Struct, frozen=True):
    """A finding as the earlier audit had it."""

    code: str
    path: str
    range: EarlierRange
    message: str
    symbol: str
    fingerprint: str
    priority: str = "medium"
    severity: str = "warning"


class EarlierAudit(msgspec.Struct, frozen=True):
    """What is read of an earlier audit; the rest of it is not looked at."""

    schema_version: int
    connection_points: list[EarlierPoint]
    findings: list[EarlierFinding]


class Changes(msgspec.Struct, frozen=True):
    """What has changed since an earlier audit.

    ``fixed`` are its findings that are gone, ``new`` the fingerprints of those that it did not
    have; ``removed`` are its connection points that the code has no longer, ``added`` the numbers
    of the points that it did not have.
    """

    fixed: tuple[EarlierFinding, ...]
    new: frozenset[str]
    removed: tuple[EarlierPoint, ...]
    added: frozenset[int]


_VERSION = 1


def load_earlier(path: Path) -> EarlierAudit:
    """The audit that ``connlint audit --format json`` wrote to ``path``.

    Raises :class:`UsageError` when the file can't be read or is something else.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}") from error
    try:
        audit = msgspec.json.decode(data, type=EarlierAudit)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"{path} is not what connlint audit --format json writes: {error}"
        ) from error
    if audit.schema_version != _VERSION:
        raise UsageError(
            f"{path} has schema version {audit.schema_version}; this connlint reads {_VERSION}"
        )
    return audit


def changes_since(
    earlier: EarlierAudit,
    points: Sequence[Point],
    findings: Iterable[Finding],
    covers: Callable[[str], bool],
) -> Changes:
    """Compare with an earlier audit, within the files that ``covers`` accepts."""
    now = {finding.fingerprint for finding in findings}
    before = {finding.fingerprint for finding in earlier.findings}
    fixed = [f for f in earlier.findings if f.fingerprint not in now and covers(f.path)]
    old = [point for point in earlier.connection_points if covers(point.path)]
    removed, added = _unmatched(old, points)
    return Changes(tuple(fixed), frozenset(now - before), tuple(removed), frozenset(added))


def _unmatched(
    old: Sequence[EarlierPoint], new: Sequence[Point]
) -> tuple[list[EarlierPoint], list[int]]:
    """Points of either side without a partner: same function first, then the same file."""
    left = list(old)
    added = list(range(len(new)))
    for by_function in (True, False):
        partners = Counter(_key(new[number], by_function) for number in added)
        kept: Counter[tuple[str, ...]] = Counter()
        rest = []
        for point in left:
            key = _earlier_key(point, by_function)
            if kept[key] < partners[key]:
                kept[key] += 1
            else:
                rest.append(point)
        left = rest
        still = []
        for number in added:
            key = _key(new[number], by_function)
            if kept[key]:
                kept[key] -= 1
            else:
                still.append(number)
        added = still
    return left, added


def _key(point: Point, by_function: bool) -> tuple[str, ...]:
    place = point.place
    return (place.path, place.kind, place.call, place.symbol if by_function else "")


def _earlier_key(point: EarlierPoint, by_function: bool) -> tuple[str, ...]:
    return (point.path, point.kind, point.call, point.symbol if by_function else "")
