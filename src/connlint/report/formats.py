"""The name of a format and a view in, the text of a check in that format out."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from connlint.report.view import CheckView

Render = Callable[[CheckView], str]

# Loaded when asked for: a run needs one of them.
_RENDERERS = {
    "concise": ("connlint.report.concise", "render"),
    "grouped": ("connlint.report.grouped", "render"),
    "json": ("connlint.report.check_json", "render"),
    "jsonl": ("connlint.report.check_json", "render_lines"),
    "sarif": ("connlint.report.sarif", "render"),
    "github": ("connlint.report.github", "render"),
    "gitlab": ("connlint.report.gitlab", "render"),
    "junit": ("connlint.report.junit", "render"),
    "markdown": ("connlint.report.markdown", "render"),
}
_STATISTICS = {
    "concise": ("connlint.report.statistics", "render_text"),
    "json": ("connlint.report.statistics", "render_json"),
}
CHECK_FORMATS = ("text", *_RENDERERS)
"""What ``check --format`` takes; ``text`` is ``concise`` where nobody sits at a terminal."""
STATISTICS_FORMATS = ("text", *_STATISTICS)
"""What ``check --statistics`` can be combined with."""


def check_renderer(name: str, *, statistics: bool = False) -> Render:
    """The function that renders a check as ``name``, one of the tuples above."""
    table = _STATISTICS if statistics else _RENDERERS
    module, function = table["concise" if name == "text" else name]
    render: Render = getattr(importlib.import_module(module), function)
    return render
