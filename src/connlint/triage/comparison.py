"""The findings of two states of a project in, those of the later one that the change is behind out.

A finding is of the change when it was not there before, when the change touches its evidence (its
own lines or a hop of its chain), or when nothing led there before and an entry point does now.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from connlint.findings import Finding

Lines = Callable[[str], Sequence[str]]
"""The lines of a file of one state, by its path in that state."""

_LARGE = 2_000


class Correspondence:
    """Which place of the earlier state a place of the later one was.

    ``changed`` are the files, by their later path, whose lines may differ; ``added`` those of them
    that were not there; ``renames`` leads from later to earlier paths. ``modules`` leads from later
    to earlier dotted names of the renamed files.
    """

    def __init__(
        self,
        changed: Iterable[str],
        added: Iterable[str],
        renames: Mapping[str, str],
        modules: Mapping[str, str],
        lines_now: Lines,
        lines_then: Lines,
    ) -> None:
        self._changed = frozenset(changed)
        self._added = frozenset(added) - renames.keys()
        self._renames = renames
        self._modules = {now: then for now, then in modules.items() if now and now != then}
        self._lines_now, self._lines_then = lines_now, lines_then
        self._maps: dict[str, dict[int, int]] = {}
        names = "|".join(map(re.escape, sorted(self._modules, key=len, reverse=True)))
        self._name = re.compile(rf"(?<![\w.])(?:{names})(?![\w])") if names else None

    def path(self, path: str) -> str:
        """What a file was called."""
        return self._renames.get(path, path)

    def text(self, text: str) -> str:
        """``text`` with the names that renamed modules had."""
        if self._name is None:
            return text
        return self._name.sub(lambda found: self._modules[found[0]], text)

    def line(self, path: str, line: int) -> int | None:
        """The line that a line was; ``None`` when it was not there as it is."""
        if path in self._added:
            return None
        if path not in self._changed:
            return line
        if path not in self._maps:
            self._maps[path] = _same_lines(self._lines_then(self.path(path)), self._lines_now(path))
        return self._maps[path].get(line)

    def touches(self, finding: Finding) -> bool:
        """Whether a line of the finding's evidence was not there as it is."""
        own = range(finding.statement.line, finding.span.end_line + 1)
        if any(self.line(finding.path, line) is None for line in own):
            return True
        return any(self.line(step.path, step.line) is None for step in finding.trace)


def of_change(
    now: Sequence[Finding], then: Iterable[Finding], was: Correspondence
) -> list[Finding]:
    """The findings of ``now`` that the change is behind, in their order."""
    known = _paired(now, then, was)
    return [
        finding
        for number, finding in enumerate(now)
        if (earlier := known.get(number)) is None
        or was.touches(finding)
        or (finding.entry_point is not None and earlier.entry_point is None)
    ]


def _paired(
    now: Sequence[Finding], then: Iterable[Finding], was: Correspondence
) -> dict[int, Finding]:
    """The earlier finding of each later one that has one, by the later one's number.

    The same match on the same line is the same finding, whatever its function is called; the
    others go by their identity, in the order of the file.
    """
    places: dict[tuple[str, str, int | None, str], list[Finding]] = defaultdict(list)
    for finding in then:
        places[finding.code, finding.path, finding.span.line, finding.matched].append(finding)
    pairs: dict[int, Finding] = {}
    for number, finding in enumerate(now):
        line = was.line(finding.path, finding.span.line)
        key = (finding.code, was.path(finding.path), line, was.text(finding.matched))
        if places.get(key):
            pairs[number] = places[key].pop(0)
    left: dict[tuple[str, str, str, str], list[Finding]] = defaultdict(list)
    for found in places.values():
        for finding in found:
            left[finding.code, finding.path, finding.symbol, finding.matched].append(finding)
    for number, finding in enumerate(now):
        if number not in pairs:
            symbol, matched = was.text(finding.symbol), was.text(finding.matched)
            same = left.get((finding.code, was.path(finding.path), symbol, matched))
            if same:
                pairs[number] = same.pop(0)
    return pairs


def _same_lines(then: Sequence[str], now: Sequence[str]) -> dict[int, int]:
    """The number that each unchanged line of ``now`` had in ``then``; both count from 1."""
    shorter = min(len(then), len(now))
    head = 0
    while head < shorter and then[head] == now[head]:
        head += 1
    tail = 0
    while tail < shorter - head and then[-1 - tail] == now[-1 - tail]:
        tail += 1
    same = {line: line for line in range(1, head + 1)}
    old, new = then[head : len(then) - tail], now[head : len(now) - tail]
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) > _LARGE)
    for block in matcher.get_matching_blocks():
        for offset in range(block.size):
            same[head + block.b + offset + 1] = head + block.a + offset + 1
    for offset in range(tail):
        same[len(now) - offset] = len(then) - offset
    return same
