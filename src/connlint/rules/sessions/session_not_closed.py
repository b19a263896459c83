"""DBC109: a session, a connection or a pool checkout stays open on some way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.location import line_of
from connlint.model.usage import uses_of
from connlint.rules.base import Rule
from connlint.rules.evidence import step, suspect
from connlint.rules.sessions.ending import ending_intent
from connlint.rules.sessions.openings import is_of_thread, kind_of, opener_of, openers

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.lifetimes.noticed import Leak
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class SessionNotClosed(Rule):
    """Sessions, connections and pool checkouts that are left open, exceptions included."""

    code = "DBC109"
    severity = "error"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope in openers(project):
            leaks = [
                leak
                for leak in project.lives.of(scope).leaks
                if not is_of_thread(project, leak.acquired)
            ]
            uses = uses_of(project.module(scope[0]).body(scope[1])) if leaks else {}
            for leak in leaks:
                use = uses.get((leak.acquired.at, leak.acquired.end))
                if use is None or use.kind != "iterated":  # the generator closes it: DBC110
                    yield self._suspect(project, scope, leak)

    def _suspect(self, project: Project, scope: ScopeId, leak: Leak) -> Suspect:
        opened = leak.acquired
        kind = kind_of(project, opened)
        name = opener_of(opened)
        return suspect(
            project, self.code, scope, opened.at, opened.end,
            message=f"{kind} opened with {name} {_how(leak)}",
            matched=name, priority="medium" if leak.ever_closes else "high",
            trace=(
                step(project, scope, opened.at, f"opens a {kind}: {name}"),
                step(project, scope, leak.at, _LEFT[leak.how]),
            ),
            intent=ending_intent(project, scope, leak),
        )  # fmt: skip


_LEFT = {
    "raise": "an exception leaves it open",
    "return": "returns and leaves it open",
    "end": "ends and leaves it open",
}


def _how(leak: Leak) -> str:
    line = line_of(leak.at)
    if not leak.ever_closes:
        return "is never closed; open it in a with block"
    if leak.how == "raise":
        return f"stays open when line {line} raises; close it in a finally or a with block"
    if leak.how == "return":
        return f"stays open when line {line} returns; close it in a finally or a with block"
    return "is not closed on every way to the end; close it in a finally or a with block"
