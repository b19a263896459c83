"""Files with suspects in, findings out: a map over files, on one core or behind an executor.

The unit of work is plain data and :func:`visit_file` a plain function, so that any
``concurrent.futures.Executor`` can run it, in other processes or on other machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from itertools import repeat

import msgspec

from connlint.findings import Finding, Problem, Suspect
from connlint.source import SourceError, decode, read
from connlint.visit.confirm import FILE, Confirmed, RuleTitle, confirm

WORTH_SENDING = 400
"""Fewer suspects are confirmed sooner than other processes have loaded LibCST."""
_CHUNKS = 16
_LOST = "the process that confirmed the suspects of this file and others ended unexpectedly"


class Visit(msgspec.Struct, frozen=True):
    """One file to visit: its suspects, and where its source is.

    ``statements`` are those of its facts. ``source`` holds the bytes where they are not what the
    file at ``location`` holds, as for text that an editor has not saved.
    """

    path: str
    location: str
    suspects: tuple[Suspect, ...]
    statements: tuple[tuple[int, int], ...] = ()
    source: bytes | None = None


def visit_file(visit: Visit, rules: Mapping[str, RuleTitle]) -> Confirmed:
    """Confirm the suspects of one file; a file that can't be read any more becomes a problem."""
    if all(suspect.shape == FILE for suspect in visit.suspects):
        return confirm(visit.suspects, "", rules)
    try:
        source = read(visit.location) if visit.source is None else visit.source
        text = decode(source).text
    except SourceError as error:
        return Confirmed(problems=(Problem(error.message, visit.path, error.line, fatal=True),))
    return confirm(visit.suspects, text, rules, visit.statements)


def visit_files(
    visits: Sequence[Visit], rules: Mapping[str, RuleTitle], executor: Executor | None = None
) -> Confirmed:
    """Confirm the suspects of all files, in the order of ``visits``.

    With an ``executor`` the work is shared out when there is enough of it; the outcome is the same.
    """
    if executor is None or sum(len(visit.suspects) for visit in visits) < WORTH_SENDING:
        return _merge(visit_file(visit, rules) for visit in visits)
    chunks = _chunks(visits)
    batches = [[visits[at] for at in chunk] for chunk in chunks]
    done = executor.map(_visit_chunk, batches, repeat(rules))
    outcomes: dict[int, Confirmed] = {}
    try:
        for chunk, confirmed in zip(chunks, done, strict=True):
            outcomes.update(zip(chunk, confirmed, strict=True))
    except BrokenExecutor:
        for at, visit in enumerate(visits):
            outcomes.setdefault(at, Confirmed(problems=(Problem(_LOST, visit.path, fatal=True),)))
    return _merge(outcomes[at] for at in range(len(visits)))


def _chunks(visits: Sequence[Visit]) -> list[list[int]]:
    """The numbers of the visits in chunks of about equal work, those with most suspects first."""
    order = sorted(range(len(visits)), key=lambda at: -len(visits[at].suspects))
    return [chunk for first in range(_CHUNKS) if (chunk := order[first::_CHUNKS])]


def _visit_chunk(visits: Sequence[Visit], rules: Mapping[str, RuleTitle]) -> list[Confirmed]:
    return [visit_file(visit, rules) for visit in visits]


def _merge(outcomes: Iterable[Confirmed]) -> Confirmed:
    findings: list[Finding] = []
    problems: list[Problem] = []
    for outcome in outcomes:
        findings += outcome.findings
        problems += outcome.problems
    return Confirmed(tuple(findings), tuple(problems))
