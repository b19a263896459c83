"""The name of a format in, the function that renders an audit in it out."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from connlint.report.audit_view import AuditView

Render = Callable[[AuditView], str]

_RENDERERS = {
    "markdown": "connlint.report.audit_markdown",
    "html": "connlint.report.audit_html.page",
    "json": "connlint.report.audit_json",
    "csv": "connlint.report.audit_csv",
}
AUDIT_FORMATS = ("text", *_RENDERERS)
"""What ``audit --format`` takes; ``text`` depends on the terminal and is rendered apart."""


def audit_renderer(name: str) -> Render:
    """The function that renders an audit as ``name``, one of the above but ``text``."""
    render: Render = importlib.import_module(_RENDERERS[name]).render
    return render
