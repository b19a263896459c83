"""Everything that was found in, the :class:`Verdict` out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from connlint.config.selection import ActiveRules, severity_of
from connlint.config.standard import Standard
from connlint.facts.types import Directive
from connlint.findings import Finding, Problem, Severity
from connlint.rules.registry import Registry
from connlint.rules.run.unreadable_file import UnreadableFile
from connlint.triage.fingerprint import fingerprinted
from connlint.triage.scope import Scope
from connlint.triage.suppress import suppress
from connlint.triage.verdict import Silenced, Verdict

if TYPE_CHECKING:
    from connlint.triage.baseline import Baseline
    from connlint.triage.moved import Places


@dataclass(frozen=True, slots=True)
class Terms:
    """What findings are judged by.

    ``active`` are the rules that ran, ``scope`` is what the report is about; ``places`` knows what
    there is in the project, for baseline entries of what has moved.
    """

    standard: Standard
    registry: Registry
    active: ActiveRules
    scope: Scope
    places: Places | None = None

    @property
    def severities(self) -> dict[str, Severity]:
        """How severe the standard takes each rule, by code."""
        declared = self.standard.severity
        return {
            rule.code: severity_of(info, rule.severity, declared)
            for rule, info in zip(self.registry.rules, self.registry.infos, strict=True)
        }


def judge(
    findings: Iterable[Finding],
    directives: Mapping[str, Sequence[Directive]],
    terms: Terms,
    problems: Iterable[Problem] = (),
    files: int = 0,
) -> Verdict:
    """Judge all ``findings`` of a run, wherever they are, by ``terms``.

    ``directives`` are the suppression comments of the readable files; ``files`` is the number of
    files that the report is about.
    """
    severities = terms.severities
    sifted = [
        (msgspec.structs.replace(finding, severity=severities[finding.code]), reason)
        for finding, reason in suppress(findings, directives, terms.registry, terms.active.codes)
        if finding.code in terms.active.in_file(finding.path)
    ]
    sifted.sort(key=lambda pair: pair[0].sort_key)
    named = fingerprinted([finding for finding, _ in sifted])
    counting, silenced = [], []
    for finding, (_, reason) in zip(named, sifted, strict=True):
        if not terms.scope.covers(finding.path):
            continue
        if reason is None:
            counting.append(finding)
        else:
            silenced.append(Silenced(finding, reason))
    return Verdict(tuple(counting), tuple(silenced), problems=tuple(problems), files=files)


def hold_against(verdict: Verdict, baseline: Baseline, terms: Terms) -> Verdict:
    """``verdict``, which knows of no baseline yet, without the findings that this one accepts."""

    from connlint.triage.baseline import STALE, UNMOVED, hold

    looked = looked_for(verdict, terms)
    held = hold(verdict.findings, baseline, looked, terms.places or UNMOVED)
    severity = terms.severities[STALE.code]
    stale = [msgspec.structs.replace(finding, severity=severity) for finding in held.stale]
    if STALE.code not in terms.active.codes:
        stale = []
    findings = [*held.new, *fingerprinted(stale)]
    return msgspec.structs.replace(
        verdict,
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        baselined=tuple(sorted(held.accepted, key=lambda item: item.finding.sort_key)),
        notes=(*verdict.notes, *held.notes),
    )


def looked_for(verdict: Verdict, terms: Terms) -> Callable[[str, str], bool]:
    """Whether the run looked for a code in a path, so that what it did not find is gone."""
    unreadable = {f.path for f in verdict.findings if f.code == UnreadableFile.code}

    def looked(code: str, path: str) -> bool:
        is_on = code in terms.active.in_file(path)
        return is_on and path not in unreadable and terms.scope.covers(path)

    return looked
