"""A rule's code in, what its findings mean for a connection point out."""

from __future__ import annotations

from connlint.audit.points import WORST_FIRST, PointVerdict
from connlint.findings import Finding

VERDICTS: dict[str, PointVerdict] = {
    "DBC101": "fix",
    "DBC102": "fix",
    "DBC103": "fix",
    "DBC104": "fix",
    "DBC105": "fix",
    "DBC106": "fix",
    "DBC107": "fix",
    "DBC108": "fix",
    "DBC109": "fix",
    "DBC110": "fix",
    "DBC111": "fix",
    "DBC112": "fix",
    "DBC113": "fix",
    "DBC114": "fix",
    "DBC201": "remove",
    "DBC202": "fix",
    "DBC203": "fix",
    "DBC204": "fix",
    "DBC205": "remove",
    "DBC206": "fix",
    "DBC207": "fix",
    "DBC208": "fix",
    "DBC209": "fix",
    "DBC301": "move",
    "DBC302": "batch",
    "DBC303": "move",
    "DBC304": "move",
    "DBC305": "fix",
    "DBC306": "fix",
    "DBC307": "batch",
    "DBC308": "fix",
    "DBC401": "fix",
    "DBC402": "fix",
    "DBC403": "fix",
    "DBC404": "fix",
    "DBC405": "fix",
    "DBC406": "fix",
    "DBC407": "fix",
    "DBC408": "fix",
    "DBC409": "fix",
    "DBC410": "fix",
    "DBC411": "fix",
    "DBC501": "fix",
    "DBC502": "fix",
    "DBC503": "fix",
    "DBC504": "fix",
    "DBC505": "fix",
    "DBC506": "fix",
    "DBC601": "fix",
    "DBC602": "fix",
    "DBC603": "fix",
    "DBC604": "fix",
}
"""What each rule asks for; those about the run (9xx) ask for a fix."""

_OF_THE_CALLEE = frozenset({
    "DBC202", "DBC206", "DBC207", "DBC208", "DBC305", "DBC306", "DBC308", "DBC503", "DBC504",
    "DBC505", "DBC506",
})  # fmt: skip
"""Rules about how a function is written, which say nothing about who calls it."""


def verdict_of(finding: Finding) -> PointVerdict:
    """What a finding asks for at the place where it stands."""
    return VERDICTS.get(finding.code, "fix")


def by_weight(findings: list[Finding]) -> list[Finding]:
    """The findings of one place: first the one that speaks for it, whose remedy saves most."""
    return sorted(findings, key=lambda each: (WORST_FIRST.index(verdict_of(each)), each.code))


def concerns_callers(codes: tuple[str, ...]) -> bool:
    """Whether what is wrong at a place is also something that its callers do by calling it.

    A place without codes is wrong because of a finding elsewhere, which its callers share.
    """
    return not codes or any(
        code not in _OF_THE_CALLEE and not code.startswith("DBC4") for code in codes
    )
