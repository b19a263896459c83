"""What has changed since an earlier audit in, the tasks that are completed out: for each file what
was fixed, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from connlint.audit.changes import Changes
from connlint.audit.earlier import EarlierFinding, EarlierPoint
from connlint.audit.points import Point
from connlint.audit.wording import counted, listed


class Completed(msgspec.Struct, frozen=True):
    """What has been fixed in a file: how many findings of which rules, how many are left, and by
    which changes of the code."""

    path: str
    codes: dict[str, int]
    left: int
    how: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left in the file."""
        return not self.left


def find_completed(
    changes: Changes, points: Sequence[Point], left: Counter[str]
) -> tuple[Completed, ...]:
    """The files in which findings are gone, by path; ``left`` counts those that are there."""
    fixed: dict[str, list[EarlierFinding]] = {}
    for finding in changes.fixed:
        fixed.setdefault(changes.moved.get(finding.path, finding.path), []).append(finding)
    return tuple(
        Completed(
            path=path,
            codes=dict(sorted(Counter(each.code for each in fixed[path]).items())),
            left=left[path],
            how=tuple(dict.fromkeys(_how(changes, points, path, fixed[path]))),
        )
        for path in sorted(fixed)
    )


def _how(
    changes: Changes, points: Sequence[Point], path: str, fixed: Sequence[EarlierFinding]
) -> Iterator[str]:
    """What was done to the places that findings were about."""
    with_code = [each for each in fixed if each.fingerprint in changes.with_code]
    if with_code:
        names = listed(dict.fromkeys(f"`{_last(each.symbol)}`" for each in with_code))
        yield f"{names} removed"
    about = {(each.path, each.symbol) for each in fixed if each not in with_code}
    for number, point in enumerate(changes.removed):
        if changes.moved.get(point.path, point.path) == path and _is_about(point, about):
            instead = changes.replaced.get(number)
            if instead is None:
                yield f"`{point.call}` removed"
            else:
                now = points[instead]
                yield f"`{point.call}` replaced with `{now.place.call}` in line {now.line}"
    mended = len(fixed) - len(with_code)
    if mended and not any(
        changes.moved.get(point.path, point.path) == path and _is_about(point, about)
        for point in changes.removed
    ):
        yield f"{counted(mended, 'finding')} mended in the code around the call"


def _is_about(point: EarlierPoint, about: set[tuple[str, str]]) -> bool:
    return bool(point.codes) and (point.path, point.symbol) in about


def _last(symbol: str) -> str:
    return symbol.rpartition(".")[2]
