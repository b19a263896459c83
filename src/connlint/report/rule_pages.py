"""Rules in, what ``connlint rule`` shows of them out: a list, whole pages, or JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connlint.config.activity import reasons_off
from connlint.config.loading import LoadedStandard
from connlint.config.selection import RuleInfo
from connlint.findings import Safety, Severity
from connlint.rules.card import RuleCard
from connlint.rules.specification import parse_page


class RuleItem(msgspec.Struct, frozen=True):
    """One rule; ``summary`` is the first paragraph of its page, ``page`` all of it.

    ``here`` says why it is off, or says less, in the project; it is empty where the rule is on.
    """

    code: str
    name: str
    family: str
    severity: Severity
    default_on: bool
    fixes: tuple[Safety, ...]
    summary: str
    page: str
    here: list[str]


def render_list(rules: Sequence[RuleCard], loaded: LoadedStandard | None) -> str:
    """A row for each rule: code, name, severity, and what sets it apart.

    ``loaded`` is the project's standard; without it nothing is said about the project.
    """
    width = max(len(rule.name) for rule in rules)
    rows = []
    for rule in rules:
        remarks = [f"fix: {' or '.join(rule.fixes)}"] if rule.fixes else []
        remarks += _here(rule, loaded)
        row = f"{rule.code}  {rule.name:<{width}}  {rule.severity:<7}  {', '.join(remarks)}"
        rows.append(row.rstrip() + "\n")
    return "".join(rows)


def render_pages(rules: Sequence[RuleCard], loaded: LoadedStandard | None) -> str:
    """The pages of ``rules`` as they are written, apart by an empty line.

    A page ends with what is special about its rule under ``loaded``, if anything is.
    """
    pages = []
    for rule in rules:
        page = rule.page_text().rstrip() + "\n"
        if here := _here(rule, loaded):
            page += "\n## In this project\n\n" + "".join(f"- {reason}\n" for reason in here)
        pages.append(page)
    return "\n".join(pages)


def render_json(rules: Sequence[RuleCard], loaded: LoadedStandard | None) -> str:
    """The rules as a JSON array of :class:`RuleItem` objects."""
    items = [_item(rule, loaded) for rule in rules]
    return msgspec.json.format(msgspec.json.encode(items), indent=2).decode() + "\n"


def _here(rule: RuleCard, loaded: LoadedStandard | None) -> list[str]:
    if loaded is None:
        return [] if rule.default_on else ["off by default"]
    info = RuleInfo(rule.code, rule.name, rule.default_on, rule.always_on)
    return reasons_off(info, rule.severity, rule.needs, loaded)


def _item(rule: RuleCard, loaded: LoadedStandard | None) -> RuleItem:
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
        here=_here(rule, loaded),
    )
