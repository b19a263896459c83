"""The suspects of one file and its text in, findings with exact ranges out.

Each suspect has to be, on LibCST's concrete syntax, the kind of node that its rule names. One that
is not becomes a problem: it is never dropped, and never ends the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from connlint.findings import Finding, Problem, Severity, Suspect
from connlint.source import split_lines
from connlint.visit.depth import TooDeepError, with_room
from connlint.visit.excerpt import Excerpt, around, join, whole

if TYPE_CHECKING:
    from connlint.location import Span
    from connlint.visit.shapes import Places

FILE = "file"
"""The shape of a suspect about the file itself: there is nothing to confirm."""


class RuleTitle(NamedTuple):
    """What a finding needs to know about its rule."""

    name: str
    severity: Severity


class Confirmed(msgspec.Struct, frozen=True):
    """What became of the suspects of one file, each part in the order of the suspects."""

    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def confirm(
    suspects: Sequence[Suspect],
    text: str,
    rules: Mapping[str, RuleTitle],
    statements: Sequence[tuple[int, int]] = (),
) -> Confirmed:
    """Confirm the suspects of one file on its text.

    ``rules`` has the rule of each suspect by code; ``statements`` are the first and last lines of
    the file's top-level statements, as in its facts, and save time. Nothing is raised.
    """
    concrete = [suspect for suspect in suspects if suspect.shape != FILE]
    confirmation = _Confirmation(text, statements, {each.span.line for each in concrete})
    findings: list[Finding] = []
    problems: list[Problem] = []
    for suspect in suspects:
        outcome = confirmation.place_of(suspect)
        if isinstance(outcome, Problem):
            problems.append(outcome)
        else:
            findings.append(_finding(suspect, rules[suspect.code], *outcome))
    return Confirmed(tuple(findings), tuple(problems))


class _Confirmation:
    """The places of the nodes around the lines of interest, opened with as little as suffices."""

    def __init__(
        self, text: str, statements: Sequence[tuple[int, int]], wanted: Iterable[int]
    ) -> None:
        self._places: list[Places] = []
        self._failures: list[str] = []
        wanted = sorted(wanted)
        if wanted:
            self._open_around(split_lines(text), statements, wanted)

    def place_of(self, suspect: Suspect) -> tuple[Span, Span] | Problem:
        """The places of the suspect's node and of its statement, or why there are none."""
        if suspect.shape == FILE:
            return suspect.span, suspect.span
        for places in self._places:
            if span := places.find(suspect.shape, suspect.span):
                return span, places.statement_around(span)
        reason = self._failures[0] if self._failures else f"there is no {suspect.shape}"
        where = f"line {suspect.span.line}, column {suspect.span.column + 1}"
        return Problem(
            message=f"{suspect.code} can't be confirmed at {where} ({suspect.matched}): {reason}",
            path=suspect.path,
            line=suspect.span.line,
            fatal=True,
        )

    def _open_around(
        self, lines: Sequence[str], statements: Sequence[tuple[int, int]], wanted: Iterable[int]
    ) -> None:
        excerpts = around(lines, statements, wanted)
        if excerpts and self._open(join(excerpts)):
            return
        # One statement that LibCST can't read must not hide the others.
        self._failures.clear()
        for excerpt in excerpts or whole(lines):
            self._open(excerpt)

    def _open(self, excerpt: Excerpt) -> bool:
        from connlint.visit.shapes import Places

        try:
            self._places.append(with_room(excerpt.depth, lambda: Places(excerpt)))
        except TooDeepError as error:
            self._failures.append(str(error))
        except (KeyboardInterrupt, SystemExit):
            raise
        # Panics of LibCST's native parser derive from BaseException. The message is left out: after
        # a stack overflow it can be the text of a whole tree.
        except BaseException as error:
            self._failures.append(f"LibCST can't read it ({type(error).__name__})")
        else:
            return True
        return False


def _finding(suspect: Suspect, rule: RuleTitle, span: Span, statement: Span) -> Finding:
    return Finding(
        code=suspect.code,
        name=rule.name,
        severity=rule.severity,
        priority=suspect.priority,
        message=suspect.message,
        path=suspect.path,
        span=span,
        statement=statement,
        symbol=suspect.symbol,
        matched=suspect.matched,
        certainty=suspect.certainty,
        entry_point=suspect.entry_point,
        trace=suspect.trace,
        intent=suspect.intent,
    )
