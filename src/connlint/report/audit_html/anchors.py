"""An audit's tables in, the names of what links of the page lead to out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connlint.audit.points import Point
from connlint.audit.tables import Tables
from connlint.findings import EntryPointRef, Finding

_PlaceKey = tuple[str, int, int, int]


class Anchors:
    """Where points, findings, flows and files stand. Every question has an empty answer where the
    page has nothing to lead to."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        paths = sorted({*_paths(tables)})
        self._files = {path: f"file-{number}" for number, path in enumerate(paths, start=1)}
        self._points: dict[_PlaceKey, str] = {}
        self._points_at: dict[tuple[str, int], list[int]] = {}
        for number, point in enumerate(tables.points):
            self._points.setdefault(point.place.sort_key, f"point-{number}")
            self._points_at.setdefault((point.path, point.line), []).append(number)
        self._findings: dict[tuple[str, int, str], str] = {}
        for number, finding in enumerate(tables.findings):
            key = (finding.path, finding.span.line, finding.code)
            self._findings.setdefault(key, f"finding-{number}")
        self._flows: dict[_PlaceKey, str] = {}
        self._flows_by_symbol: dict[tuple[str, str], str] = {}
        self._flows_by_entry: dict[EntryPointRef, str] = {}
        self._collect_flows()

    def _collect_flows(self) -> None:
        for number, section in enumerate(self._tables.sections, start=1):
            for index, flow in enumerate(section.flows, start=1):
                name = f"flow-{number}-{index}"
                self._flows_by_symbol.setdefault((flow.path, flow.symbol), name)
                if flow.entry:
                    self._flows_by_entry.setdefault(EntryPointRef(flow.kind, flow.entry), name)
                for row in flow.rows:
                    for point in row.points:
                        self._flows.setdefault(point.place.sort_key, name)

    @property
    def paths(self) -> Sequence[str]:
        """Every file that the page shows lines of, sorted."""
        return list(self._files)

    def file(self, path: str) -> str:
        """The part of the page that shows the source of a file."""
        return self._files.get(path, "")

    def point(self, point: Point) -> str:
        """A connection point."""
        return self._points.get(point.place.sort_key, "")

    def points_at(self, path: str, line: int) -> Sequence[int]:
        """The numbers of the connection points in a line."""
        return self._points_at.get((path, line), ())

    def finding(self, path: str, line: int, code: str) -> str:
        """What a rule found in a line."""
        return self._findings.get((path, line, code), "")

    def flow(self, point: Point) -> str:
        """The flow that a connection point is part of."""
        return self._flows.get(point.place.sort_key, "")

    def flow_of_finding(self, finding: Finding) -> str:
        """The flow in which something was found."""
        return self._flows_by_symbol.get((finding.path, finding.symbol), "")

    def entry(self, entry: EntryPointRef) -> str:
        """The flow that an entry point starts."""
        return self._flows_by_entry.get(entry, "")


def _paths(tables: Tables) -> Iterator[str]:
    yield from (point.path for point in tables.points)
    for finding in tables.findings:
        yield finding.path
        yield from (step.path for step in finding.trace)
    yield from (section.path for section in tables.sections)
    yield from (each.file.path for each in tables.progress)
    yield from (store.path for store in tables.stores)
    yield from (row.path for row in tables.configuration)
