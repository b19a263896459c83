"""DBC411: a statement leaves state on a server connection that the next transaction may not get."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.connections.statements import executed_texts
from connlint.model.expressions import calls_in
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.config.standard import Connection
    from connlint.findings import Suspect
    from connlint.model.project import Project

_MENTIONED = re.compile(
    rb"(?i)set\s+(?:session\s+)?[\w.]+\s*(?:=|to\b)|set_config|pg_(?:try_)?advisory|listen\s"
    rb"|temp(?:orary)?\s+table|prepare\s"
)
_START = r"(?:\A|;)\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*"


class _Leaves(NamedTuple):
    pattern: re.Pattern[str]
    what: str
    instead: str


def _leaves(pattern: str, what: str, instead: str) -> _Leaves:
    return _Leaves(re.compile(pattern, re.IGNORECASE | re.DOTALL), what, instead)


_STATE = (
    _leaves(
        _START
        + r"SET\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)(?:SESSION\s+)?[\w.]+\s*(?:=|\bTO\b|\w)",
        "sets a variable for the whole server session", "use SET LOCAL inside the transaction",
    ),
    _leaves(
        r"\bset_config\s*\([^)]*,\s*false\s*\)",
        "sets a variable for the whole server session", "pass true to keep it local",
    ),
    _leaves(
        r"\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(",
        "takes an advisory lock that belongs to the server session",
        "use pg_advisory_xact_lock",
    ),
    _leaves(
        _START + r"LISTEN\s+\S", "listens on a server connection that it will not keep",
        "listen on a direct connection",
    ),
    _leaves(
        _START
        + r"CREATE\s+(?:(?:LOCAL|GLOBAL)\s+)?TEMP(?:ORARY)?\s+TABLE\b"
        + r"(?!.*\bON\s+COMMIT\s+DROP\b)",
        "makes a temporary table that stays behind on the server connection",
        "add ON COMMIT DROP",
    ),
    _leaves(
        _START + r"PREPARE\s+(?!TRANSACTION\b)\S", "prepares a statement on one server connection",
        "execute it as it is",
    ),
)  # fmt: skip
_METHODS = {
    "asyncpg.connection.Connection.add_listener": _STATE[3],
    "asyncpg.connection.Connection.prepare": _STATE[5],
}


class SessionStateBehindPooler(Rule):
    """Statements whose effect is bound to a server connection, behind a transaction pooler."""

    code = "DBC411"
    severity = "warning"
    needs = ("connection.pooler-hosts", "connection.statement-cache")

    def suspects(self, project: Project) -> Iterator[Suspect]:
        if not _has_transaction_pooler(project.standard.connection):
            return
        for each in executed_texts(project.program, project.connections, _MENTIONED):
            found = next((s for text in each.texts for s in _STATE if s.pattern.search(text)), None)
            if found is not None and project.role(each.scope) != "test":
                yield self._suspect(project, each.scope, each.call, found)
        yield from self._called(project)

    def _called(self, project: Project) -> Iterator[Suspect]:
        """Methods of drivers that do the same."""
        names = {name.rpartition(".")[2] for name in _METHODS}
        for module in project.program.examined:
            for number, scope in enumerate(module.facts.scopes):
                if not any(text.rpartition(".")[2] in names for text in scope.called):
                    continue
                for call in calls_in(module.body(number)):
                    found = self._method(project, module.name, number, call)
                    if found is not None and project.role((module.name, number)) != "test":
                        yield self._suspect(project, (module.name, number), call, found)

    def _method(self, project: Project, module: str, number: int, call: f.Call) -> _Leaves | None:
        if not isinstance(call.func, f.Attr):
            return None
        for value in project.values(module, number, call.func):
            if isinstance(value, v.Bound):
                for base in project.program.catalog.line(value.receiver.type):
                    if found := _METHODS.get(f"{base.name}.{value.method}"):
                        return found
        return None

    def _suspect(
        self, project: Project, scope: tuple[str, int], call: f.Call, found: _Leaves
    ) -> Suspect:
        return suspect(
            project, self.code, scope, call.at, call.end, shape="call",
            message=f"{found.what}; behind a transaction pooler {found.instead}",
            matched=found.what,
        )  # fmt: skip


def _has_transaction_pooler(connection: Connection) -> bool:
    return bool(connection.pooler_hosts) or connection.statement_cache == "disabled"
