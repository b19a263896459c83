"""An audit view in, what it comes to out, as a terminal shows it: verdicts, rules, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from connlint.audit.patterns import Pattern
from connlint.audit.plan import Step
from connlint.audit.priorities import Item
from connlint.audit.trend import Moment, verdicts_of
from connlint.audit.wording import counted, some
from connlint.report.audit_changes_markdown import numbers
from connlint.report.audit_terminal.styled import prose, signed
from connlint.report.audit_view import AuditView, action
from connlint.report.view import printable

_MOST_PATTERNS = 10
_MOST_FILES = 3
_MOST_ITEMS = 10
_NUMBER_WIDTH = 7
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
        yield Text("\nOver time", "bold")
        yield _trend(tables.trend, unicode)
    yield Text()
    yield _numbers(
        (signed(each, action(each), unicode), number) for each, number in tables.by_verdict.items()
    )
    if tables.patterns:
        yield Text("\nNon-compliant patterns", "bold")
        yield _patterns(tables.patterns[:_MOST_PATTERNS])
        if rest := tables.patterns[_MOST_PATTERNS:]:
            places = sum(each.findings for each in rest)
            yield Text(f"{places:>{_NUMBER_WIDTH}}  in {counted(len(rest), 'other pattern')}")
    yield Text("\nAction plan", "bold")
    yield _plan(tables.plan)
    to_do = [item for item in tables.priorities if not item.done]
    if to_do:
        yield Text("\nTo do first", "bold")
        yield _items(to_do[:_MOST_ITEMS])
        if len(to_do) > _MOST_ITEMS:
            yield Text(f"... and {len(to_do) - _MOST_ITEMS} more: see --format html or markdown")


def _trend(trend: Sequence[Moment], unicode: bool) -> Table:
    """The numbers of each audit: points, those of each verdict, findings, compliant files."""
    verdicts = verdicts_of(trend)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Audit", overflow="fold")
    table.add_column("Points", justify="right")
    for each in verdicts:
        table.add_column(signed(each, each, unicode), justify="right")
    table.add_column("Findings", justify="right")
    table.add_column("Compliant", justify="right")
    for moment in trend:
        counts = (str(moment.by_verdict.get(each, 0)) for each in verdicts)
        compliant = f"{moment.compliant} of {moment.files}"
        name = printable(moment.name)
        table.add_row(name, str(moment.points), *counts, str(moment.findings), compliant)
    return table


def _patterns(patterns: Sequence[Pattern]) -> Table:
    """What is done against the standard, by rule: what that is, how often, in which files."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(justify="right", no_wrap=True, width=_NUMBER_WIDTH)
    table.add_column(overflow="fold", ratio=1)
    for each in patterns:
        files = list(dict.fromkeys(breach.path for breach in each.breaches))
        title = Text.assemble(
            (each.title, "bold"), f" {each.code}, in {printable(some(files, _MOST_FILES))}"
        )
        lines = [title, prose(each.explanation)] if each.explanation else [title]
        table.add_row(str(each.findings), Text("\n").join(lines))
    return table


def _numbers(rows: Iterator[tuple[Text, int]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True, width=_NUMBER_WIDTH)
    table.add_column(overflow="fold")
    for text, number in rows:
        table.add_row(str(number), text)
    return table


def _plan(steps: Sequence[Step]) -> Table:
    """The steps with what is done and what is not."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True, width=_NUMBER_WIDTH, justify="right")
    table.add_column(overflow="fold", ratio=1)
    for step in steps:
        box = Text("done", "green") if step.done else Text("to do", "yellow")
        table.add_row(box, prose(f"{step.what}: {step.state}"))
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
