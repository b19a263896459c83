"""An analysis and its findings in; what fixing each alone would change out, or why it is refused.
Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from connlint.findings import Edit, Finding, Safety
    from connlint.fix.outcome import FixTarget
    from connlint.pipeline import Analysis
    from connlint.report.view import ProposedFix

_TOGETHER = "it is fixed together with the other findings of this file"
_NO_FORM = "no fix is known for this form of it"


class Proposals(NamedTuple):
    """What fixing findings would change, and why others are not fixed, both by fingerprint: each
    finding has one of the two, unless its rule has no fixes."""

    fixes: dict[str, ProposedFix]
    refusals: dict[str, str]


def proposals(analysis: Analysis, findings: Iterable[Finding]) -> dict[str, ProposedFix]:
    """What fixing each of ``findings`` alone would change, by fingerprint."""
    return planned(analysis, findings).fixes


def planned(analysis: Analysis, findings: Iterable[Finding]) -> Proposals:
    """What fixing each of ``findings`` alone would change, or the reason why nothing does."""
    found = Proposals({}, {})
    for path, group in groupby(findings, key=lambda finding: finding.path):
        fixable = []
        for finding in group:
            if finding.proposal:
                fixable.append(finding)
            elif reason := _why_none(analysis, finding):
                found.refusals[finding.fingerprint] = reason
        if fixable:
            _plan(analysis, path, fixable, found)
    return found


def _why_none(analysis: Analysis, finding: Finding) -> str:
    """Why there is no fix to offer for a finding; empty where its rule has none at all."""
    if finding.intent is not None:
        return finding.intent.obstacle
    rule = analysis.request.registry.find(finding.code)
    return _NO_FORM if rule is not None and rule.fixes else ""


def _plan(analysis: Analysis, path: str, findings: list[Finding], found: Proposals) -> None:
    """Plan the findings of one file: refused ones together, the others each alone.

    What is refused among the safe fixes may wait for an unsafe one, so it gets a second turn.
    """
    from connlint.fix.outcome import Refused
    from connlint.fix.plan import plan_file

    safeties: tuple[Safety, ...] = ("safe", "unsafe")
    try:
        target = _target(analysis, path)
        for safety in safeties:
            is_unsafe = safety == "unsafe"
            together = plan_file(target, target.source, findings, unsafe=is_unsafe)
            for finding in together.applied:
                _plan_one(analysis, finding, safety, found)
                _tell_others(finding, found)
            for finding in together.waiting:
                _plan_one(analysis, finding, safety, found)
            for refused in together.refused:
                found.refusals[refused.finding.fingerprint] = refused.reason
            if not together.left:
                break
            findings = [item.finding for item in (*together.left, *together.refused)]
    except Refused as refusal:
        for finding in findings:
            found.refusals[finding.fingerprint] = refusal.reason


def _plan_one(analysis: Analysis, finding: Finding, safety: Safety, found: Proposals) -> None:
    """Plan a finding that its file does not refuse."""
    from connlint.fix.outcome import Refused
    from connlint.report.view import ProposedFix

    title = finding.intent.title if finding.intent else ""
    try:
        edits = _edits_of(analysis, finding, unsafe=safety == "unsafe")
    except Refused as refusal:
        found.refusals[finding.fingerprint] = refusal.reason
    else:
        found.refusals.pop(finding.fingerprint, None)
        found.fixes.setdefault(finding.fingerprint, ProposedFix(safety, title, edits))


def _tell_others(finding: Finding, found: Proposals) -> None:
    """Say of a finding that is refused alone, but fixed with the others of its file, that it is."""
    from connlint.fix.joint import paths_of

    reason = found.refusals.get(finding.fingerprint)
    if reason is not None and len(paths_of(finding)) == 1:
        found.refusals[finding.fingerprint] = f"{reason}; {_TOGETHER}"


def _edits_of(analysis: Analysis, finding: Finding, *, unsafe: bool) -> tuple[Edit, ...]:
    """What fixing one finding alone would change in all of its files.

    Raises :class:`Refused` if one of them can't be changed so.
    """
    from connlint.fix.diff import edits_between
    from connlint.fix.joint import paths_of
    from connlint.fix.outcome import Refused
    from connlint.fix.plan import plan_file

    edits: tuple[Edit, ...] = ()
    for path in paths_of(finding):
        target = _target(analysis, path)
        plan = plan_file(target, target.source, [finding], unsafe=unsafe)
        for each in (*plan.refused, *plan.left):
            where = f" (in {path})" if path != finding.path else ""
            raise Refused(f"{each.reason}{where}")
        edits += edits_between(path, target.source, plan.after)
    if not edits:
        raise Refused("the rewrite would change nothing")
    return edits


def _target(analysis: Analysis, path: str) -> FixTarget:
    """The file at ``path`` for the fixer; raises :class:`Refused` when it can't be read."""
    from connlint.fix.outcome import Refused

    target = fix_target(analysis, path)
    if target is None:
        raise Refused(f"{path} can't be read any more")
    return target


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
