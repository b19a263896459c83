"""An audit view in, what it comes to out, as a terminal shows it: verdicts, rules, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from connlint.audit.priorities import Item
from connlint.audit.wording import counted
from connlint.report.audit_changes_markdown import numbers
from connlint.report.audit_terminal.styled import prose, signed
from connlint.report.audit_view import AuditView, action
from connlint.report.view import printable

_MOST_RULES = 10
_MOST_ITEMS = 10
_PRIORITY_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": ""}


def summary(view: AuditView, unicode: bool) -> Iterator[Text | Table]:
    """The parts of the summary, to be printed one below the other."""
    tables = view.tables
    yield Text("Summary", "bold underline")
    yield Text(
        f"{counted(len(tables.points), 'connection point')} in "
        f"{counted(len(view.files), 'file')}, reached from "
        f"{counted(len(tables.entry_points), 'entry point')}. "
        f"{counted(len(view.verdict.findings), 'finding')}; {view.compliant_files} of "
        f"{counted(len(view.files), 'file')} keep to the standard."
    )
    changes = tables.changes
    if changes is not None:
        yield Text(f"Since the earlier audit: {numbers(view, changes)}")
    yield Text()
    yield _numbers(
        (signed(each, action(each), unicode), number) for each, number in tables.by_verdict.items()
    )
    if tables.findings:
        yield Text("\nFindings by rule", "bold")
        yield _numbers(_by_rule(view))
    to_do = [item for item in tables.priorities if not item.done]
    if to_do:
        yield Text("\nTo do first", "bold")
        yield _items(to_do[:_MOST_ITEMS])
        if len(to_do) > _MOST_ITEMS:
            yield Text(f"... and {len(to_do) - _MOST_ITEMS} more: see --format html or markdown")


def _by_rule(view: AuditView) -> Iterator[tuple[Text, int]]:
    counts = Counter((finding.code, finding.name) for finding in view.tables.findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    for (code, name), number in rows[:_MOST_RULES]:
        yield Text.assemble((code, "bold"), f" {name}"), number
    if len(rows) > _MOST_RULES:
        rest = rows[_MOST_RULES:]
        yield Text(counted(len(rest), "other rule")), sum(number for _, number in rest)


def _numbers(rows: Iterator[tuple[Text, int]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True, width=7)
    table.add_column(overflow="fold")
    for text, number in rows:
        table.add_row(str(number), text)
    return table


def _items(items: list[Item]) -> Table:
    """What to do, the most urgent first: where, and below it what is wrong."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True, width=8)
    table.add_column(overflow="fold", ratio=1)
    for item in items:
        lines = ", ".join(str(line) for line in item.lines)
        where = Text.assemble((printable(f"{item.path}:{lines}"), "bold"), f" {item.code}")
        what = Text("\n").join([where, prose(item.what)])
        table.add_row(Text(item.priority, _PRIORITY_COLOURS[item.priority]), what)
    return table
