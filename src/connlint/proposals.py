"""An analysis and its findings in; what fixing each alone would change out. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connlint.findings import Edit, Finding, Safety
    from connlint.fix.outcome import FixTarget
    from connlint.pipeline import Analysis
    from connlint.report.view import ProposedFix


def proposals(analysis: Analysis, findings: Iterable[Finding]) -> dict[str, ProposedFix]:
    """What fixing each of ``findings`` alone would change, by fingerprint."""
    fixable = [finding for finding in findings if finding.proposal]
    proposed: dict[str, ProposedFix] = {}
    for path, group in groupby(fixable, key=lambda finding: finding.path):
        if target := fix_target(analysis, path):
            proposed |= _proposals_in(analysis, target, list(group))
    return proposed


def _proposals_in(
    analysis: Analysis, target: FixTarget, findings: list[Finding]
) -> dict[str, ProposedFix]:
    """What fixing each finding of one file would change; refused ones are planned together."""
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
                edits = _edits_of(analysis, finding, unsafe=is_unsafe)
                if edits and finding.intent:
                    fix = ProposedFix(safety, finding.intent.title, edits)
                    proposed.setdefault(finding.fingerprint, fix)
            findings = [item.finding for item in together.left]
            if not findings:
                break
    except Refused:
        pass
    return proposed


def _edits_of(analysis: Analysis, finding: Finding, *, unsafe: bool) -> tuple[Edit, ...]:
    """What fixing one finding alone would change in all of its files; nothing if one refuses."""
    from connlint.fix.diff import edits_between
    from connlint.fix.joint import paths_of
    from connlint.fix.outcome import Refused
    from connlint.fix.plan import plan_file

    edits: tuple[Edit, ...] = ()
    for path in paths_of(finding):
        target = fix_target(analysis, path)
        if target is None:
            return ()
        try:
            plan = plan_file(target, target.source, [finding], unsafe=unsafe)
        except Refused:
            return ()
        if not plan.applied:
            return ()
        edits += edits_between(path, target.source, plan.after)
    return edits


def fix_target(analysis: Analysis, path: str) -> FixTarget | None:
    """The file at ``path`` for the fixer; ``None`` when it is not what was analysed any more."""
    from connlint.fix.outcome import FixTarget
    from connlint.source import SourceError

    def is_taken(name: str) -> bool:
        from connlint.model.takers import is_taken

        project = analysis.project
        module = next(
            (each for each in project.program.modules.values() if each.path == path), None
        )
        return module is not None and is_taken(project.program, module, name)

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
        is_taken=is_taken,
    )
