"""Findings and a baseline in; what is new, what is accepted and which entries are stale out.

A baseline only shrinks. An entry that allows more than there is becomes DBC904; where there is more
than an entry allows nobody can tell the new finding from the old ones, so all of them are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from connlint.findings import Finding
from connlint.rules.run.stale_baseline_entry import StaleBaselineEntry
from connlint.triage.baseline_file import Entry
from connlint.triage.fingerprint import Identity, identity
from connlint.triage.moved import Places, follow
from connlint.triage.own_findings import finding_of
from connlint.triage.verdict import Silenced

STALE = StaleBaselineEntry()

Scope = Callable[[str, str], bool]
"""Whether this run looked for a code in a path, so that what it did not find is gone."""


class Baseline(NamedTuple):
    """The entries of a baseline file, and its path as reports show it."""

    path: str
    entries: tuple[Entry, ...]


class _Unmoved:
    """Stands for a project of which nobody knows what it holds: nothing has moved."""

    def defines(self, path: str, symbol: str) -> bool:
        return True

    def is_module(self, name: str) -> bool:
        return True


UNMOVED = _Unmoved()


class Held(NamedTuple):
    """Findings held against a baseline. ``notes`` say which entries were exceeded or moved."""

    new: list[Finding]
    accepted: list[Silenced]
    stale: list[Finding]
    notes: list[str]


def hold(
    findings: Sequence[Finding], baseline: Baseline, in_scope: Scope, places: Places = UNMOVED
) -> Held:
    """Hold ``findings`` against ``baseline``; only what is in scope can be stale.

    Entries follow what has another name or file in ``places``.
    """
    path = baseline.path
    groups = _grouped(findings)
    entries, moved = follow(baseline.entries, _counts(groups), places)
    held = Held([], [], [], [])
    if moved:
        (old, now), *others = moved
        more = f" and {len(others)} more have moved" if others else ""
        held.notes.append(
            f"{path}:{old.line}: {old.label} is now in {now.place}{more}:"
            " --write-baseline brings the file up to date"
        )
    allowed = {entry.identity: entry for entry in entries}
    for key, group in groups.items():
        entry = allowed.get(key)
        if entry is None or len(group) > entry.count:
            held.new.extend(group)
        else:
            held.accepted.extend(Silenced(finding, entry.reason) for finding in group)
    for entry in entries:
        found = len(groups.get(entry.identity, ()))
        if found > entry.count:
            held.notes.append(
                f"{path}:{entry.line}: allows {entry.count} of {entry.label},"
                f" {found} found: all are shown"
            )
        elif found < entry.count and in_scope(*entry.identity[:2]):
            suspect = STALE.stale(path, entry.span, entry.label, entry.count, found)
            held.stale.append(finding_of(STALE, suspect))
    return held


def shrunk(
    entries: Sequence[Entry],
    findings: Iterable[Finding],
    in_scope: Scope,
    places: Places = UNMOVED,
) -> tuple[Entry, ...]:
    """``entries`` without what is gone: stale ones dropped, counts lowered, nothing added.

    Those of what has another name or file in ``places`` get its identity.
    """
    groups = _grouped(findings)
    left = []
    for entry in follow(entries, _counts(groups), places).entries:
        found = len(groups.get(entry.identity, ()))
        if found >= entry.count or not in_scope(*entry.identity[:2]):
            left.append(entry)
        elif found:
            left.append(Entry(entry.identity, found, entry.reason))
    return tuple(left)


def extended(
    entries: Iterable[Entry], findings: Iterable[Finding], reason: str
) -> tuple[Entry, ...]:
    """``entries`` with all of ``findings`` accepted; what is added gets ``reason``."""
    by_identity = {entry.identity: entry for entry in entries}
    for key, group in _grouped(findings).items():
        entry = by_identity.get(key)
        if entry is None:
            by_identity[key] = Entry(key, len(group), reason)
        elif len(group) > entry.count:
            reasons = dict.fromkeys((entry.reason, reason))
            by_identity[key] = Entry(key, len(group), "; ".join(reasons))
    return tuple(by_identity.values())


def _counts(groups: Mapping[Identity, Sequence[Finding]]) -> dict[Identity, int]:
    return {identity: len(group) for identity, group in groups.items()}


def _grouped(findings: Iterable[Finding]) -> dict[Identity, list[Finding]]:
    groups: dict[Identity, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.code != STALE.code:
            groups[identity(finding)].append(finding)
    return groups
