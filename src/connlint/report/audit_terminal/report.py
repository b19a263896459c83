"""An audit for a person at a terminal: the connection points of each file, then the summary, which
is what stays on the screen."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from connlint.audit.earlier import EarlierPoint
from connlint.audit.points import Point, PointVerdict
from connlint.audit.wording import counted, lines_of
from connlint.report.audit_terminal.styled import COLOURS, prose, signed
from connlint.report.audit_terminal.summary import summary
from connlint.report.audit_view import AuditView
from connlint.report.view import printable

_ROOMY = 110
_KIND_WIDTH = 9
_VERDICT_WIDTH = 10


class _Page(NamedTuple):
    """What the terminal is like."""

    width: int
    unicode: bool

    @property
    def is_roomy(self) -> bool:
        """Whether there is room for two columns of text."""
        return self.width >= _ROOMY


def render(view: AuditView, width: int, colour: bool, unicode: bool = True) -> str:
    """The report in ``width`` columns; ``unicode`` says whether marks may be other than ASCII."""
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=colour, no_color=not colour,
        color_system="standard" if colour else None, highlight=False, markup=False, emoji=False,
        legacy_windows=False, safe_box=not unicode,
    )  # fmt: skip
    page = _Page(width, unicode)
    console.print(Text(printable(view.title), "bold"))
    removed: dict[str, list[EarlierPoint]] = {}
    for gone in view.tables.changes.removed if view.tables.changes is not None else ():
        removed.setdefault(gone.path, []).append(gone)
    points = {p: list(g) for p, g in groupby(view.tables.points, key=lambda point: point.path)}
    for path in sorted({*points, *removed}):
        console.print()
        console.print(_heading(path, points.get(path, ())))
        console.print(_table(points.get(path, ()), removed.get(path, ()), page))
    console.print()
    for part in summary(view, unicode):
        console.print(part)
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines()) + "\n"


def _heading(path: str, points: Sequence[Point]) -> Text:
    counts = Counter(point.verdict for point in points)
    wrong = sum(number for verdict, number in counts.items() if verdict not in ("keep", "review"))
    text = Text.assemble((printable(path), "bold"), "  ", (counted(len(points), "point"), "dim"))
    if wrong:
        text.append(f", {wrong} to change", "red")
    return text


def _table(points: Iterable[Point], removed: Iterable[EarlierPoint], page: _Page) -> Table:
    """The points of a file: two columns of text where there is room, else one below the other."""
    table = Table(box=None, show_header=False, pad_edge=False, expand=True, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True, width=7)
    table.add_column(no_wrap=True, width=_VERDICT_WIDTH)
    table.add_column(no_wrap=True, width=_KIND_WIDTH)
    table.add_column(overflow="fold", ratio=4)
    if page.is_roomy:
        table.add_column(overflow="fold", ratio=6)
    for point in points:
        lines = lines_of(point.place.extent).partition(" ")[2]
        call = Text(printable(point.place.call), "bold")
        _add(table, (lines, point.verdict, point.kind), call, _why(point), page)
    for gone in removed:
        call = Text(printable(gone.call), "dim strike")
        why = Text("In the earlier audit, not in the code any more.", "dim")
        _add(table, (str(gone.range.start.line), "removed", gone.kind), call, why, page)
    return table


def _add(
    table: Table, start: tuple[str, PointVerdict, str], call: Text, why: Text, page: _Page
) -> None:
    lines, verdict, kind = start
    sign = signed(verdict, verdict, page.unicode)
    texts = [call, why] if page.is_roomy else [Text("\n").join([call, why])]
    table.add_row(Text(lines, "dim"), sign, Text(kind), *texts)


def _why(point: Point) -> Text:
    """What every finding there says, or the reason of the verdict, each with what is wanted."""
    lines: list[Text] = []
    for each in point.complaints:
        lines.append(Text.assemble(prose(each.reason), (f" {each.code}", COLOURS[each.verdict])))
        lines.extend(_wanted(each.should_be))
    if not point.complaints:
        lines.append(prose(point.reason))
        lines.extend(_wanted(point.should_be))
    return Text("\n").join(lines)


def _wanted(text: str) -> list[Text]:
    return [Text.assemble(("Should be: ", "green"), prose(text))] if text else []
