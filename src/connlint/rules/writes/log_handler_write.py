"""DBC304: a log handler commits for each record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.findings import EntryPointRef
from connlint.model.classes import ClassId
from connlint.rules.base import Rule
from connlint.rules.evidence import by_place, suspect, trace_to

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.entry_points import EntryPoint
    from connlint.model.project import Project

_PER_RECORD = frozenset({"emit", "handle"})
_STREAM = "logging.StreamHandler"
"""The handler whose ``emit`` ends with ``self.flush()``."""
_BUFFERING = "logging.handlers.BufferingHandler"
"""The handler that calls ``flush`` when its buffer is full."""


class LogHandlerWrite(Rule):
    """Commits in a log handler's ``emit``, or in a ``flush`` that runs with every record."""

    code = "DBC304"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        seen: set[tuple[object, ...]] = set()
        for entry in project.entry_points:
            scope = (entry.module, entry.scope)
            if entry.kind != "log-handler" or project.role(scope) == "test":
                continue
            if not _runs_per_record(project, entry):
                continue
            for operation in sorted(project.run(scope).operations, key=by_place):
                known = {operation.effect.place, (scope, operation.at)}
                if not known & seen and _commits_each_time(project, entry, operation):
                    seen |= known
                    yield self._suspect(project, entry, operation)

    def _suspect(self, project: Project, entry: EntryPoint, operation: Operation) -> Suspect:
        effect = operation.effect
        scope = (entry.module, entry.scope)
        chain = " → ".join(step.text for step in effect.chain)
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"{entry.name} commits for each log record ({chain}); buffer records and "
            "write them by size or age",
            matched=effect.chain[-1].text, priority="high",
            trace=trace_to(project, operation),
            entry_point=EntryPointRef(entry.kind, entry.name),
        )  # fmt: skip


def _bases(project: Project, entry: EntryPoint) -> tuple[str, ...]:
    """The library classes that the handler's class derives from, nearest first."""
    scopes = project.module(entry.module).facts.scopes
    owner = ClassId(entry.module, scopes[entry.scope].parent)
    catalog = project.program.catalog
    return tuple(
        known.name
        for base in project.program.hierarchy.external_bases(owner)
        for known in catalog.line(base)
    )


def _runs_per_record(project: Project, entry: EntryPoint) -> bool:
    """Whether logging calls the method for every record: ``flush`` only with some handlers."""
    name = project.module(entry.module).facts.scopes[entry.scope].name
    bases = _bases(project, entry)
    return name in _PER_RECORD or (name == "flush" and _STREAM in bases)


def _commits_each_time(project: Project, entry: EntryPoint, operation: Operation) -> bool:
    effect = operation.effect
    if not effect.ends_write or not effect.writes or effect.threshold or operation.batched:
        return False
    if operation.own or _BUFFERING not in _bases(project, entry):
        return True
    step = effect.chain[1]
    return project.module(step.module).facts.scopes[step.scope].name != "flush"
