"""Findings and what they are made of: plain, serialisable data without any syntax node inside."""

from __future__ import annotations

from typing import Literal

import msgspec

from connlint.location import Span

Severity = Literal["error", "warning", "info"]
Priority = Literal["critical", "high", "medium", "low"]
Safety = Literal["safe", "unsafe"]

SEVERITY_ORDER: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}
PRIORITY_ORDER: dict[Priority, int] = {"low": 0, "medium": 1, "high": 2, "critical": 3}


class TraceStep(msgspec.Struct, frozen=True):
    """One hop of the evidence: where, in which function, and what happens there."""

    path: str
    line: int
    column: int
    symbol: str
    note: str


class EntryPointRef(msgspec.Struct, frozen=True):
    """The entry point through which a finding is reached, for example ``route`` ``POST /jobs``."""

    kind: str
    name: str


class Edit(msgspec.Struct, frozen=True):
    """Replace the text of ``span`` in ``path`` with ``content``."""

    path: str
    span: Span
    content: str


class FixPart(msgspec.Struct, frozen=True):
    """One more place, in any file, that has to change along with the place of a finding.

    ``data`` are arguments for the transformer there, on top of those of the intent.
    """

    path: str
    span: Span
    data: dict[str, str] = {}


class FixIntent(msgspec.Struct, frozen=True):
    """What a rule wants done at its node, before the fixer has looked at the concrete syntax.

    ``kind`` names a transformer of ``connlint.fix.edits``; ``data`` holds its arguments.
    ``obstacle`` is why the rule knows already that the fix will be refused, in words for the user.
    ``parts`` are further places that change with it: all of them, or none.
    """

    kind: str
    safety: Safety
    title: str
    data: dict[str, str] = {}
    obstacle: str = ""
    parts: tuple[FixPart, ...] = ()


class Suspect(msgspec.Struct, frozen=True):
    """What a rule suspects, on facts alone; the CST pipeline confirms it on the concrete node.

    ``shape`` names what the node has to be: ``call``, ``name`` (a name or attribute handed on),
    ``import`` (one imported name), ``def`` (function or class), ``statement``, ``except`` or
    ``file`` (the file itself, nothing to confirm).
    """

    code: str
    path: str
    span: Span
    shape: str
    message: str
    symbol: str
    matched: str
    priority: Priority = "medium"
    certainty: Literal["certain", "likely"] = "certain"
    entry_point: EntryPointRef | None = None
    trace: tuple[TraceStep, ...] = ()
    intent: FixIntent | None = None


class Finding(msgspec.Struct, frozen=True):
    """A confirmed violation. ``matched`` is what the rule matched (baselines compare by it).

    ``fingerprint`` is empty until triage has seen all findings of the run.
    """

    code: str
    name: str
    severity: Severity
    priority: Priority
    message: str
    path: str
    span: Span
    statement: Span
    symbol: str
    matched: str
    certainty: Literal["certain", "likely"] = "certain"
    entry_point: EntryPointRef | None = None
    trace: tuple[TraceStep, ...] = ()
    intent: FixIntent | None = None
    fingerprint: str = ""

    @property
    def proposal(self) -> FixIntent | None:
        """The fix to offer; none where it is known that it will be refused."""
        return None if self.intent is None or self.intent.obstacle else self.intent

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.path, self.span.line, self.span.column, self.code, self.matched)


class Problem(msgspec.Struct, frozen=True):
    """Something that went wrong without stopping the run, such as a rule that raised.

    ``fatal`` problems make the gate fail closed (exit code 2).
    """

    message: str
    path: str = ""
    line: int = 0
    fatal: bool = False
