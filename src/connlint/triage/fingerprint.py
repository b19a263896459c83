"""Findings in, the same findings with fingerprints out: stable names that survive moved lines."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

import msgspec

from connlint.findings import Finding

Identity = tuple[str, str, str, str]
"""What stays of a finding when its lines move: code, path, symbol, what was matched."""


def identity(finding: Finding) -> Identity:
    """The identity of ``finding``; white space in what was matched counts once."""
    return (finding.code, finding.path, finding.symbol, " ".join(finding.matched.split()))


def fingerprinted(findings: Iterable[Finding]) -> list[Finding]:
    """``findings`` in order of place, each with its fingerprint.

    Findings of one identity are told apart by their order, so all findings of a run have to be
    given, whichever of them are reported.
    """
    seen: Counter[Identity] = Counter()
    named = []
    for finding in sorted(findings, key=lambda finding: finding.sort_key):
        parts = identity(finding)
        text = "\0".join((*parts, str(seen[parts])))
        seen[parts] += 1
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        named.append(msgspec.structs.replace(finding, fingerprint=digest))
    return named
