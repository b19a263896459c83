"""The rules in, their part of the documentation out: a page for each, and one that lists them.

``python -m connlint.rules.reference docs/rules`` brings that folder up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from connlint.rules.card import RuleCard
from connlint.rules.registry import load_rules
from connlint.rules.specification import parse_page

INDEX = "index.md"
_OPENING = """\
# Rules

Each rule has a page that says what it reports, why, and what it lets pass. The pages are also
tests: every example is run. `connlint rule CODE` shows the same text.
"""


def reference(rules: Sequence[RuleCard]) -> dict[str, str]:
    """The files of the reference by name: ``index.md`` and one named after each rule."""
    files = {INDEX: _index(rules)}
    for rule in rules:
        files[f"{rule.name}.md"] = rule.page_text()
    return files


def _index(rules: Sequence[RuleCard]) -> str:
    parts = [_OPENING]
    for family, group in groupby(rules, key=lambda rule: rule.family):
        rows = [
            f"| {rule.code} | [{rule.name}]({rule.name}.md) | {_summary(rule)} "
            f"| {rule.severity}{'' if rule.default_on else ', off by default'} "
            f"| {' or '.join(rule.fixes) or 'none'} |\n"
            for rule in group
        ]
        header = "| code | name | reports | severity | fix |\n|---|---|---|---|---|\n"
        parts.append(f"## {family.capitalize()}\n\n{header}{''.join(rows)}")
    return "\n".join(parts)


def _summary(rule: RuleCard) -> str:
    """The first sentence of what the rule reports, fit for a table."""
    summary = parse_page(rule.page_text(), rule.name).summary
    return summary.partition(". ")[0].rstrip(".").removeprefix("Reports ").replace("|", "\\|")


def main(arguments: Sequence[str]) -> int:
    """Bring the folders with these names up to date; the exit code."""
    for name in arguments:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        files = reference(load_rules().rules)
        for stale in {path.name for path in folder.glob("*.md")} - files.keys():
            (folder / stale).unlink()
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
