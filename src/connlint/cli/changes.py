"""An analysis and what is to be changed in; the project as it is then, and what was done, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connlint.cli.check_options import CheckOptions
    from connlint.fix.outcome import FixOutcome
    from connlint.pipeline import Analysis
    from connlint.triage.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Changed:
    """The state to report: the analysis of the changed project and its verdict.

    ``remarks`` are lines about what was done, ``fixed`` counts the findings that were fixed,
    ``diff`` is what would change where only that was asked for.
    """

    analysis: Analysis
    verdict: Verdict
    remarks: tuple[str, ...] = ()
    fixed: int = 0
    diff: bytes = b""


def change(analysis: Analysis, options: CheckOptions) -> Changed:
    """Do to source files and baseline what ``options`` ask for.

    Raises :class:`ConnlintError` when that can't be done; then nothing is changed.
    """
    from connlint.cli.baseline import under_baseline

    changed = Changed(analysis, analysis.verdict)
    if options.fix or options.diff:
        changed = _fixed(analysis, options)
    terms = changed.analysis.terms_in(analysis.scope)
    root = analysis.request.loaded.root
    verdict, remark = under_baseline(changed.verdict, options.baseline, terms, root)
    remarks = (*changed.remarks, remark) if remark else changed.remarks
    if options.since:
        from connlint.cli.since import verdict_since

        verdict = verdict_since(options.since, analysis, verdict, options.baseline)
    result = Changed(changed.analysis, verdict, remarks, changed.fixed, changed.diff)
    return _silenced(result, options) if options.add_noqa else result


def _fixed(analysis: Analysis, options: CheckOptions) -> Changed:
    from connlint.cli.fixing import fix, report_lines
    from connlint.fix.diff import unified_diff

    if options.verify_with:
        outcome, verified = _verified(analysis, options, options.verify_with)
    else:
        outcome = fix(analysis, options.baseline, unsafe=options.unsafe_fixes, write=options.fix)
        verified = ""
    remarks = tuple(filter(None, (*report_lines(outcome, analysis), verified)))
    if options.diff:
        verdict = analysis.verdict
        return Changed(analysis, verdict, remarks, diff=unified_diff(outcome.changes))
    contents = {each.path: each.after for each in outcome.changes}
    after = analysis.with_content(contents) if contents else analysis
    return Changed(after, after.verdict, remarks, len(outcome.fixed))


def _verified(analysis: Analysis, options: CheckOptions, command: str) -> tuple[FixOutcome, str]:
    """Fix what ``command`` succeeds with, and a line about that."""
    from functools import partial

    from connlint.cli.fixing import fix
    from connlint.cli.output import note
    from connlint.cli.verifying import Verification, orderly_ending
    from connlint.report.view import counted

    verification = Verification(command, partial(note, quiet=options.quiet))
    with orderly_ending():
        outcome = fix(
            analysis, options.baseline, unsafe=options.unsafe_fixes, write=True,
            verify=verification.failure,
        )  # fmt: skip
    if not outcome.changes:
        return outcome, ""
    runs = counted(verification.runs, "run")
    return outcome, f"`{command}` succeeds with what was fixed ({runs})."


def _silenced(before: Changed, options: CheckOptions) -> Changed:
    from connlint.cli.add_noqa import silence
    from connlint.cli.baseline import under_baseline
    from connlint.report.view import counted

    analysis = before.analysis
    done = silence(analysis, before.verdict.findings, options.reason)
    after = analysis.with_content(done.contents)
    verdict, _ = under_baseline(
        after.verdict,
        options.baseline,
        after.terms_in(analysis.scope),
        analysis.request.loaded.root,
    )
    number = len(before.verdict.findings) - len(verdict.findings)
    files = counted(len(done.contents), "file")
    remarks = [*before.remarks, *(f"not silenced {line}" for line in done.left)]
    remarks.append(f"{counted(number, 'finding')} silenced in {files}.")
    return Changed(after, verdict, tuple(remarks))
