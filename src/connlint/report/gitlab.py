"""A check as a GitLab code quality report: a JSON array that merge requests are annotated from."""

from __future__ import annotations

import json

from connlint.findings import Finding
from connlint.report.view import CheckView


def render(view: CheckView) -> str:
    """All findings as code quality issues; fingerprints are unique, as GitLab needs them."""
    issues = [
        {
            "description": finding.message,
            "check_name": f"{finding.code} {finding.name}",
            "fingerprint": finding.fingerprint,
            "severity": _severity(finding),
            "location": {
                "path": view.in_repository(finding.path),
                "lines": {"begin": finding.span.line, "end": finding.span.end_line},
            },
        }
        for finding in view.findings
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _severity(finding: Finding) -> str:
    """GitLab has five severities: the priority decides between the upper ones."""
    if finding.severity == "error":
        return {"critical": "blocker", "high": "critical"}.get(finding.priority, "major")
    return "minor" if finding.severity == "warning" else "info"
