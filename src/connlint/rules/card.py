"""What is known of a rule without loading it: its metadata, where its page is, how to get it."""

from __future__ import annotations

import importlib
from pathlib import Path

import msgspec

from connlint.errors import RuleLoadError
from connlint.findings import Safety, Severity
from connlint.rules.base import Rule

_FOLDER = Path(__file__).parent


class RuleCard(msgspec.Struct, frozen=True):
    """The metadata of one rule, and the module and class that hold it.

    ``plugin`` names where a rule comes from that connlint does not ship, and ``file`` its module's
    file; both are empty for the others.
    """

    code: str
    name: str
    severity: Severity
    fixes: tuple[Safety, ...]
    default_on: bool
    always_on: bool
    module: str
    class_name: str
    needs: tuple[str, ...] = ()
    plugin: str = ""
    file: str = ""

    @property
    def family(self) -> str:
        """The folder of the rule: ``sessions``, ``transactions`` ...; for others, the plug-in."""
        return self.plugin or self.module.split(".")[-2]

    @property
    def page_path(self) -> Path:
        """Where the rule's documentation is."""
        if self.file:
            return Path(self.file).with_suffix(".md")
        stem = self.module.rpartition(".")[2]
        return _FOLDER / self.family / f"{stem}.md"

    def page_text(self) -> str:
        """The rule's documentation; raises :class:`RuleLoadError` when it can't be read."""
        try:
            return self.page_path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RuleLoadError(f"{self.code}: its page can't be read: {error}") from error

    def load(self) -> Rule:
        """The rule itself; raises :class:`RuleLoadError` when it can't be loaded."""
        try:
            rule: Rule = getattr(importlib.import_module(self.module), self.class_name)()
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise RuleLoadError(f"{self.code}: {self.module} can't be loaded: {reason}") from error
        return rule


def card_of(rule: type[Rule]) -> RuleCard:
    """The card of a rule that is loaded."""
    return RuleCard(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        fixes=rule.fixes,
        default_on=rule.default_on,
        always_on=rule.always_on,
        module=rule.__module__,
        class_name=rule.__qualname__,
        needs=rule.needs,
    )
