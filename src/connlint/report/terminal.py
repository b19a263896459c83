"""A check for a person at a terminal: findings with excerpt, caret, chain and what mends them."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from connlint.findings import Finding, Severity
from connlint.report.view import CheckView, entry_point_label, position, printable

_COLOURS: dict[Severity, str] = {"error": "red", "warning": "yellow", "info": "cyan"}
_TAB = "    "
_GUTTER = "  {number} │ "
_GUTTER_WIDTH = len(_GUTTER.format(number=""))


def render(view: CheckView, width: int, colour: bool) -> str:
    """All findings, wrapped at ``width`` columns; ``colour`` asks for escape sequences."""
    output = io.StringIO()
    console = Console(
        file=output,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for finding in view.findings:
        for part in _finding(view, finding, width):
            console.print(part, soft_wrap=isinstance(part, Text))
        console.print()
    # Wrapped text comes padded to a rectangle.
    return "".join(f"{line.rstrip()}\n" for line in output.getvalue().split("\n")[:-1])


def _finding(view: CheckView, finding: Finding, width: int) -> Iterator[Text | Padding]:
    colour = _COLOURS[finding.severity]
    yield Text.assemble(
        (_shown(finding.path), "bold"),
        f":{position(finding.span)}: ",
        (finding.code, f"bold {colour}"),
        f" {finding.name} ",
        (f"({finding.severity}, {finding.priority})", "dim"),
    )
    yield _indented(" ".join(finding.message.split()))
    yield from _excerpt(view, finding, colour, width)
    if finding.entry_point:
        yield _indented(f"Entry point: {entry_point_label(finding.entry_point)}")
    for number, step in enumerate(finding.trace, start=1):
        where = _shown(f"{step.path}:{step.line}")
        yield _indented(Text.assemble(f"{number}. ", (where, "cyan"), f" {_shown(step.note)}"))
    if intent := finding.proposal:
        option = "--fix" if intent.safety == "safe" else "--fix --unsafe-fixes"
        yield _indented(Text(_shown(f"Fix: {intent.title} ({option})"), "green"))


def _excerpt(view: CheckView, finding: Finding, colour: str, width: int) -> Iterator[Text]:
    """The first line of the finding, after the line before it, with what is meant underlined."""
    span = finding.span
    lines = view.source(finding.path)
    if not 0 < span.line <= len(lines):
        return
    gutter = len(str(span.line))
    room = max(width - gutter - _GUTTER_WIDTH, 1)
    line = lines[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line)
    first = _first_column(line, span.column, end, room)
    for number in range(max(span.line - 1, 1), span.line + 1):
        text = _cut(lines[number - 1], first if number == span.line else 0, room)
        yield Text.assemble((_GUTTER.format(number=f"{number:>{gutter}}"), "dim"), text)
    before = cell_len(_shown(line[first : span.column]))
    marked = min(max(cell_len(_shown(line[span.column : end])), 1), max(room - before, 1))
    yield Text.assemble(
        (_GUTTER.format(number=" " * gutter), "dim"), " " * before, ("^" * marked, f"bold {colour}")
    )


def _first_column(line: str, start: int, end: int, room: int) -> int:
    """Where the part of a line begins that is shown: at its start, unless what is meant would then
    stand beyond the edge."""
    if cell_len(_shown(line[:end])) <= room:
        return 0
    return max(start - room // 4, 0)


def _cut(line: str, first: int, room: int) -> str:
    """As much of a line, from a column on, as there is room for."""
    text = _shown(line[first:])
    return text if cell_len(text) <= room else set_cell_size(text, room)


def _indented(content: str | Text) -> Padding:
    text = Text(_shown(content)) if isinstance(content, str) else content
    return Padding(text, (0, 0, 0, 4), expand=False)


def _shown(text: str) -> str:
    """``text`` with tabs as spaces, and nothing in it that steers the terminal."""
    return printable(text.replace("\t", _TAB))
