"""The rules that the configurations of these tests may name, and how fixtures are called."""

from __future__ import annotations

from collections.abc import Callable

from connlint.config.loading import LoadedStandard
from connlint.config.selection import RuleInfo

RULES = (
    RuleInfo("DBC101", "forbidden-session-factory"),
    RuleInfo("DBC102", "forbidden-factory-import"),
    RuleInfo("DBC109", "session-not-closed"),
    RuleInfo("DBC112", "connection-returned-twice"),
    RuleInfo("DBC202", "service-manages-transaction"),
    RuleInfo("DBC207", "swallowed-database-error"),
    RuleInfo("DBC301", "per-event-write"),
    RuleInfo("DBC302", "commit-in-loop"),
    RuleInfo("DBC303", "counter-write-through"),
    RuleInfo("DBC408", "wall-clock-duration"),
    RuleInfo("DBC409", "undeclared-driver"),
    RuleInfo("DBC501", "wrong-key-column"),
    RuleInfo("DBC502", "unknown-column"),
    RuleInfo("DBC603", "incomplete-store-migration"),
    RuleInfo("DBC901", "unused-suppression"),
    RuleInfo("DBC902", "suppression-without-reason", default_on=False),
)

Load = Callable[..., LoadedStandard]
Errors = Callable[..., list[str]]
