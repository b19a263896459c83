"""What a rule is: a class with its metadata that asks the project for suspects."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from connlint.errors import RuleLoadError
from connlint.findings import SEVERITY_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connlint.findings import Safety, Severity, Suspect
    from connlint.model.project import Project

_CODE = re.compile(r"DBC[0-9]{3}")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Rule(ABC):
    """One rule. Subclass it in ``<family>/<stem>.py``, next to ``<stem>.md``.

    The class declares ``code``, ``severity``, ``fixes`` (what the fixes of its findings can be, in
    the order in which the documentation names them), ``default_on``, and ``always_on`` where
    selecting other rules must not turn it off. ``needs`` are settings without any of which the rule
    demands nothing. ``name`` is derived from the name of the class and has to be the file's stem in
    kebab case. Nothing else lists rules.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    fixes: ClassVar[tuple[Safety, ...]] = ()
    default_on: ClassVar[bool] = True
    always_on: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = _WORD_START.sub("-", cls.__name__).lower()

    @abstractmethod
    def suspects(self, project: Project) -> Iterable[Suspect]:
        """Everything in ``project`` that may break this rule, each with its evidence.

        A suspect outside the files that were asked for is fine: the report leaves it out. Raising
        costs this rule its findings and the run its exit code, nothing else.
        """


def check_declaration(rule: type[Rule], stem: str) -> None:
    """Raise :class:`RuleLoadError` when the rule found in ``<stem>.py`` is not declared soundly."""
    code = getattr(rule, "code", "")
    if not _CODE.fullmatch(code):
        raise RuleLoadError(f"{stem}.py: code {code!r} is not DBC and three digits")
    if rule.name != stem.replace("_", "-"):
        raise RuleLoadError(f"{stem}.py: class {rule.__name__} does not match the file's name")
    if rule.severity not in SEVERITY_ORDER:
        raise RuleLoadError(f"{stem}.py: unknown severity {rule.severity!r}")
