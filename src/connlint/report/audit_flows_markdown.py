"""The audit's flows and the list of connection points in, their chapters as Markdown out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from connlint.audit.changes import RemovedEntry
from connlint.audit.earlier import EarlierPoint
from connlint.audit.flows import Flow, Row, Section
from connlint.audit.leads import Lead
from connlint.audit.points import Point
from connlint.audit.remarks import Remark
from connlint.audit.wording import counted, entry_title, entry_word, lines_of, listed, title_of
from connlint.location import Span
from connlint.report.audit_view import AuditView, action, label, mark, way
from connlint.report.markdown_text import code, escape, prose

_PER = {
    "middleware": "request",
    "request-hook": "request",
    "route": "chunk or tick",
    "log-handler": "log record",
    "message-consumer": "message",
}
_OPENERS = frozenset({"acquire", "define", "import", "configure"})


def flows(view: AuditView) -> str:
    """The chapter by flow: each file, each entry point or function, each unit of work."""
    parts = []
    for number, section in enumerate(view.tables.sections, start=1):
        parts.append(f"## {number}. {escape(section_title(section))} ({code(section.path)})\n")
        parts.extend(_flow(view, flow) for flow in section.flows)
        if section.untouched:
            names = listed(code(name) for name in section.untouched)
            parts.append(f"{mark('keep')} No database connection: {names}\n")
    changes = view.tables.changes
    if changes is not None and changes.entries:
        parts.append("## Removed since the earlier audit\n")
        parts.extend(_removed_entry(entry) for entry in changes.entries)
    return "\n".join(parts)


def _removed_entry(entry: RemovedEntry) -> str:
    """An entry point that is gone, with what it did."""
    title = f"{title_of(_last(entry.points[0].symbol))} ({_started_by(entry.kind, entry.name)})"
    lines = [f"### {mark('removed')} REMOVED: {escape(title)}\n"]
    lines += [f"- {_place(each)}: {code(each.call)}\n" for each in entry.points]
    return "".join([lines[0], "\n", *lines[1:]])


def _place(point: EarlierPoint) -> str:
    start, end = point.range.start, point.range.end
    lines = lines_of(Span(start.line, start.column, end.line, end.column))
    return f"{lines} of {code(point.path)}"


def _last(symbol: str) -> str:
    return symbol.rpartition(".")[2]


def section_title(section: Section) -> str:
    """``Routes: 12 routes``."""
    kinds = Counter(entry_word(flow.kind) for flow in section.flows if flow.kind)
    name = PurePosixPath(section.path)
    stem = name.parent.name if name.stem == "__init__" else name.stem
    counts = listed(counted(number, kind) for kind, number in kinds.most_common())
    title = title_of(stem) if stem else "Package"
    return f"{title}{f': {counts}' if counts else ''}"


def _flow(view: AuditView, flow: Flow) -> str:
    lines = [f"### {escape(heading(flow))}\n"]
    if flow.per_event:
        lines.append(f"Runs for every {_PER.get(flow.kind, 'event')}.\n")
    if flow.callers:
        lines.append(f"Reached from {escape(flow.callers)}.\n")
    lines.extend(_row(view, row) for row in flow.rows)
    return "\n".join(lines)


def heading(flow: Flow) -> str:
    """``Create job (POST /jobs)``; a function that is no entry point by its dotted name."""
    if not flow.entry:
        return f"{flow.title} ({flow.symbol.replace('.<locals>', '')})"
    return f"{flow.title} ({_started_by(flow.kind, flow.entry)})"


def _started_by(kind: str, name: str) -> str:
    """An entry point in words, a route by its method and path alone."""
    return name if kind == "route" else entry_title(kind, name)


def _row(view: AuditView, row: Row) -> str:
    states = f" when the state is {escape(listed(row.states, 'or'))}" if row.states else ""
    done = prose(row.operation) + ("" if row.points else "".join(_lead(each) for each in row.leads))
    lines = [f"**{lines_of(row.span)}:** {done}{states} {mark(row.verdict)}"]
    if row.about:
        lines.append(f"- {prose(row.about)}")
    for remark in row.remarks:
        where = f" in line {remark.line}" if remark.line and remark.verdict != "keep" else ""
        codes = f" ({', '.join(remark.codes)})" if remark.codes else ""
        said = f"{label(remark)}{where}: {_reason(view, remark)}{codes}"
        lines.append(f"- {mark(remark.verdict)} {said}")
        if remark.should_be:
            lines.append(f"- {mark('keep')} SHOULD BE: {prose(remark.should_be)}")
    return "\n".join(lines) + "\n"


def _lead(lead: Lead) -> str:
    """Where a call leads to."""
    return f" {escape(way(lead))} ({code(f'{lead.path}:{lead.at_line}')})"


def _reason(view: AuditView, remark: Remark) -> str:
    """Why a row has its verdict, with the place where that is in another function."""
    point = view.elsewhere(remark)
    if point is None:
        return prose(remark.reason)
    although = f"{prose(remark.although)} But " if remark.although else ""
    return f"{although}{code(f'{point.path}:{point.line}')}: {prose(remark.reason)}"


def concise_list(view: AuditView) -> str:
    """Every connection point by file: line, call, purpose and verdict."""
    parts = ["## Concise list: every connection point\n"]
    by_path: dict[str, list[Point]] = {}
    for point in view.tables.points:
        by_path.setdefault(point.path, []).append(point)
    gone = _removed(view)
    for path in sorted({*by_path, *gone}):
        parts.append(f"### {code(path)}\n")
        lines = "".join(_items(by_path.get(path, [])))
        parts.append(lines + "".join(gone.get(path, ())))
    return "\n".join(parts)


def _removed(view: AuditView) -> dict[str, list[str]]:
    """The connection points of the earlier audit that the code has no longer, by file."""
    found: dict[str, list[str]] = {}
    changes = view.tables.changes
    for number, point in enumerate(changes.removed if changes is not None else ()):
        instead = changes.replaced.get(number) if changes is not None else None
        after = view.tables.points[instead] if instead is not None else None
        found.setdefault(point.path, []).append(_gone(point, after))
    return found


def _gone(point: EarlierPoint, instead: Point | None) -> str:
    """A connection point that is gone, and the one that has come in its place."""
    start, end = point.range.start, point.range.end
    lines = lines_of(Span(start.line, start.column, end.line, end.column))
    purpose = point.purpose or title_of(_last(point.symbol))
    entries = f" ({escape(', '.join(each.name for each in point.entry_points[:2]))})"
    now = f"; now {code(instead.place.call)} in line {instead.line}" if instead else ""
    return (
        f"- ~~{lines}: {code(point.call)}~~ {mark('removed')} **REMOVED** - {prose(purpose)}"
        f"{entries if point.entry_points else ''}{now}\n"
    )


def _items(points: Sequence[Point]) -> Iterator[str]:
    """A line for each point; what is done on a session is indented below where it is opened."""
    opened: set[tuple[object, str]] = set()
    for point in points:
        key = (point.place.scope, point.place.session)
        if point.kind in _OPENERS:
            opened.add(key)
            indent = ""
        else:
            indent = "  " if key in opened and point.place.session else ""
        yield f"{indent}- {_item(point)}\n"


def _item(point: Point) -> str:
    place = point.place
    verdict = action(point.verdict)
    codes = f": {', '.join(point.codes)}" if point.codes else ""
    return (
        f"{lines_of(place.extent)}: {code(place.call)} {place.kind} - {prose(point.purpose)} "
        f"({verdict}{codes})"
    )
