"""DBC104: an engine, a pool or a raw driver connection is made outside the owners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import may_make_sessions, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project


class RedundantEngine(Rule):
    """Engines, pools and driver connections that are made outside the owners."""

    code = "DBC104"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, operation in project.operations():
            if not operation.own or may_make_sessions(project, scope):
                continue
            effect = operation.effect
            if effect.kind == "define-engine":
                what = f"makes an engine or pool with {effect.provider}"
            elif effect.kind == "acquire" and project.is_driver_connect(operation):
                what = f"opens a raw connection with {effect.provider}"
            else:
                continue
            yield suspect(
                project, self.code, scope, operation.at, operation.end, shape="call",
                message=f"{what}; only owner modules may", matched=effect.provider, priority="high",
            )  # fmt: skip
