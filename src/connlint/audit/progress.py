"""Files, an earlier audit and coverage in, how far each file has come out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from connlint.audit.changes import Changes
from connlint.audit.executed import Covered
from connlint.audit.files import FileRow
from connlint.audit.points import Point
from connlint.findings import Finding
from connlint.location import line_of
from connlint.model.project import Project

Answer = Literal["yes", "partially", "no", "-"]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the progress table. ``fixed`` and ``verified`` are ``-`` where nothing says it:
    there was nothing to verify, or no coverage was given."""

    file: FileRow
    status: Literal["audited", "not audited"]
    fixed: Answer
    verified: Answer


class Found(msgspec.Struct, frozen=True):
    """What the audit found; ``unread`` are the files that could not be analysed."""

    points: Sequence[Point]
    findings: Sequence[Finding]
    unread: frozenset[str]


def track(
    project: Project,
    files: Sequence[FileRow],
    found: Found,
    changes: Changes | None,
    covered: Mapping[str, Covered] | None,
) -> tuple[Progress, ...]:
    """A row for each file."""
    left = Counter(finding.path for finding in found.findings)
    return tuple(
        Progress(
            file=row,
            status="not audited" if row.path in found.unread else "audited",
            fixed=_fixed(row.path in found.unread, left[row.path], _gone(changes, row.path)),
            verified=_verified(_to_verify(project, row.path, found.points, changes), covered, row),
        )
        for row in files
    )


def _gone(changes: Changes | None, path: str) -> int:
    return changes.fixed_in(path) if changes is not None else 0


def _fixed(is_unread: bool, left: int, gone: int) -> Answer:
    if is_unread:
        return "-"
    if not left:
        return "yes"
    return "partially" if gone else "no"


def _verified(lines: list[int], covered: Mapping[str, Covered] | None, row: FileRow) -> Answer:
    """Whether the tests executed all of these lines."""
    if covered is None or not lines:
        return "-"
    file = covered.get(row.path)
    ran = [file is not None and file.ran(line) for line in lines]
    if all(ran):
        return "yes"
    return "partially" if any(ran) else "no"


def _to_verify(
    project: Project, path: str, points: Sequence[Point], changes: Changes | None
) -> list[int]:
    """The lines that tests have to execute: with an earlier audit the points that are new, those of
    functions where one was fixed or removed, and where no point is left there, where the function
    begins; without one, every point."""
    here = [(number, point) for number, point in enumerate(points) if point.path == path]
    if changes is None:
        return [point.line for _, point in here]
    gone = [(each.path, each.symbol) for each in changes.fixed]
    gone += [(each.path, each.symbol) for each in changes.removed]
    symbols = {symbol for old, symbol in gone if changes.moved.get(old, old) == path}
    lines = [
        point.line
        for number, point in here
        if number in changes.added or point.place.symbol in symbols
    ]
    rest = symbols - {point.place.symbol for _, point in here}
    return lines + [line for symbol in sorted(rest) for line in _first_lines(project, path, symbol)]


def _first_lines(project: Project, path: str, symbol: str) -> Iterator[int]:
    """Where the body of a function begins; nothing when it is gone."""
    for module in project.program.modules.values():
        if module.path == path:
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind == "function" and module.symbol(number) == symbol:
                    at = next((each.at for each in module.body(number) if hasattr(each, "at")), 0)
                    if at:
                        yield line_of(at)
