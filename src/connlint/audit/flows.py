"""Connection points in, the flows they belong to out: what each entry point does, step by step.

A row of a flow is one session's life in a function with everything done on it, or one call of a
function that touches the database in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from connlint.audit.advice import complaint
from connlint.audit.content import in_words
from connlint.audit.inventory import Inventory
from connlint.audit.leads import Lead, Leads
from connlint.audit.points import WORST_FIRST, Place, Point, PointVerdict
from connlint.audit.reasons import named
from connlint.audit.remarks import (
    Remark,
    complaints,
    saved_all_the_same,
    why_kept,
    without_repeats,
)
from connlint.audit.verdicts import verdict_of
from connlint.audit.wording import sentence, some, title_of
from connlint.findings import Finding
from connlint.location import Span
from connlint.model.entry_points import EntryPoint
from connlint.model.names import ScopeId
from connlint.model.project import Project

_STEP_WORDS = {
    "begin": "begin",
    "read": "query",
    "write": "write",
    "flush": "flush",
    "commit": "commit",
}
_LEFT_OUT = frozenset({"import"})


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of work of a flow. ``operation`` says what is done (``get_db_session() + commit``),
    ``about`` to what; ``remarks`` are what is wrong with it, the worst first, or why it may stay;
    ``points`` are its connection points, none for a call of another function. ``leads`` are its
    calls of functions that touch the database in turn."""

    span: Span
    operation: str
    about: str
    states: tuple[str, ...]
    verdict: PointVerdict
    remarks: tuple[Remark, ...]
    points: tuple[Point, ...] = ()
    leads: tuple[Lead, ...] = ()


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What one function does. ``entry`` is the entry point that it is, for example
    ``POST /jobs``, with its ``kind``; both are empty for a function that others call."""

    title: str
    kind: str
    entry: str
    per_event: bool
    path: str
    line: int
    symbol: str
    callers: str
    rows: tuple[Row, ...]


class Section(msgspec.Struct, frozen=True):
    """The flows of one file; ``untouched`` are its entry points that touch no database."""

    path: str
    flows: tuple[Flow, ...]
    untouched: tuple[str, ...]


def find_flows(project: Project, inventory: Inventory) -> tuple[Section, ...]:
    """The flows of every file that has connection points or entry points, by path and line."""
    return _Finder(project, inventory).sections()


class _Finder:
    def __init__(self, project: Project, inventory: Inventory) -> None:
        self._project = project
        self._reasons = inventory.reasons
        self._contents = inventory.reasons.contents
        self._points: dict[ScopeId, list[Point]] = {}
        self._calls: dict[ScopeId, list[Place]] = {}
        self._apart: dict[str, list[Finding]] = {}
        for finding in inventory.apart:
            self._apart.setdefault(finding.symbol, []).append(finding)
        self._leads = Leads(inventory.points, inventory.reasons)
        for point in inventory.points:
            place = point.place
            if point.kind not in _LEFT_OUT:
                self._points.setdefault(place.scope, []).append(point)
        for call in inventory.calls:
            self._calls.setdefault(call.scope, []).append(call)
        self._covered = {point.path for point in inventory.points}
        self._covered |= {call.path for call in inventory.calls}

    def sections(self) -> tuple[Section, ...]:
        entries: dict[ScopeId, EntryPoint] = {}
        untouched: dict[str, list[str]] = {}
        for entry in self._project.entry_points:
            scope = (entry.module, entry.scope)
            if scope in self._points or scope in self._calls:
                entries.setdefault(scope, entry)
            elif entry.path in self._covered:
                untouched.setdefault(entry.path, []).append(named(entry))
        flows: dict[str, list[Flow]] = {path: [] for path in untouched}
        for scope in {**self._points, **self._calls}:
            # A function that only calls others is not worth a flow, unless it starts something.
            if scope in self._points or scope in entries or not scope[1]:
                flow = self._flow(scope, entries.get(scope))
                flows.setdefault(flow.path, []).append(flow)
        return tuple(
            Section(
                path,
                tuple(sorted(flows[path], key=lambda flow: (flow.line, flow.symbol))),
                tuple(dict.fromkeys(untouched.get(path, ()))),
            )
            for path in sorted(flows)
            if flows[path]
        )

    def _flow(self, scope: ScopeId, entry: EntryPoint | None) -> Flow:
        module = self._project.module(scope[0])
        facts = module.facts.scopes[scope[1]]
        return Flow(
            title=title_of(facts.qualname),
            kind=entry.kind if entry else "",
            entry=entry.name if entry else "",
            per_event=entry.per_event if entry else False,
            path=module.path,
            line=facts.first if scope[1] else 1,
            symbol=module.symbol(scope[1]),
            callers="" if entry else self._callers(scope),
            rows=tuple(self._rows(scope)),
        )

    def _callers(self, scope: ScopeId) -> str:
        """The entry points behind a function that is none itself."""
        return some([named(entry) for entry in self._project.entry_points_of(scope)])

    def _rows(self, scope: ScopeId) -> list[Row]:
        units: dict[str, list[Point]] = {}
        for number, point in enumerate(self._points.get(scope, ())):
            alone = point.kind == "define" or not point.place.session
            units.setdefault(f"#{number}" if alone else point.place.session, []).append(point)
        rows = []
        steps: dict[str, list[Place]] = {}
        for call in self._calls.get(scope, ()):
            if call.session in units:
                steps.setdefault(call.session, []).append(call)
            else:
                rows.append(self._call_row(call))
        for session, points in units.items():
            rows.append(self._unit_row(points, steps.get(session, [])))
        return sorted(rows, key=lambda row: row.span)

    def _unit_row(self, points: Sequence[Point], calls: Sequence[Place]) -> Row:
        """A session's life in a function."""
        places = [*(point.place for point in points), *calls]
        span = _around(places)
        called = [self._leads.remark(call) for call in calls]
        called += [self._leads.remark(point.place) for point in points if point.place.leads_to]
        remarks = [each for point in points for each in complaints(point, span)]
        remarks += [remark for remark in called if remark.verdict != "keep"]
        remarks += self._apart_from_points(places[0], span)
        remarks.sort(key=lambda remark: (WORST_FIRST.index(remark.verdict), remark.line))
        if remarks:
            remarks = [*without_repeats(remarks), *saved_all_the_same(points)]
        about = in_words(self._contents.on(places[0].session, places[0].scope, span))
        return Row(
            span=span,
            operation=_operation(places),
            about=sentence(about),
            states=_states_of(places),
            verdict=remarks[0].verdict if remarks else "keep",
            remarks=tuple(remarks) or (why_kept(points, called, span),),
            points=tuple(points),
            leads=tuple(self._leads.lead(place) for place in places if place.leads_to),
        )

    def _apart_from_points(self, place: Place, span: Span) -> list[Remark]:
        """What findings inside the unit say that stand at none of its connection points."""
        return [
            Remark(
                verdict=verdict_of(finding),
                reason=sentence(complaint(finding)),
                should_be=self._reasons.advice.remedy(finding, place),
                codes=(finding.code,),
                line=finding.span.line,
            )
            for finding in self._apart.get(place.symbol, ())
            if finding.path == place.path and span.line <= finding.span.line <= span.end_line
        ]

    def _call_row(self, call: Place) -> Row:
        """A call of a function that works on a session of its own."""
        remark = self._leads.remark(call)
        return Row(
            span=call.span,
            operation=f"`{call.call}`",
            about="",
            states=_known(call.states),
            verdict=remark.verdict,
            remarks=(remark,),
            leads=(self._leads.lead(call),),
        )


def _around(places: Sequence[Place]) -> Span:
    """From the first of ``places`` to the end of the last."""
    first = min(places, key=lambda place: place.span)
    opening = next((place for place in places if place.kind in ("acquire", "begin")), first)
    if opening.extent != opening.span:
        return opening.extent
    last = max((place.extent[2], place.extent[3]) for place in places)
    return Span(first.span.line, first.span.column, *last)


def _operation(places: Iterable[Place]) -> str:
    """``get_db_session()`` + query + commit."""
    ordered = sorted(places, key=lambda place: place.span)
    first = ordered[0]
    words = [f"`{first.call}`"]
    for place in ordered:
        kinds = [] if place is first else [place.kind]
        for kind in (*kinds, *place.at_exit):
            word = _STEP_WORDS.get(kind, "")
            if word and word not in words[1:]:
                words.append(word)
    return " + ".join(words)


def _known(states: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(state for state in states if state is not None)


def _states_of(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state for place in places for state in _known(place.states)))
