"""One view that shows everything a report can hold, and golden files to compare with."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from connlint.findings import Edit, EntryPointRef, Finding, FixIntent, Problem, TraceStep
from connlint.location import Span
from connlint.report.view import CheckView, ProposedFix
from connlint.rules.card import RuleCard
from connlint.triage.fingerprint import fingerprinted
from connlint.triage.verdict import Silenced, Verdict
from triage.making import REGISTRY, finding

GOLDEN = Path(__file__).parent / "golden"
SOURCES = {
    "app/jobs.py": [
        "def save(job, session):",
        '\tjob.note = "größer: 大"; session.commit()',
        "",
        "def load(url):",
        "    return create_engine(",
        "        url",
        "    )",
    ],
}


def everything() -> CheckView:
    """Findings of all severities with chain, entry point and fix; suppressed and baselined ones."""
    save = msgspec.structs.replace(
        finding(line=2, column=25, message="a commit for each event: buffer it,\n50% is waste"),
        priority="critical",
        entry_point=EntryPointRef("socket-event", "upload, part: 1"),
        trace=(
            TraceStep("app/events.py", 12, 4, "app.events.on_part", "the event calls save()"),
            TraceStep("app/jobs.py", 2, 25, "app.jobs.save", "save() commits"),
        ),
        intent=FixIntent("remove-commit", "unsafe", "Remove the commit"),
    )
    load = msgspec.structs.replace(
        finding("DBC104", 5, column=11, symbol="", matched="create_engine", severity="warning"),
        message="an engine outside the owners <app/db.py>",
        span=Span(5, 11, 7, 5),
    )
    comment = finding("DBC901", 9, path="b|`c`.py", severity="info", message="not *needed*")
    named = fingerprinted([save, load, comment, finding(line=2), finding(line=7)])
    by_line = {(item.code, item.span.line, item.span.column): item for item in named}
    counting = (
        by_line["DBC301", 2, 25],
        by_line["DBC104", 5, 11],
        by_line["DBC901", 9, 4],
    )
    verdict = Verdict(
        findings=counting,
        suppressed=(Silenced(by_line["DBC301", 2, 4], "the buffer comes later"),),
        baselined=(Silenced(by_line["DBC301", 7, 4], "old"),),
        problems=(Problem("rule DBC999 failed: KeyError", "app/jobs.py", 3, fatal=True),),
        files=4,
    )
    edits = (Edit("app/jobs.py", Span(2, 23, 2, 41), ""),)
    fix = ProposedFix("unsafe", "Remove the commit", edits)
    return view(verdict, fixes={counting[0].fingerprint: fix})


def view(
    verdict: Verdict,
    *,
    fixes: dict[str, ProposedFix] | None = None,
    rules: tuple[RuleCard, ...] = REGISTRY.rules,
) -> CheckView:
    """A view of ``verdict`` over the sources above."""
    return CheckView(verdict, rules, lambda path: SOURCES.get(path, []), fixes or {}, "1.2.3")


def clean() -> CheckView:
    """Nothing found in three files."""
    return view(Verdict((), files=3))


def many(number: int, **changes: object) -> CheckView:
    """As many findings, one a line."""
    found: list[Finding] = [finding(line=line, **changes) for line in range(1, number + 1)]  # type: ignore[arg-type]
    return view(Verdict(tuple(fingerprinted(found)), files=1))


def assert_golden(name: str, text: str) -> None:
    """``text`` is what the golden file holds; CONNLINT_WRITE_GOLDEN=1 writes it instead."""
    path = GOLDEN / name
    if os.environ.get("CONNLINT_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode("utf-8")
