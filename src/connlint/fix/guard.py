"""Findings before and after a rewrite in, the files whose rewrite did not do what it should out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from connlint.findings import Finding
from connlint.fix.outcome import Reanalyse

Key = tuple[str, str, str, str]


def key_of(finding: Finding) -> Key:
    """What stays the same of a finding when its line moves."""
    return (finding.path, finding.code, finding.symbol, finding.matched)


def counts(findings: Iterable[Finding]) -> Counter[Key]:
    """How many findings there are of each key."""
    return Counter(map(key_of, findings))


def culprits(
    before: Sequence[Finding],
    now: Sequence[Finding],
    after: Sequence[Finding],
    applied: Mapping[str, Sequence[Finding]],
    changes: Mapping[str, bytes],
    reanalyse: Reanalyse,
) -> dict[str, str]:
    """The changed files whose changes have to be given up, each with the reason.

    ``before`` are the findings of the untouched project, ``now`` those before this round, ``after``
    those with ``changes``, ``applied`` those that this round meant to remove, by file.
    """
    reasons: dict[str, str] = {}
    old, current, new = counts(before), counts(now), counts(after)
    for path, findings in applied.items():
        for key, number in counts(findings).items():
            if new[key] > current[key] - number:
                reasons[path] = f"{key[1]} would still be found in {key[2] or path}"
    for key in new - old:
        for path in _causes(key, old, changes, reanalyse):
            reasons.setdefault(path, f"{key[1]} would be found in {key[2] or key[0]}")
    return reasons


def _causes(
    key: Key, old: Counter[Key], changes: Mapping[str, bytes], reanalyse: Reanalyse
) -> list[str]:
    """The changed files that bring in a finding of this ``key``."""
    if key[0] in changes or len(changes) == 1:
        return [key[0]] if key[0] in changes else list(changes)
    guilty = [
        path
        for path, content in changes.items()
        if counts(reanalyse({path: content}))[key] > old[key]
    ]
    return guilty or list(changes)
