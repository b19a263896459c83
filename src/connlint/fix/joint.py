"""Findings whose fixes span files in, which files change together, and which findings wait, out.

A fix that spans files is done in all of them or in none, be it that it can't be planned in one of
them, or that one of them fails its checks or can't be written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from connlint.findings import Finding
from connlint.fix.outcome import Unfixed
from connlint.fix.plan import FilePlan

_Place = tuple[str, int, int, str, str]


def paths_of(finding: Finding) -> tuple[str, ...]:
    """The files that the fix of ``finding`` changes, its own first."""
    parts = finding.intent.parts if finding.intent else ()
    return tuple(dict.fromkeys((finding.path, *(part.path for part in parts))))


class Held:
    """Findings that are kept out of a round, because one of their files is not ready for them."""

    def __init__(self) -> None:
        self._by_place: dict[_Place, tuple[Finding, str, str]] = {}

    def __contains__(self, finding: Finding) -> bool:
        return finding.sort_key in self._by_place

    def add(self, finding: Finding, how: str, reason: str) -> None:
        """Keep ``finding`` out: it is ``refused``, ``left`` or ``waiting``."""
        self._by_place[finding.sort_key] = (finding, how, reason)

    def take(self, plans: Mapping[str, FilePlan]) -> bool:
        """Keep out what spans files and is not applied in each of them; was there any?"""
        found = False
        for plan in plans.values():
            unapplied = [
                *((each.finding, "refused", each.reason) for each in plan.refused),
                *((each.finding, "left", each.reason) for each in plan.left),
                *((each, "waiting", "") for each in plan.waiting),
            ]
            for finding, how, reason in unapplied:
                if len(paths_of(finding)) > 1 and finding not in self:
                    self.add(finding, how, reason)
                    found = True
        return found

    def tell(self, plans: dict[str, FilePlan]) -> None:
        """Put what was kept out, with the reasons, into the plans of the findings' own files."""
        for finding, how, reason in self._by_place.values():
            plan = plans.get(finding.path, FilePlan(b""))
            if how == "refused":
                told = replace(plan, refused=[*plan.refused, Unfixed(finding, reason)])
            elif how == "left":
                told = replace(plan, left=[*plan.left, Unfixed(finding, reason)])
            else:
                told = replace(plan, waiting=[*plan.waiting, finding])
            plans[finding.path] = told


def together(paths: Iterable[str], groups: Iterable[Collection[str]]) -> set[str]:
    """``paths`` and all files that change together with them, by ``groups`` of such files."""
    found = set(paths)
    rest = [set(group) for group in groups]
    while joined := [group for group in rest if group & found]:
        found.update(*joined)
        rest = [group for group in rest if group not in joined]
    return found
