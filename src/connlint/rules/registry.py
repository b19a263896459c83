"""The folders below ``rules`` in, the rules in them out: found by looking, sorted by code.

Looking means importing all of them, so what was found is remembered as cards, and a rule is loaded
again only when it has to work. Rules that connlint does not ship come from ``plugins``.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import get_origin

import msgspec

from connlint import rules as families
from connlint.config.selection import RuleInfo
from connlint.config.spelling import closest, did_you_mean
from connlint.errors import RuleLoadError, UsageError
from connlint.facts.cache import project_cache
from connlint.facts.results import ResultCache
from connlint.rules.base import Rule, check_declaration
from connlint.rules.card import RuleCard, card_of
from connlint.rules.own_code import PACKAGE, own_code

_CODE = re.compile(r"DBC(?P<number>[0-9]{1,4})", re.IGNORECASE)
_CARDS = msgspec.msgpack.Decoder(tuple[RuleCard, ...])


class Registry:
    """All rules, and the words by which they are called."""

    def __init__(self, rules: Iterable[RuleCard], digest: bytes = b"") -> None:
        """Take ``rules``; raises :class:`RuleLoadError` when two share a code or a name.

        ``digest`` stands for the code of those that connlint does not ship.
        """
        self.digest = digest
        self.rules = tuple(sorted(rules, key=lambda rule: rule.code))
        self.infos = tuple(RuleInfo(r.code, r.name, r.default_on, r.always_on) for r in self.rules)
        """What configuration has to know about the rules."""
        self._by_word: dict[str, RuleCard] = {}
        for rule in self.rules:
            for word in (rule.code, rule.name):
                other = self._by_word.setdefault(word, rule)
                if other is not rule:
                    both = " and ".join(_described(each) for each in (other, rule))
                    raise RuleLoadError(f"two rules are called {word}: {both}")

    def find(self, word: str) -> RuleCard | None:
        """The rule with this code or name, in any case."""
        return self._by_word.get(word.upper()) or self._by_word.get(word.lower())

    def named(self, words: Iterable[str]) -> list[RuleCard]:
        """The rules with these codes or names; raises :class:`UsageError` for each unknown one."""
        found, flaws = [], []
        for word in words:
            if rule := self.find(word):
                found.append(rule)
            else:
                flaws.append(f"no rule is called {word!r}{did_you_mean(word, self._by_word)}")
        if flaws:
            raise UsageError("\n".join(flaws))
        return found

    def nearest(self, word: str) -> str:
        """The rule that ``word`` may stand for: a code by its number, a name by its letters."""
        if code := _CODE.fullmatch(word):
            number = int(code["number"])
            return min((r.code for r in self.rules), key=lambda known: abs(int(known[3:]) - number))
        return closest(word, self._by_word)


def _described(rule: RuleCard) -> str:
    return f"{rule.class_name} of {rule.plugin}" if rule.plugin else rule.class_name


@cache
def load_rules(*, use_cache: bool = True) -> Registry:
    """The rules that connlint ships; raises :class:`RuleLoadError` when one can't be loaded."""
    remembered = ResultCache(project_cache(PACKAGE) if use_cache else None)
    if (known := remembered.get(own_code())) is not None:
        try:
            return Registry(_CARDS.decode(known))
        except msgspec.MsgspecError:
            pass
    cards = discover(families)
    remembered.put(own_code(), msgspec.msgpack.encode(cards))
    return Registry(cards)


def discover(package: ModuleType) -> list[RuleCard]:
    """The rules in the folders below ``package``, at most one in a module.

    A module without a rule serves the rules of its folder. Raises :class:`RuleLoadError` for a
    module that can't be imported, holds several rules, or has a rule's page but no rule.
    """
    found: list[RuleCard] = []
    for folder in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if folder.ispkg:
            found += rules_below(load_module(folder.name))
    return found


def rules_below(package: ModuleType) -> list[RuleCard]:
    """The rules in the modules of one folder; raises as :func:`discover` does."""
    entries = pkgutil.iter_modules(package.__path__, package.__name__ + ".")
    return [card for entry in entries for card in rules_in(load_module(entry.name))]


def load_module(name: str) -> ModuleType:
    """Import a module that may hold a rule; raises :class:`RuleLoadError` when that fails."""
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise RuleLoadError(f"rule module {name} can't be loaded: {reason}") from error


def rules_in(module: ModuleType) -> list[RuleCard]:
    """The rule in ``module``; none when the module is none of a rule."""
    name = module.__name__
    classes = [
        value
        for value in vars(module).values()
        # To Python 3.10 a generic alias as `tuple[str, ...]` is an instance of `type` as well.
        if isinstance(value, type)
        and get_origin(value) is None
        and issubclass(value, Rule)
        and value.__module__ == name
    ]
    if len(classes) > 1 or (not classes and _has_page(module)):
        raise RuleLoadError(f"{name}: expected one rule in the file, found {len(classes)}")
    for rule in classes:
        check_declaration(rule, name.rpartition(".")[2])
    cards = [card_of(rule) for rule in classes]
    for card in cards:
        card.load()
    return cards


def _has_page(module: ModuleType) -> bool:
    file = module.__file__
    return file is not None and Path(file).with_suffix(".md").exists()
