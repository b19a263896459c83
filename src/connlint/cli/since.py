"""A verdict and a git revision in, the verdict on the change since that revision out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from connlint.cli.baseline import BaselineOptions
    from connlint.earlier import EarlierAnalysis
    from connlint.pipeline import Analysis
    from connlint.triage.comparison import Correspondence
    from connlint.triage.verdict import Verdict

_SHOWN_OF_COMMIT = 12


def verdict_since(
    revision: str, analysis: Analysis, verdict: Verdict, baseline: BaselineOptions
) -> Verdict:
    """``verdict`` with the findings alone that the change since ``revision`` is behind.

    Those that the baseline accepts are not among them; an entry that was stale before is not the
    change's either. Raises :class:`UsageError` where git can't say what has changed.
    """
    from connlint.earlier import before
    from connlint.report.view import counted
    from connlint.triage.comparison import of_change

    earlier = before(analysis, revision)
    was = _verdict_then(earlier, baseline)
    then = [*was.findings, *(item.finding for item in was.baselined)]
    findings = of_change(verdict.findings, then, _correspondence(analysis, earlier))
    notes = verdict.notes
    if left_out := len(verdict.findings) - len(findings):
        shown, commit = counted(left_out, "finding"), earlier.change.commit[:_SHOWN_OF_COMMIT]
        notes = (*notes, f"{shown} not of the change since {revision} ({commit})")
    incomplete = tuple(
        msgspec.structs.replace(problem, message=f"before the change: {problem.message}")
        for problem in was.problems
        if problem.fatal
    )
    return msgspec.structs.replace(
        verdict,
        findings=tuple(findings),
        notes=notes,
        problems=(*verdict.problems, *incomplete),
    )


def _verdict_then(earlier: EarlierAnalysis, baseline: BaselineOptions) -> Verdict:
    """What was found then, wherever it was, under the baseline of now."""
    from connlint.cli.baseline import under_baseline
    from connlint.triage.scope import Scope

    only_read = replace(baseline, write=False, extend=False)
    everywhere, root = Scope(), earlier.request.loaded.root
    found = earlier.verdict_in(everywhere)
    return under_baseline(found, only_read, earlier.terms_in(everywhere), root)[0]


def _correspondence(now: Analysis, then: EarlierAnalysis) -> Correspondence:
    from connlint.triage.comparison import Correspondence

    change = then.change
    names_now = now.layout.names if change.renames else {}
    names_then = _names(then, now.implied_roots) if change.renames else {}
    return Correspondence(
        changed=change.contents.keys() | change.renames.keys() | now.request.unsaved.keys(),
        added=change.added,
        renames=change.renames,
        modules={
            names_now[new]: names_then[old]
            for new, old in change.renames.items()
            if new in names_now and old in names_then
        },
        lines_now=now.source_lines,
        lines_then=then.source_lines,
    )


def _names(analysis: Analysis, implied: Sequence[str]) -> Mapping[str, str]:
    """The dotted name of each file; unlike the analysis's layout, without a look at facts."""
    from connlint.discover.layout import lay_out

    paths = (file.relative for file in analysis.found.files)
    return lay_out(paths, analysis.request.loaded.standard.src, implied).names
