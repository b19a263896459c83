"""Which rules are on for a file, and how severe they are.

In: the rules as plain data, what the configuration and the command line select. Out: codes. A
*selector* is a code (``DBC301``), the beginning of codes (``DBC3``), a rule's name or ``ALL``.
Within one source the longest selector wins, and ``ignore`` where two are equally long. The command
line comes after the configuration and overrules it for the rules that it is about; its ``--select``
replaces what the configuration selects and ignores altogether. A rule that is off by default is
selected by its own code, its name or ``ALL`` only; one that is always on stays so whatever is
selected, and goes only where it is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from connlint.config.globs import matches
from connlint.config.keys import quoted
from connlint.config.spelling import did_you_mean
from connlint.config.standard import Standard
from connlint.errors import UsageError
from connlint.findings import Severity

ALL = "ALL"
_PREFIX = re.compile(r"DBC[0-9]{0,2}")
_FULL_LENGTH = len("DBC000")


class RuleInfo(NamedTuple):
    """What configuration has to know about a rule."""

    code: str
    name: str
    default_on: bool = True
    always_on: bool = False


class Selection(NamedTuple):
    """What one source says about rules; ``select`` is ``None`` where it says nothing."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


NO_SELECTION = Selection()


class ActiveRules:
    """The rules that are on in each file under a standard and the command line's selection."""

    def __init__(
        self,
        rules: Iterable[RuleInfo],
        standard: Standard,
        command_line: Selection = NO_SELECTION,
    ) -> None:
        self._rules = tuple(rules)
        declared = Selection(standard.select, standard.extend_select, standard.ignore)
        self.codes = enabled_codes(self._rules, declared, command_line)
        """The codes of the rules that are on anywhere."""
        self._ignored_in = [
            (pattern, named_codes(self._rules, selectors))
            for pattern, selectors in standard.per_file_ignores.items()
        ]

    def in_file(self, path: str) -> frozenset[str]:
        """The codes of the rules that are on in the file at ``path``, relative to the root."""
        off = [codes for pattern, codes in self._ignored_in if matches(pattern, path)]
        return self.codes.difference(*off)


def enabled_codes(rules: Iterable[RuleInfo], *sources: Selection) -> frozenset[str]:
    """The codes that ``sources``, each overruling those before it, leave on."""
    return frozenset(rule.code for rule in rules if _is_on(rule, sources))


def named_codes(rules: Iterable[RuleInfo], selectors: Collection[str]) -> frozenset[str]:
    """The codes of all rules that ``selectors`` name, those that are off by default included."""
    return frozenset(rule.code for rule in rules if strongest(rule, selectors))


def severity_of(rule: RuleInfo, default: Severity, declared: Mapping[str, Severity]) -> Severity:
    """The severity that ``declared`` gives the rule, by the longest selector; else ``default``.

    Between the rule's code and its name the later entry wins.
    """
    about = [selector for selector in declared if strength(selector, rule)]
    if not about:
        return default
    return declared[max(reversed(about), key=lambda selector: strength(selector, rule))]


def strength(selector: str, rule: RuleInfo) -> int:
    """How much ``selector`` says about ``rule``: 0 for nothing, most for its code or name."""
    if selector in (rule.code, rule.name):
        return _FULL_LENGTH
    if selector == ALL:
        return 1
    return len(selector) if _PREFIX.fullmatch(selector) and rule.code.startswith(selector) else 0


def strongest(rule: RuleInfo, selectors: Iterable[str]) -> int:
    """The greatest :func:`strength` among ``selectors``."""
    return max((strength(selector, rule) for selector in selectors), default=0)


def selector_flaw(selector: str, rules: Collection[RuleInfo]) -> str:
    """Why ``selector`` names no rule, with the nearest one that does; empty when it names some."""
    if selector == ALL or any(strength(selector, rule) for rule in rules):
        return ""
    words = [word for rule in rules for word in (rule.code, rule.name)]
    beginnings = [*sorted({rule.code[:length] for rule in rules for length in (3, 4, 5)}), ALL]
    hint = did_you_mean(selector, words) or did_you_mean(selector, beginnings)
    return f"no rule is called {quoted(selector)}{hint}"


def check_selection(selection: Selection, rules: Collection[RuleInfo]) -> None:
    """Raise :class:`UsageError` when an option of the command line names no rule."""
    options = {
        "--select": selection.select or (),
        "--extend-select": selection.extend_select,
        "--ignore": selection.ignore,
    }
    flaws = [
        f"{option}: {flaw}"
        for option, selectors in options.items()
        for selector in selectors
        if (flaw := selector_flaw(selector, rules))
    ]
    if flaws:
        raise UsageError("\n".join(flaws))


def _is_on(rule: RuleInfo, sources: Iterable[Selection]) -> bool:
    is_on = rule.always_on
    for source in sources:
        wanted = _selecting(rule, (*(source.select or ()), *source.extend_select))
        unwanted = strongest(rule, source.ignore)
        if wanted or unwanted:
            is_on = wanted > unwanted
        elif source.select is not None and not rule.always_on:
            is_on = False
    return is_on


def _selecting(rule: RuleInfo, selectors: Iterable[str]) -> int:
    """As :func:`strongest`; the beginning of a code says nothing about a rule off by default."""
    if rule.default_on:
        return strongest(rule, selectors)
    return strongest(rule, (s for s in selectors if not _PREFIX.fullmatch(s)))
