"""Connection points in, the files that were converted in part only out: some of their functions get
their sessions as the standard wants, others do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from connlint.audit.points import Point

_OPENING = frozenset({"DBC101", "DBC102", "DBC103", "DBC104", "DBC105", "DBC106"})
"""Rules about how a session is opened, rather than about what is done with it."""


class Way(msgspec.Struct, frozen=True):
    """One way in which a file gets sessions: by what, where, and whether that complies."""

    name: str
    lines: tuple[int, ...]
    complies: bool


class MixedFile(msgspec.Struct, frozen=True):
    """A file that gets sessions in several ways; those that comply come first."""

    path: str
    ways: tuple[Way, ...]


def find_mixed(points: Iterable[Point]) -> tuple[MixedFile, ...]:
    """The files with ways that comply and ways that do not, by path."""
    by_path: dict[str, list[Point]] = {}
    for point in points:
        if point.kind == "acquire" and not point.place.through and point.place.provider:
            by_path.setdefault(point.path, []).append(point)
    found = (MixedFile(path, _ways(by_path[path])) for path in sorted(by_path))
    return tuple(each for each in found if len({way.complies for way in each.ways}) > 1)


def _ways(points: Sequence[Point]) -> tuple[Way, ...]:
    lines: dict[tuple[bool, str], list[int]] = {}
    for point in points:
        lines.setdefault((_complies(point), point.place.provider), []).append(point.line)
    ordered = sorted(lines.items(), key=lambda item: (not item[0][0], item[1]))
    return tuple(Way(name, tuple(at), complies) for (complies, name), at in ordered)


def _complies(point: Point) -> bool:
    """Whether the session is opened as the standard wants, whatever is done with it then."""
    if point.complaints:
        return _OPENING.isdisjoint(point.codes)
    return point.verdict != "fix"
