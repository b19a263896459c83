"""DBC303: a commit writes nothing but counters and activity stamps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import suspect, trace_to

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project
    from connlint.model.written.contents import Contents

_EXEMPT = frozenset({"test", "migration"})
_NOW_AND_THEN = frozenset({"scheduled-job", "startup", "shutdown", "cli"})
"""Entry points that run seldom enough for a write of their own."""


class CounterWriteThrough(Rule):
    """Commits whose only writes are counters or activity stamps."""

    code = "DBC303"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            if project.role(scope) in _EXEMPT:
                continue
            commits = [each for each in run.operations if each.effect.kind == "commit"]
            if not commits or not project.written.may_be_statistics(scope):
                continue
            if _runs_seldom(project, scope):
                continue
            seen: set[int] = set()
            for operation in sorted(commits, key=lambda each: each.at):
                key = (operation.at, operation.effect.place)
                written = project.written.of(scope).commits.get(key, frozenset())
                if operation.at in seen or not _is_statistics(written):
                    continue
                if not operation.own and _decided_below(project, operation):
                    continue
                seen.add(operation.at)
                yield self._suspect(project, scope, operation, written)

    def _suspect(
        self, project: Project, scope: ScopeId, operation: Operation, written: Contents
    ) -> Suspect:
        names = ", ".join(sorted({each.name for each in written}))
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"commits only to write {names}; keep it in a cache and write it now and then",
            matched=f"commit:{names}",
            trace=trace_to(project, operation),
        )  # fmt: skip


def _runs_seldom(project: Project, scope: ScopeId) -> bool:
    entries = project.entry_points_of(scope)
    return bool(entries) and all(entry.kind in _NOW_AND_THEN for entry in entries)


def _is_statistics(written: Contents) -> bool:
    """Whether everything that is written could as well be written later, and not as a batch."""
    kinds = {each.what for each in written}
    if not kinds & {"counter", "stamp"} or all(each.is_many for each in written):
        return False
    return kinds <= (
        {"counter", "stamp", "time", "touch"} if "counter" in kinds else {"stamp", "touch"}
    )


def _decided_below(project: Project, operation: Operation) -> bool:
    """Whether the callee's own writes decide it already: then the finding is there."""
    step = operation.effect.chain[1]
    below = project.written.of((step.module, step.scope)).commits
    return any(
        place == operation.effect.place and _is_statistics(written)
        for (_, place), written in below.items()
    )
