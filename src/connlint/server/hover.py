"""Rules in, what hovering over their findings shows out: the short of each rule's page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connlint.rules.card import RuleCard
from connlint.rules.specification import metadata_line, parse_page

CODE = re.compile(r"\bDBC\d{3}\b")
_SHOWN = ("What it does", "Why it matters", "Fix safety")


def hover_text(rules: Iterable[RuleCard]) -> str:
    """The rules in Markdown, one below the other."""
    return "\n\n---\n\n".join(map(_short, rules))


def _short(rule: RuleCard) -> str:
    page = parse_page(rule.page_text(), rule.name)
    parts = [f"**{rule.name}** {metadata_line(rule)}"]
    for name in _SHOWN:
        paragraph = page.sections.get(name, "").partition("\n\n")[0]
        parts.append(" ".join(paragraph.split()))
    parts.append(f"`connlint rule {rule.code}` shows the whole page.")
    return "\n\n".join(filter(None, parts))
