"""What triage itself suspects, about a comment or a baseline entry, in; the finding out."""

from __future__ import annotations

from connlint.findings import Finding, Suspect
from connlint.rules.base import Rule
from connlint.visit.confirm import RuleTitle, confirm


def finding_of(rule: Rule, suspect: Suspect) -> Finding:
    """The finding for a ``suspect`` of ``rule`` that is about a file as text, not about a node."""
    titles = {rule.code: RuleTitle(rule.name, rule.severity)}
    (finding,) = confirm((suspect,), "", titles).findings
    return finding
