"""Files, an earlier audit and coverage in, how far each file has come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from connlint.audit.earlier import Changes
from connlint.audit.executed import Covered
from connlint.audit.files import FileRow
from connlint.audit.points import Point
from connlint.findings import Finding

Answer = Literal["yes", "partially", "no", "-"]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the progress table. ``fixed`` and ``verified`` are ``-`` where nothing says it:
    there was nothing to verify, or no coverage was given."""

    file: FileRow
    status: Literal["audited", "not audited"]
    fixed: Answer
    verified: Answer


def track(
    files: Sequence[FileRow],
    points: Sequence[Point],
    findings: Sequence[Finding],
    unread: frozenset[str],
    changes: Changes | None,
    covered: Mapping[str, Covered] | None,
) -> tuple[Progress, ...]:
    """A row for each file; ``unread`` are those that could not be analysed."""
    gone = Counter(finding.path for finding in changes.fixed) if changes else Counter()
    left = Counter(finding.path for finding in findings)
    return tuple(
        Progress(
            file=row,
            status="not audited" if row.path in unread else "audited",
            fixed=_fixed(row, left[row.path], gone[row.path], row.path in unread),
            verified=_verified(row.path, points, changes, covered),
        )
        for row in files
    )


def _fixed(row: FileRow, left: int, gone: int, is_unread: bool) -> Answer:
    if is_unread:
        return "-"
    if not left:
        return "yes"
    return "partially" if gone else "no"


def _verified(
    path: str,
    points: Sequence[Point],
    changes: Changes | None,
    covered: Mapping[str, Covered] | None,
) -> Answer:
    """Whether the tests executed what was changed; without an earlier audit, every point."""
    if covered is None:
        return "-"
    lines = _changed_lines(path, points, changes)
    if not lines:
        return "-"
    file = covered.get(path)
    ran = [file is not None and file.ran(line) for line in lines]
    if all(ran):
        return "yes"
    return "partially" if any(ran) else "no"


def _changed_lines(path: str, points: Sequence[Point], changes: Changes | None) -> list[int]:
    """The lines of the points that are new, and of those in functions where one was fixed."""
    symbols: set[str] = set()
    if changes is not None:
        symbols = {each.symbol for each in changes.fixed if each.path == path}
        symbols |= {each.symbol for each in changes.removed if each.path == path}
    return [
        point.line
        for number, point in enumerate(points)
        if point.path == path
        and (changes is None or number in changes.added or point.place.symbol in symbols)
    ]
