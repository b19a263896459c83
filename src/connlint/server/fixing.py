"""An analysed buffer in, files as their fixes leave them out: for the editor to take over.

Everything that holds for ``check --fix`` holds here: the finding is gone, nothing new is found in
the project, a second run would change nothing. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from connlint.findings import Finding
from connlint.incremental import Incremental
from connlint.proposals import fix_target
from connlint.server.outcome import Checked
from connlint.triage.scope import Scope

if TYPE_CHECKING:
    from connlint.fix.outcome import FileChange, FixOutcome
    from connlint.pipeline import Analysis


def fix_one(checked: Checked, fingerprint: str, *, unsafe: bool) -> tuple[FileChange, ...]:
    """Fix one finding alone; raises :class:`Refused` with the reason when that can't be."""
    from connlint.fix.outcome import Refused

    def is_wanted(finding: Finding) -> bool:
        return finding.fingerprint == fingerprint

    outcome = _fix(checked, is_wanted, unsafe=unsafe, again=False)
    if outcome.changes:
        return outcome.changes
    unfixed = (*outcome.refused, *outcome.left)
    reasons = [item.reason for item in unfixed if is_wanted(item.finding)]
    raise Refused(reasons[0] if reasons else "the finding is gone")


def fix_safely(checked: Checked) -> tuple[FileChange, ...]:
    """Fix what is shown in the buffer and can be fixed safely by changing nothing else."""
    from connlint.fix.guard import key_of
    from connlint.fix.joint import paths_of

    shown = {key_of(finding) for finding in checked.findings}

    def is_wanted(finding: Finding) -> bool:
        return key_of(finding) in shown and paths_of(finding) == (checked.path,)

    return _fix(checked, is_wanted, unsafe=False).changes


def _fix(
    checked: Checked, is_wanted: Callable[[Finding], bool], *, unsafe: bool, again: bool = True
) -> FixOutcome:
    """Fix the findings that are wanted; those that show up only then as well if ``again``."""
    from connlint.fix.apply import plan_and_apply
    from connlint.fix.joint import paths_of
    from connlint.fix.outcome import FixOptions

    analysis = checked.analysis

    def reanalyse(changes: Mapping[str, bytes]) -> list[Finding]:
        after = _findings(analysis.with_content(changes))
        return _only(after, is_wanted if again else lambda _: False)

    findings = _only(_findings(analysis), is_wanted)
    changing = {path for finding in findings if finding.intent for path in paths_of(finding)}
    targets = {path: target for path in sorted(changing) if (target := fix_target(analysis, path))}
    if own := targets.get(checked.path):
        targets[checked.path] = msgspec.structs.replace(own, source=checked.content)
    options = FixOptions(
        root=analysis.request.loaded.root, unsafe=unsafe, write=False, in_editor=True
    )
    return plan_and_apply(findings, targets, options, reanalyse)


def _findings(analysis: Analysis) -> Sequence[Finding]:
    """What is found in the whole project; raises :class:`Refused` when that is incomplete."""
    from connlint.fix.outcome import Refused

    verdict = analysis.verdict_in(Scope())
    if verdict.is_broken or isinstance(analysis, Incremental):
        raise Refused("the analysis is incomplete")
    return verdict.findings


def _only(findings: Sequence[Finding], is_wanted: Callable[[Finding], bool]) -> list[Finding]:
    """The findings, of which only those that are wanted can be fixed."""
    return [
        finding if is_wanted(finding) else msgspec.structs.replace(finding, intent=None)
        for finding in findings
    ]
