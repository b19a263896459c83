"""An analysis in, its files rewritten, or what rewriting would change, out.

Fixing looks at the whole project, so that nothing new appears anywhere, and touches only what the
report is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from connlint.errors import ConnlintError

if TYPE_CHECKING:
    from connlint.cli.baseline import BaselineOptions
    from connlint.findings import Finding, Safety
    from connlint.fix.outcome import FixOutcome, FixTarget
    from connlint.pipeline import Analysis
    from connlint.report.view import ProposedFix


def fix(analysis: Analysis, baseline: BaselineOptions, *, unsafe: bool, write: bool) -> FixOutcome:
    """Fix what can be fixed of what the report is about; only look, without ``write``.

    Raises :class:`ConnlintError` when the analysis is incomplete, before or while fixing.
    """
    from connlint.fix.apply import plan_and_apply
    from connlint.fix.outcome import FixOptions

    def reanalyse(changes: Mapping[str, bytes]) -> list[Finding]:
        return _findings_everywhere(analysis.with_content(changes), baseline)

    findings = _findings_everywhere(analysis, baseline)
    wanted = {f.path for f in findings if f.intent and analysis.scope.covers(f.path)}
    targets = {path: target for path in sorted(wanted) if (target := _target(analysis, path))}
    options = FixOptions(root=analysis.request.loaded.root, unsafe=unsafe, write=write)
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
    files = counted(len({item.path for item in fixed}), "file")
    lines.append(f"{counted(len(fixed), 'finding')} fixed in {files}, {len(unfixed)} not fixed.")
    return lines


def proposals(analysis: Analysis, findings: Iterable[Finding]) -> dict[str, ProposedFix]:
    """What fixing each of ``findings`` alone would change, by fingerprint."""
    fixable = [finding for finding in findings if finding.intent]
    proposed: dict[str, ProposedFix] = {}
    for path, group in groupby(fixable, key=lambda finding: finding.path):
        if target := _target(analysis, path):
            proposed |= _proposals_in(target, list(group))
    return proposed


def _proposals_in(target: FixTarget, findings: list[Finding]) -> dict[str, ProposedFix]:
    """What fixing each finding of one file would change; refused ones are planned together."""
    from connlint.fix.diff import edits_between
    from connlint.fix.outcome import Refused
    from connlint.fix.plan import plan_file
    from connlint.report.view import ProposedFix

    proposed: dict[str, ProposedFix] = {}
    safeties: tuple[Safety, ...] = ("safe", "unsafe")
    try:
        for safety in safeties:
            is_unsafe = safety == "unsafe"
            together = plan_file(target, target.source, findings, unsafe=is_unsafe)
            for finding in (*together.applied, *together.waiting):
                alone = plan_file(target, target.source, [finding], unsafe=is_unsafe)
                edits = edits_between(target.path, target.source, alone.after)
                if edits and finding.intent:
                    fix = ProposedFix(safety, finding.intent.title, edits)
                    proposed.setdefault(finding.fingerprint, fix)
            findings = [item.finding for item in together.left]
            if not findings:
                break
    except Refused:
        pass
    return proposed


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


def _target(analysis: Analysis, path: str) -> FixTarget | None:
    """The file at ``path`` for the fixer; ``None`` when it is not what was analysed any more."""
    from connlint.fix.outcome import FixTarget
    from connlint.source import SourceError

    try:
        source = analysis.content(path)
    except SourceError:
        return None
    return FixTarget(
        path=path,
        location=analysis.location(path),
        source=source,
        module=analysis.layout.names.get(path, ""),
        is_package=path.endswith("__init__.py"),
    )
