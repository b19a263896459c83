"""The audit's tables and the project's files in, the lines of code that the page shows out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, dropwhile, pairwise
from typing import NamedTuple

from markupsafe import Markup

from connlint.audit.points import PointVerdict, worst
from connlint.location import Span
from connlint.report.audit_html.anchors import Anchors
from connlint.report.audit_html.highlight import highlighted
from connlint.report.audit_view import AuditView

_BEFORE = 1
_MOST_LINES = 12
_NEAR = 2


class Line(NamedTuple):
    """One line of code. ``verdict`` is the worst of the connection points in it, empty for none;
    ``point`` the number of the first of them; ``is_meant``: an excerpt is about it."""

    number: int
    code: Markup
    is_meant: bool = False
    verdict: PointVerdict | str = ""
    point: int | None = None


class SourceBook:
    """The lines that an audit mentions, each with the one before it, highlighted once a file."""

    def __init__(self, view: AuditView, anchors: Anchors) -> None:
        self._view = view
        self._anchors = anchors
        wanted: dict[str, set[int]] = {}
        for path, span in _mentioned(view):
            wanted.setdefault(path, set()).update(_lines_around(span))
        self._code = {path: self._highlighted(path, sorted(wanted[path])) for path in wanted}

    def _highlighted(self, path: str, wanted: Sequence[int]) -> dict[int, Markup]:
        """Lines of a file, with those in small gaps between them."""
        gaps = [
            range(line, following)
            for line, following in pairwise(wanted)
            if following - line <= _NEAR + 1
        ]
        return highlighted(self._view.source(path), {*wanted, *chain.from_iterable(gaps)})

    def anchor(self, path: str, line: int) -> str:
        """What a link to a line leads to: the line, the file where that is not shown, or nothing
        (empty)."""
        file = self._anchors.file(path)
        return f"{file}-{line}" if file and self.line(path, line) else file

    def excerpt(self, path: str, span: Span) -> Sequence[Line]:
        """The lines of a place, with the one before it; none where the file can't be read."""
        code = self._code.get(path, {})
        return _without_margin(
            Line(number, code[number], number >= span.line)
            for number in _lines_around(span)
            if number in code
        )

    def line(self, path: str, number: int) -> Markup:
        """One line, without the blanks before it."""
        return self._code.get(path, {}).get(number, Markup("")).strip()

    def stretches(self, path: str) -> Sequence[Sequence[Line]]:
        """All lines of a file that the page mentions, those apart from one another apart."""
        code = self._code.get(path, {})
        found: list[list[Line]] = []
        for number in sorted(code):
            if not found or number - found[-1][-1].number > 1:
                found.append([])
            found[-1].append(self._line_with_points(path, number, code[number]))
        return [lines for each in found if (lines := _without_margin(each))]

    def _line_with_points(self, path: str, number: int, code: Markup) -> Line:
        points = self._anchors.points_at(path, number)
        if not points:
            return Line(number, code)
        verdict = worst(tuple(self._view.tables.points[each].verdict for each in points))
        return Line(number, code, True, verdict, points[0])


def _without_margin(lines: Iterable[Line]) -> list[Line]:
    """``lines`` without the blank ones before and behind the others."""
    kept = list(dropwhile(_is_blank, lines))
    while kept and _is_blank(kept[-1]):
        kept.pop()
    return kept


def _is_blank(line: Line) -> bool:
    return not line.code.strip()


def _lines_around(span: Span) -> range:
    first = max(1, span.line - _BEFORE)
    return range(first, min(span.end_line, span.line + _MOST_LINES - 1) + 1)


def _mentioned(view: AuditView) -> Iterator[tuple[str, Span]]:
    """Every place that some part of the page is about."""
    tables = view.tables
    for point in tables.points:
        yield point.path, point.place.extent
        yield point.path, point.place.span
    for finding in tables.findings:
        yield finding.path, finding.statement
        yield finding.path, finding.span
        for step in finding.trace:
            yield step.path, _at(step.line)
    for section in tables.sections:
        for flow in section.flows:
            yield flow.path, _at(flow.line)
            yield from ((flow.path, row.span) for row in flow.rows)
    for store in tables.stores:
        yield store.path, _at(store.line)
        for uses in (*store.memory.values(), *store.database.values()):
            yield from ((use.path, _at(use.line)) for use in uses)
    for row in tables.configuration:
        yield row.path, _at(row.line)


def _at(line: int) -> Span:
    return Span(line, 0, line, 0)
