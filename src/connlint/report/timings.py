"""The seconds of each stage and rule in, lines for people out."""

from __future__ import annotations

from collections.abc import Mapping

SLOWEST = 10


def render(spent: Mapping[str, float], rules: Mapping[str, str]) -> list[str]:
    """Each stage in the order of the run, then the slowest rules, with their share of all.

    ``rules`` are the names of rules by code; what else ``spent`` holds is a stage.
    """
    total = sum(spent.values())
    stages = [(name, seconds) for name, seconds in spent.items() if name not in rules]
    by_rule = {code: seconds for code, seconds in spent.items() if code in rules}
    slowest = sorted(by_rule.items(), key=lambda item: (-item[1], item[0]))
    shown = [*stages, ("all rules", sum(by_rule.values()))]
    shown += [(f"  {code} {rules[code]}", seconds) for code, seconds in slowest[:SLOWEST]]
    width = max(len(name) for name, _ in shown)
    return [
        f"{name:{width}} {seconds:7.2f} s {_share(seconds, total):>5}" for name, seconds in shown
    ]


def _share(seconds: float, total: float) -> str:
    return f"{seconds / total:.0%}" if total else ""
