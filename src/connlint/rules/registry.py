"""The folders below ``rules`` in, the rules in them out: found by looking, sorted by code."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType

from connlint import rules as families
from connlint.errors import RuleLoadError
from connlint.rules.base import Rule, check_declaration


class Registry:
    """All rules, and the words by which they are called.

    A *selector* is a code (``DBC301``), the beginning of codes (``DBC3``) or a name
    (``per-event-write``).
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Take ``rules``; raises :class:`RuleLoadError` when two share a code or a name."""
        self.rules = tuple(sorted(rules, key=lambda rule: rule.code))
        self._by_word: dict[str, Rule] = {}
        for rule in self.rules:
            for word in (rule.code, rule.name):
                other = self._by_word.setdefault(word, rule)
                if other is not rule:
                    kinds = f"{type(other).__qualname__} and {type(rule).__qualname__}"
                    raise RuleLoadError(f"two rules are called {word}: {kinds}")

    @property
    def words(self) -> tuple[str, ...]:
        """Every code and every name."""
        return tuple(self._by_word)

    def find(self, word: str) -> Rule | None:
        """The rule with this code or name, in any case."""
        return self._by_word.get(word.upper()) or self._by_word.get(word.lower())

    def matching(self, selector: str) -> tuple[Rule, ...]:
        """The rules that ``selector`` stands for; none when it is unknown.

        The beginning of codes leaves out rules that are off by default: those have to be called by
        their own code or name.
        """
        if rule := self.find(selector):
            return (rule,)
        prefix = selector.upper()
        if not prefix.startswith("DBC"):
            return ()
        return tuple(r for r in self.rules if r.code.startswith(prefix) and r.default_on)

    def nearest(self, word: str) -> str | None:
        """The code or name most like ``word``, if any is like it at all."""
        for spelling in (word, word.upper(), word.lower()):
            if close := difflib.get_close_matches(spelling, self.words, n=1):
                return close[0]
        return None

    def enabled(self, select: Iterable[str], ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
        """The rules that ``select`` asks for without those that ``ignore`` names.

        Where both name a rule, the longer selector wins (``DBC301`` over ``DBC3``), and ``ignore``
        where they are equally long. Unknown selectors stand for nothing.
        """
        wanted = self._strongest(select)
        unwanted = self._strongest(ignore)
        return tuple(
            rule for rule in self.rules if wanted.get(rule.code, 0) > unwanted.get(rule.code, 0)
        )

    def chosen(self, rule: Rule, choices: Mapping[str, str]) -> str | None:
        """The value in ``choices`` whose selector says most about ``rule``, if one is about it."""
        about = [selector for selector in choices if rule in self.matching(selector)]
        return choices[max(about, key=_strength)] if about else None

    def _strongest(self, selectors: Iterable[str]) -> dict[str, int]:
        strongest: dict[str, int] = {}
        for selector in selectors:
            for rule in self.matching(selector):
                strongest[rule.code] = max(strongest.get(rule.code, 0), _strength(selector))
        return strongest


def _strength(selector: str) -> int:
    """How much a selector says: a name says as much as a whole code."""
    return len(selector) if selector.upper().startswith("DBC") else len("DBC000")


@cache
def load_rules() -> Registry:
    """All rules of the distribution; raises :class:`RuleLoadError` when one can't be loaded."""
    return Registry(discover(families))


def discover(package: ModuleType) -> list[Rule]:
    """The rules in the folders below ``package``: one in each module without leading underscore.

    Raises :class:`RuleLoadError` for a module that can't be imported or holds no rule or several.
    """
    found: list[Rule] = []
    for folder in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not folder.ispkg:
            continue
        family = _load(folder.name)
        for entry in pkgutil.iter_modules(family.__path__, family.__name__ + "."):
            if not entry.name.rpartition(".")[2].startswith("_"):
                found.append(_rule_in(_load(entry.name)))
    return found


def _load(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise RuleLoadError(f"rule module {name} can't be loaded: {reason}") from error


def _rule_in(module: ModuleType) -> Rule:
    name = module.__name__
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == name
    ]
    if len(classes) != 1:
        raise RuleLoadError(f"{name}: expected one rule in the file, found {len(classes)}")
    check_declaration(classes[0], name.rpartition(".")[2])
    try:
        return classes[0]()
    except TypeError as error:
        raise RuleLoadError(f"{name}: {error}") from error
