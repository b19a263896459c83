"""An analysis in, its files rewritten, or what rewriting would change, out.

Fixing looks at the whole project, so that nothing new appears anywhere, and touches only what the
report is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from connlint.errors import ConnlintError

if TYPE_CHECKING:
    from connlint.cli.baseline import BaselineOptions
    from connlint.findings import Finding
    from connlint.fix.outcome import FixOutcome, Verify
    from connlint.pipeline import Analysis


def fix(
    analysis: Analysis,
    baseline: BaselineOptions,
    *,
    unsafe: bool,
    write: bool,
    verify: Verify | None = None,
) -> FixOutcome:
    """Fix what can be fixed of what the report is about; only look, without ``write``.

    Files with which ``verify`` fails are put back. Raises :class:`ConnlintError` when the analysis
    is incomplete, before or while fixing, or when the verification can't be carried out.
    """
    from connlint.facts.cache import project_cache
    from connlint.fix.apply import plan_and_apply
    from connlint.fix.joint import paths_of
    from connlint.fix.outcome import FixOptions
    from connlint.proposals import fix_target

    def reanalyse(changes: Mapping[str, bytes]) -> list[Finding]:
        return _findings_everywhere(analysis.with_content(changes), baseline)

    findings = _findings_everywhere(analysis, baseline)
    changing = {path for f in findings if f.intent for path in paths_of(f)}
    wanted = filter(analysis.scope.covers, changing)
    targets = {path: target for path in sorted(wanted) if (target := fix_target(analysis, path))}
    root = analysis.request.loaded.root
    options = FixOptions(
        root=root, cache=project_cache(root), unsafe=unsafe, write=write, verify=verify
    )
    return plan_and_apply(findings, targets, options, reanalyse)


def report_lines(outcome: FixOutcome, analysis: Analysis) -> list[str]:
    """What was fixed, and what was not and why, of what the report is about."""
    from connlint.report.view import counted, one_line

    fixed = [item for item in outcome.fixed if analysis.scope.covers(item.path)]
    lines = [f"fixed {one_line(item.finding)}" for item in fixed]
    unfixed = [
        item
        for item in (*outcome.refused, *outcome.left)
        if item.finding.intent and analysis.scope.covers(item.finding.path)
    ]
    lines += [f"not fixed {one_line(item.finding)} ({item.reason})" for item in unfixed]
    covered = [change for change in outcome.changes if analysis.scope.covers(change.path)]
    files = counted(len(covered), "file")
    lines.append(f"{counted(len(fixed), 'finding')} fixed in {files}, {len(unfixed)} not fixed.")
    return lines


def _findings_everywhere(analysis: Analysis, options: BaselineOptions) -> list[Finding]:
    """The findings of the whole project that no baseline accepts."""
    from connlint.triage.baseline import STALE, Baseline
    from connlint.triage.baseline_file import load_baseline
    from connlint.triage.judge import hold_against
    from connlint.triage.scope import Scope

    verdict = analysis.verdict_in(Scope())
    if verdict.is_broken:
        messages = "\n".join(problem.message for problem in verdict.problems if problem.fatal)
        raise ConnlintError(f"nothing is fixed, the analysis is incomplete:\n{messages}")
    if options.path is None or not options.path.exists():
        return list(verdict.findings)
    baseline = Baseline("", load_baseline(options.path))
    held = hold_against(verdict, baseline, analysis.terms_in(Scope()))
    return [finding for finding in held.findings if finding.code != STALE.code]
