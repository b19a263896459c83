"""The audit's flows in, as the types of the published schema out."""

from __future__ import annotations

import msgspec

from connlint.audit.flows import Flow, Row, Section
from connlint.audit.leads import Lead
from connlint.audit.points import Point, PointVerdict
from connlint.audit.remarks import Remark
from connlint.report.check_json import Range, range_of


class LeadItem(msgspec.Struct, frozen=True):
    """A call of a function that touches the database in turn: what it ``does`` in the end, the
    functions on the way, and where. ``connection_point`` is the number of the point there, from 0;
    null where the report is not about that file."""

    call: str
    line: int
    does: str
    through: list[str]
    path: str
    target_line: int
    connection_point: int | None


class RemarkItem(msgspec.Struct, frozen=True):
    """What is to be said about a row. ``line`` is where it stands, null for the row as a whole;
    ``connection_point`` is the number of the point in another function that it is about, from 0.
    ``although`` says what speaks for the row all the same."""

    verdict: PointVerdict
    reason: str
    although: str
    should_be: str
    codes: list[str]
    line: int | None
    connection_point: int | None


class RowItem(msgspec.Struct, frozen=True):
    """One unit of work: a session's life in a function, or a call of another function.
    ``connection_points`` are the numbers of its points, from 0, ``leads`` its calls."""

    range: Range
    operation: str
    about: str
    states: list[str]
    verdict: PointVerdict
    remarks: list[RemarkItem]
    connection_points: list[int]
    leads: list[LeadItem]


class FlowItem(msgspec.Struct, frozen=True):
    """What one function does. ``kind`` and ``entry_point`` are empty for a function that starts
    nothing; ``reached_from`` then says what does."""

    title: str
    kind: str
    entry_point: str
    per_event: bool
    path: str
    line: int
    symbol: str
    reached_from: str
    rows: list[RowItem]


class SectionItem(msgspec.Struct, frozen=True):
    """The flows of one file; ``untouched`` are its entry points that touch no database."""

    path: str
    flows: list[FlowItem]
    untouched: list[str]


def section_items(sections: tuple[Section, ...], points: tuple[Point, ...]) -> list[SectionItem]:
    """The flows of every file; ``points`` are all connection points."""
    numbers = {id(point): number for number, point in enumerate(points)}
    return [
        SectionItem(
            path=section.path,
            flows=[_flow(flow, numbers) for flow in section.flows],
            untouched=list(section.untouched),
        )
        for section in sections
    ]


def _flow(flow: Flow, numbers: dict[int, int]) -> FlowItem:
    return FlowItem(
        title=flow.title,
        kind=flow.kind,
        entry_point=flow.entry,
        per_event=flow.per_event,
        path=flow.path,
        line=flow.line,
        symbol=flow.symbol,
        reached_from=flow.callers,
        rows=[_row(row, numbers) for row in flow.rows],
    )


def _row(row: Row, numbers: dict[int, int]) -> RowItem:
    return RowItem(
        range=range_of(row.span),
        operation=row.operation,
        about=row.about,
        states=list(row.states),
        verdict=row.verdict,
        remarks=[_remark(each) for each in row.remarks],
        connection_points=[numbers[id(point)] for point in row.points],
        leads=[_lead(each) for each in row.leads],
    )


def _remark(remark: Remark) -> RemarkItem:
    return RemarkItem(
        verdict=remark.verdict,
        reason=remark.reason,
        although=remark.although,
        should_be=remark.should_be,
        codes=list(remark.codes),
        line=remark.line or None,
        connection_point=remark.elsewhere,
    )


def _lead(lead: Lead) -> LeadItem:
    return LeadItem(
        call=lead.call,
        line=lead.line,
        does=lead.does,
        through=list(lead.through),
        path=lead.path,
        target_line=lead.at_line,
        connection_point=lead.point,
    )
