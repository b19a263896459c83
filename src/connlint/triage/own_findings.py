"""What triage itself suspects, about a comment or a baseline entry, in; the finding out."""

from __future__ import annotations

from connlint.findings import Finding, Suspect
from connlint.rules.base import Rule


def finding_of(rule: Rule, suspect: Suspect) -> Finding:
    """The finding for a ``suspect`` of ``rule`` that is about a file as text, not about a node."""
    from connlint.visit.confirm import RuleTitle, confirm

    titles = {rule.code: RuleTitle(rule.name, rule.severity)}
    (finding,) = confirm((suspect,), "", titles).findings
    return finding
