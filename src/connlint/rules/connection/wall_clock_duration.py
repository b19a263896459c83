"""DBC408: the age of a connection, or a time-out, is measured by a clock that can be set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.findings import FixIntent
from connlint.model.durations import Durations
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.names import Module, ScopeId
    from connlint.model.project import Project

_MAKES = frozenset({"acquire", "close", "define-engine"})


class WallClockDuration(Rule):
    """Ages and time-outs by ``time.time()`` or ``datetime.now()`` where connections are kept."""

    code = "DBC408"
    severity = "warning"
    fixes = ("safe", "unsafe")

    def suspects(self, project: Project) -> Iterator[Suspect]:
        keepers = _keepers(project)
        if not keepers:
            return
        durations = Durations(project.program)
        for module in project.program.examined:
            for number in range(len(module.facts.scopes)):
                scope = (module.name, number)
                if _owner(project, scope) not in keepers or project.role(scope) == "test":
                    continue
                for found in durations.of(module, number):
                    yield suspect(
                        project, self.code, scope, found.at, found.end, shape=found.shape,
                        message=f"measures a duration with {found.clock}, which jumps when the "
                        "clock is set; use time.monotonic()",
                        matched=found.clock,
                        intent=_intent(durations, module, found.clock),
                    )  # fmt: skip


def _intent(durations: Durations, module: Module, clock: str) -> FixIntent:
    """The fix that reads a clock which nobody sets."""
    data = {"own": " ".join(sorted(durations.names_of(module)))}
    obstacle = "a date can't give way to a number" if clock.startswith("datetime") else ""
    return FixIntent("use-monotonic-clock", "safe", "read time.monotonic()", data, obstacle)


def _owner(project: Project, scope: ScopeId) -> ScopeId:
    """The outermost class that a function belongs to, else the function or module itself."""
    scopes = project.module(scope[0]).facts.scopes
    owner = number = scope[1]
    while number:
        if scopes[number].kind == "class":
            owner = number
        number = scopes[number].parent
    return scope[0], owner


def _keepers(project: Project) -> frozenset[ScopeId]:
    """The classes and functions that open or close connections themselves."""
    return frozenset(
        _owner(project, scope)
        for scope, operation in project.known_operations()
        if operation.own
        and operation.effect.kind in _MAKES
        and not operation.leaving
        and (operation.effect.kind != "acquire" or project.acquired_kind(operation) == "connection")
    )
