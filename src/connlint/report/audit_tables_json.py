"""The audit's tables beside points and files in, as the types of the published schema out: what has
changed, priorities, stores, connection configuration."""

from __future__ import annotations

import msgspec

from connlint.audit.changes import Changes
from connlint.audit.configuration import Configured
from connlint.audit.demands import Answer
from connlint.audit.patterns import Pattern
from connlint.audit.priorities import Item, State
from connlint.audit.stores import Phase, Store, Use
from connlint.audit.trend import Moment
from connlint.findings import EntryPointRef, Priority, Severity
from connlint.model.memory import Action


class PriorityItem(msgspec.Struct, frozen=True):
    """Something to do or done: the findings of one rule in one file. ``gone`` counts those of them
    that are fixed since the earlier audit, ``left`` the others."""

    priority: Priority
    code: str
    path: str
    lines: list[int]
    what: str
    should_be: str
    reason: str
    status: State
    gone: int
    left: int


class BreachItem(msgspec.Struct, frozen=True):
    """What a file does against a rule at some of its lines. ``functions`` are those around, as
    titles; ``entry_points`` are those that get there."""

    path: str
    lines: list[int]
    what: str
    functions: list[str]
    entry_points: list[EntryPointRef]
    should_be: str


class PatternItem(msgspec.Struct, frozen=True):
    """A rule that is broken. ``explanation`` says what it is about, ``motive`` why that matters;
    ``findings`` counts its findings, ``files`` the files that they are in."""

    code: str
    name: str
    title: str
    severity: Severity
    priority: Priority
    explanation: str
    motive: str
    findings: int
    files: int
    breaches: list[BreachItem]


class UseItem(msgspec.Struct, frozen=True):
    """A function that does something to a store."""

    function: str
    path: str
    line: int


class StoreItem(msgspec.Struct, frozen=True):
    """A store: which functions create, read, update and delete in memory or in a cache, and which
    in the database."""

    name: str
    symbol: str
    path: str
    line: int
    phase: Phase
    container: str
    is_cache: bool
    memory: dict[Action, list[UseItem]]
    database: dict[Action, list[UseItem]]
    missing: list[Action]
    uncalled: list[str]


class SettingCheck(msgspec.Struct, frozen=True):
    """One setting; ``complies`` is ``None`` where the standard has nothing to say."""

    setting: str
    found: str
    wanted: str
    complies: Answer | None


class ConfigurationItem(msgspec.Struct, frozen=True):
    """One engine, pool, connection or URL with its settings."""

    path: str
    line: int
    what: str
    checks: list[SettingCheck]
    codes: list[str]


class GoneFinding(msgspec.Struct, frozen=True):
    """A finding of the earlier audit that is gone; ``with_code``: its function is gone, too."""

    fingerprint: str
    code: str
    path: str
    line: int
    symbol: str
    message: str
    with_code: bool


class GonePoint(msgspec.Struct, frozen=True):
    """A connection point of the earlier audit that is gone. ``replaced_by`` is the number, from 0,
    of the one that has come instead."""

    path: str
    line: int
    symbol: str
    call: str
    replaced_by: int | None


class RuleCount(msgspec.Struct, frozen=True):
    """How many findings of one rule there were and are."""

    code: str
    before: int
    now: int


class ChangesItem(msgspec.Struct, frozen=True):
    """What has changed since the earlier audit. ``new`` and ``regressed`` are fingerprints, the
    second ones among the first; ``added`` are numbers of connection points, from 0; ``moved`` has
    the new path of a renamed file by its old one."""

    fixed: list[GoneFinding]
    new: list[str]
    regressed: list[str]
    removed: list[GonePoint]
    added: list[int]
    moved: dict[str, str]
    by_rule: list[RuleCount]
    remarks: list[str]


class MomentItem(msgspec.Struct, frozen=True):
    """The numbers of one audit of the series, the last one being this one: findings by priority,
    connection points by verdict."""

    name: str
    files: int
    compliant: int
    points: int
    findings: int
    by_priority: dict[str, int]
    by_verdict: dict[str, int]


def priority_item(item: Item) -> PriorityItem:
    """One line of the checklist."""
    return PriorityItem(
        priority=item.priority,
        code=item.code,
        path=item.path,
        lines=list(item.lines),
        what=item.what,
        should_be=item.should_be,
        reason=item.reason,
        status=item.state,
        gone=item.gone,
        left=item.left,
    )


def pattern_item(pattern: Pattern) -> PatternItem:
    """One rule that is broken."""
    return PatternItem(
        code=pattern.code,
        name=pattern.name,
        title=pattern.title,
        severity=pattern.severity,
        priority=pattern.priority,
        explanation=pattern.explanation,
        motive=pattern.motive,
        findings=pattern.findings,
        files=pattern.files,
        breaches=[
            BreachItem(
                path=each.path,
                lines=list(each.lines),
                what=each.what,
                functions=list(each.functions),
                entry_points=list(each.entry_points),
                should_be=each.should_be,
            )
            for each in pattern.breaches
        ],
    )


def store_item(store: Store) -> StoreItem:
    """One store with both of its sides."""
    return StoreItem(
        name=store.name,
        symbol=store.symbol,
        path=store.path,
        line=store.line,
        phase=store.phase,
        container=store.container,
        is_cache=store.is_cache,
        memory={action: _uses(uses) for action, uses in store.memory.items()},
        database={action: _uses(uses) for action, uses in store.database.items()},
        missing=list(store.missing),
        uncalled=list(store.uncalled),
    )


def _uses(uses: tuple[Use, ...]) -> list[UseItem]:
    return [UseItem(use.method, use.path, use.line) for use in uses]


def configuration_item(row: Configured) -> ConfigurationItem:
    """One place that configures a connection."""
    checks = [
        SettingCheck(each.setting, each.found, each.wanted, each.complies if each.wanted else None)
        for each in row.checks
    ]
    return ConfigurationItem(row.path, row.line, row.what, checks, list(row.codes))


def changes_item(changes: Changes) -> ChangesItem:
    """What has changed, as data."""
    return ChangesItem(
        fixed=[
            GoneFinding(
                each.fingerprint,
                each.code,
                each.path,
                each.range.start.line,
                each.symbol,
                each.message,
                each.fingerprint in changes.with_code,
            )
            for each in changes.fixed
        ],
        new=sorted(changes.new),
        regressed=sorted(changes.regressed),
        removed=[
            GonePoint(
                each.path,
                each.range.start.line,
                each.symbol,
                each.call,
                changes.replaced.get(number),
            )
            for number, each in enumerate(changes.removed)
        ],
        added=sorted(changes.added),
        moved=dict(sorted(changes.moved.items())),
        by_rule=[RuleCount(each.code, each.before, each.now) for each in changes.by_rule],
        remarks=list(changes.remarks),
    )


def moment_item(moment: Moment) -> MomentItem:
    """One audit of the series."""
    return MomentItem(
        name=moment.name,
        files=moment.files,
        compliant=moment.compliant,
        points=moment.points,
        findings=moment.findings,
        by_priority=moment.by_priority,
        by_verdict=moment.by_verdict,
    )
