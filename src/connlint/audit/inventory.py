"""The project and its findings in, every connection point with verdict and reason out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from connlint.audit.advice import Advice, complaint
from connlint.audit.configured import Addresses
from connlint.audit.content import Contents
from connlint.audit.excerpts import SourceLines, shortened, text_at
from connlint.audit.places import Places
from connlint.audit.points import Complaint, Place, Point, PointKind
from connlint.audit.purposes import Purposes
from connlint.audit.reasons import Reasons
from connlint.audit.verdicts import by_weight, verdict_of
from connlint.audit.wording import sentence
from connlint.findings import EntryPointRef, Finding
from connlint.model.names import ScopeId
from connlint.model.project import Project

_OWN_KINDS: dict[str, PointKind] = {
    "DBC101": "acquire",
    "DBC102": "import",
    "DBC103": "define",
    "DBC104": "define",
}
"""Findings that are connection points by themselves, such as a factory that is handed on."""
_PREFERRED: dict[str, tuple[PointKind, ...]] = {
    "1": ("acquire", "define", "import"),
    "2": ("commit", "begin", "rollback", "write"),
    "3": ("commit", "begin", "write", "read"),
    "4": ("configure", "define", "acquire"),
    "5": ("read", "write"),
}


class Inventory(msgspec.Struct, frozen=True):
    """``points`` are all connection points by place; ``calls`` are calls of functions that touch
    the database in turn; ``apart`` are findings that stand at no connection point."""

    points: tuple[Point, ...]
    calls: tuple[Place, ...]
    apart: tuple[Finding, ...]
    reasons: Reasons


def take_inventory(
    project: Project,
    findings: Sequence[Finding],
    accepted: Sequence[tuple[Finding, str]],
    source: SourceLines,
    covers: Callable[[str], bool],
) -> Inventory:
    """Every connection point of the files that ``covers`` accepts.

    ``accepted`` are findings that do not count, with the reason given for that. ``source`` gives
    the lines of a file.
    """
    places = Places(project, source).find()
    points = [place for place in places.points if covers(place.path)]
    calls = [place for place in places.passing if covers(place.path)]
    counting = _Assigned(points, calls)
    counting.assign(findings)
    silenced = _Assigned(points, calls)
    silenced.assign(finding for finding, _ in accepted)
    alone: set[int] = set()
    for finding in counting.left:
        if place := _standing_alone(project, finding, source):
            counting.promoted.append(place)
            counting.by_place[id(place)] = [finding]
            alone.add(id(finding))
    points = sorted([*points, *counting.promoted], key=lambda place: place.sort_key)
    reasons = {finding.fingerprint: reason for finding, reason in accepted}
    judge = _Judge(project, counting.by_place, silenced.by_place, reasons, points)
    promoted = set(map(id, counting.promoted))
    return Inventory(
        tuple(judge.point(place) for place in points),
        tuple(place for place in calls if id(place) not in promoted),
        tuple(finding for finding in counting.left if id(finding) not in alone),
        judge.reasons,
    )


class _Assigned:
    """Findings, each at the one place that it is about."""

    def __init__(self, points: Sequence[Place], calls: Sequence[Place]) -> None:
        self._by_line: dict[tuple[str, int], list[Place]] = {}
        self._calls_by_line: dict[tuple[str, int], list[Place]] = {}
        for place in points:
            self._by_line.setdefault((place.path, place.span.line), []).append(place)
        for place in calls:
            self._calls_by_line.setdefault((place.path, place.span.line), []).append(place)
        self.by_place: dict[int, list[Finding]] = {}
        self.promoted: list[Place] = []
        self.left: list[Finding] = []

    def assign(self, findings: Iterable[Finding]) -> None:
        """Find the place of each; calls that a finding stands at become points."""
        for finding in findings:
            key = (finding.path, finding.span.line)
            place = _best(self._by_line.get(key, ()), finding)
            call = _best(self._calls_by_line.get(key, ()), finding)
            if call is not None and _stands_at(call, finding, place):
                place = call
            if place is None:
                self.left.append(finding)
                continue
            if place is call and place not in self.promoted:
                self.promoted.append(place)
            self.by_place.setdefault(id(place), []).append(finding)


def _stands_at(call: Place, finding: Finding, place: Place | None) -> bool:
    """Whether a finding is about a call of another function rather than about ``place``."""
    starts_there = call.span[:2] == finding.span[:2]
    if place is None:
        return starts_there or finding.code not in _OWN_KINDS
    return starts_there and place.span[:2] != finding.span[:2]


def _best(places: Sequence[Place], finding: Finding) -> Place | None:
    wanted = _PREFERRED.get(finding.code[3], ())

    def rank(place: Place) -> tuple[bool, bool, int]:
        liking = wanted.index(place.kind) if place.kind in wanted else len(wanted)
        return (place.span != finding.span, place.span[:2] != finding.span[:2], liking)

    return min(places, key=rank, default=None)


def _standing_alone(project: Project, finding: Finding, source: SourceLines) -> Place | None:
    """A place for a finding that is a connection point though no operation stands there."""
    kind = _OWN_KINDS.get(finding.code)
    modules = project.program.modules.values()
    module = next((each for each in modules if each.path == finding.path), None)
    if kind is None or module is None:
        return None
    qualname = finding.symbol[len(module.name) + 1 :]
    scopes = enumerate(module.facts.scopes)
    scope = (module.name, next((n for n, each in scopes if each.qualname == qualname), 0))
    text = text_at(source, finding.path, finding.span)
    if kind == "define" and finding.matched.endswith(qualname) and qualname:
        text = f"def {qualname.rpartition('.')[2]}()"
    return Place(
        kind=kind, path=finding.path, span=finding.span, extent=finding.span, scope=scope,
        symbol=finding.symbol, role=project.role(scope), session="",
        call=shortened(text), provider=finding.matched,
    )  # fmt: skip


class _Judge:
    """Gives each place its verdict: from the findings there, else from what the analysis knows."""

    def __init__(
        self,
        project: Project,
        findings: Mapping[int, list[Finding]],
        silenced: Mapping[int, list[Finding]],
        accepted: Mapping[str, str],
        places: Sequence[Place],
    ) -> None:
        self._project = project
        self._findings = findings
        self._silenced = silenced
        self._accepted = accepted
        self._advice = Advice(project)
        counting = [each for group in findings.values() for each in group]
        contents = Contents(project)
        self.reasons = Reasons(project, contents, self._advice, counting)
        self._purposes = Purposes(contents, Addresses(project))
        self._around: dict[ScopeId, list[Place]] = {}
        self._entries: dict[ScopeId, tuple[EntryPointRef, ...]] = {}
        for place in places:
            self._around.setdefault(place.scope, []).append(place)

    def point(self, place: Place) -> Point:
        """The place as a connection point."""
        entries = self._entry_refs(place.scope)
        around = self._around.get(place.scope, ())
        does = self._purposes.of(place, around)
        findings = self._findings.get(id(place), [])
        if findings:
            complaints = tuple(self._complaint(each, place) for each in by_weight(findings))
            first = complaints[0]
            saved = self._saved(place, around, complaints)
            return Point(
                place=place, entry_points=entries, does=does, verdict=first.verdict,
                reason=first.reason, should_be=first.should_be, complaints=complaints,
                saved=saved, lasting=bool(saved) and self.reasons.is_lasting(place),
            )  # fmt: skip
        silenced = self._silenced.get(id(place), [])
        if silenced:
            codes = ", ".join(sorted({finding.code for finding in silenced}))
            why = self._accepted[silenced[0].fingerprint] or "no reason is given"
            return Point(
                place=place, entry_points=entries, does=does, verdict="keep",
                reason=sentence(f"{codes} is accepted here: {why}"),
            )  # fmt: skip
        verdict, reason = self.reasons.judge(place, around)
        wanted = self._advice.form_for(place) if verdict == "fix" else ""
        return Point(
            place=place, entry_points=entries, does=does, verdict=verdict,
            reason=sentence(reason), should_be=wanted,
            lasting=verdict == "keep" and self.reasons.is_lasting(place),
        )  # fmt: skip

    def _complaint(self, finding: Finding, place: Place) -> Complaint:
        return Complaint(
            finding.code,
            verdict_of(finding),
            sentence(complaint(finding)),
            self._advice.remedy(finding, place),
        )

    def _saved(self, place: Place, around: Sequence[Place], complaints: Sequence[Complaint]) -> str:
        """Why a commit is worth one although something else is wrong with it."""
        if place.kind != "commit" or any(each.verdict != "fix" for each in complaints):
            return ""
        verdict, reason = self.reasons.judge(place, around)
        return sentence(reason) if verdict == "keep" else ""

    def _entry_refs(self, scope: ScopeId) -> tuple[EntryPointRef, ...]:
        known = self._entries.get(scope)
        if known is None:
            known = self._entries[scope] = tuple(
                EntryPointRef(entry.kind, entry.name)
                for entry in self._project.entry_points_of(scope)
            )
        return known
