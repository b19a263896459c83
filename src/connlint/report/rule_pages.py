"""Rules in, what ``connlint rule`` shows of them out: a list, whole pages, or JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connlint.findings import Safety, Severity
from connlint.rules.card import RuleCard
from connlint.rules.specification import parse_page


class RuleItem(msgspec.Struct, frozen=True):
    """One rule; ``summary`` is the first paragraph of its page, ``page`` all of it."""

    code: str
    name: str
    family: str
    severity: Severity
    default_on: bool
    fixes: tuple[Safety, ...]
    summary: str
    page: str


def render_list(rules: Sequence[RuleCard]) -> str:
    """A row for each rule: code, name, severity, and what sets it apart."""
    width = max(len(rule.name) for rule in rules)
    rows = []
    for rule in rules:
        remarks = [f"fix: {' or '.join(rule.fixes)}"] if rule.fixes else []
        remarks += [] if rule.default_on else ["off by default"]
        row = f"{rule.code}  {rule.name:<{width}}  {rule.severity:<7}  {', '.join(remarks)}"
        rows.append(row.rstrip() + "\n")
    return "".join(rows)


def render_pages(rules: Sequence[RuleCard]) -> str:
    """The pages of ``rules`` as they are written, apart by an empty line."""
    return "\n".join(rule.page_text().rstrip() + "\n" for rule in rules)


def render_json(rules: Sequence[RuleCard]) -> str:
    """The rules as a JSON array of :class:`RuleItem` objects."""
    items = [_item(rule) for rule in rules]
    return msgspec.json.format(msgspec.json.encode(items), indent=2).decode() + "\n"


def _item(rule: RuleCard) -> RuleItem:
    text = rule.page_text()
    return RuleItem(
        code=rule.code,
        name=rule.name,
        family=rule.family,
        severity=rule.severity,
        default_on=rule.default_on,
        fixes=rule.fixes,
        summary=parse_page(text, rule.name).summary,
        page=text,
    )
