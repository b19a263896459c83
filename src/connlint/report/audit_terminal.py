"""An audit for a person at a terminal: the summary, then the connection points of each file."""

from __future__ import annotations

import io
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from connlint.audit.points import Point, PointVerdict
from connlint.audit.wording import counted, lines_of
from connlint.report.audit_view import AuditView, action, mark
from connlint.report.view import printable

_COLOURS: dict[PointVerdict, str] = {
    "keep": "green",
    "remove": "red",
    "fix": "red",
    "move": "yellow",
    "batch": "yellow",
    "review": "cyan",
    "removed": "dim",
}


def render(view: AuditView, width: int, colour: bool, unicode: bool = True) -> str:
    """The report in ``width`` columns; ``unicode`` says whether marks may be other than ASCII."""
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=colour, no_color=not colour,
        color_system="standard" if colour else None, highlight=False, markup=False, emoji=False,
        legacy_windows=False, safe_box=not unicode,
    )  # fmt: skip
    console.print(Text(printable(view.title), "bold"))
    console.print(_summary(view))
    for path, points in groupby(view.tables.points, key=lambda point: point.path):
        console.print()
        console.print(Text(printable(path), "bold"))
        console.print(_points(list(points), unicode))
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines()) + "\n"


def _summary(view: AuditView) -> Text:
    tables = view.tables
    verdicts = ", ".join(f"{number} {action(each)}" for each, number in tables.by_verdict.items())
    return Text(
        f"{counted(len(tables.points), 'connection point')} in "
        f"{counted(len(view.files), 'file')}: {verdicts or 'none'}. "
        f"{counted(len(view.verdict.findings), 'finding')}; {view.compliant_files} of "
        f"{counted(len(view.files), 'file')} keep to the standard."
    )


def _points(points: list[Point], unicode: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD if unicode else box.ASCII2, pad_edge=False, expand=True)
    table.add_column("Line", justify="right", no_wrap=True)
    table.add_column("Call", ratio=4)
    table.add_column("Kind", no_wrap=True)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("Why", ratio=6)
    for point in points:
        table.add_row(
            lines_of(point.place.extent).partition(" ")[2],
            printable(point.place.call),
            point.kind,
            _verdict(point.verdict, unicode),
            _why(point),
        )
    return table


def _verdict(verdict: PointVerdict, unicode: bool) -> Text:
    shown = f"{mark(verdict)} {verdict}" if unicode else f"[{verdict}]"
    return Text(shown, _COLOURS[verdict])


def _why(point: Point) -> Text:
    codes = f" ({', '.join(point.codes)})" if point.codes else ""
    text = Text(printable(f"{point.reason}{codes}"))
    if point.should_be:
        text.append(printable(f" Should be: {point.should_be}"), "green")
    return text
