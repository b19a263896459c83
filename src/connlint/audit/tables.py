"""The project and what was found in it in, all tables of the audit out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from connlint.audit.accepted import Accepted, find_accepted
from connlint.audit.changes import Changes, Today, changes_since
from connlint.audit.completed import Completed, find_completed
from connlint.audit.configuration import Configured, check_configuration
from connlint.audit.earlier import History
from connlint.audit.excerpts import SourceLines
from connlint.audit.executed import Covered
from connlint.audit.files import describe_files
from connlint.audit.flows import Section, find_flows
from connlint.audit.inventory import take_inventory
from connlint.audit.method import Method, describe_method
from connlint.audit.mixed import MixedFile, find_mixed
from connlint.audit.patterns import PageOf, Pattern, find_patterns
from connlint.audit.plan import Step, make_plan
from connlint.audit.points import WORST_FIRST, Point, PointVerdict
from connlint.audit.priorities import Item, prioritise
from connlint.audit.progress import Found, Progress, track
from connlint.audit.remedies import Remedies, find_remedies
from connlint.audit.stores import Store, find_stores
from connlint.audit.trend import Moment, trend_of
from connlint.findings import EntryPointRef, Finding
from connlint.model.entry_points import EntryPoint
from connlint.model.project import Project

_UNREADABLE = "DBC900"


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The audit as data, whatever it is rendered as.

    ``changes`` are those since an earlier audit, ``None`` without one; ``trend`` are the numbers of
    all audits. ``has_coverage`` says whether it is known what the tests executed.
    """

    points: tuple[Point, ...]
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    patterns: tuple[Pattern, ...]
    progress: tuple[Progress, ...]
    priorities: tuple[Item, ...]
    remedies: Remedies
    stores: tuple[Store, ...]
    configuration: tuple[Configured, ...]
    entry_points: tuple[EntryPoint, ...]
    method: Method
    changes: Changes | None
    trend: tuple[Moment, ...]
    accepted: tuple[Accepted, ...]
    mixed: tuple[MixedFile, ...]
    plan: tuple[Step, ...]
    completed: tuple[Completed, ...]
    has_coverage: bool

    @property
    def by_verdict(self) -> dict[PointVerdict, int]:
        """How many connection points have each verdict, the worst first."""
        counts = Counter(point.verdict for point in self.points)
        found = {each: counts[each] for each in WORST_FIRST if counts[each]}
        if self.changes is not None and self.changes.removed:
            found["removed"] = len(self.changes.removed)
        return found


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit is about: the files that ``covers`` accepts, earlier audits to compare with,
    and what the tests executed of which file. ``page_of`` gives the pages of rules. ``settings``
    and ``version`` are what the audits have to share for differences to come from the code."""

    covers: Callable[[str], bool]
    page_of: PageOf
    settings: Mapping[str, object]
    version: str
    history: History | None = None
    covered: Mapping[str, Covered] | None = None


def compute(
    project: Project,
    findings: Sequence[Finding],
    accepted: Sequence[tuple[Finding, str]],
    source: SourceLines,
    scope: Scope,
) -> Tables:
    """All tables. ``accepted`` are findings that do not count, each with the reason for that."""
    covers = scope.covers
    inventory = take_inventory(project, findings, accepted, source, covers)
    points = inventory.points
    changes = _changes(project, points, findings, scope)
    files = [row for row in describe_files(project, points, findings) if covers(row.path)]
    modules = {module.path: module.name for module in project.program.modules.values()}
    unread = frozenset(each.path for each in findings if each.code == _UNREADABLE)
    progress = track(project, files, Found(points, findings, unread), changes, scope.covered)
    priorities = prioritise(findings, points, files, project.entry_points, changes)
    stores = tuple(store for store in find_stores(project) if covers(store.path))
    left = Counter(finding.path for finding in findings)
    has_coverage = scope.covered is not None
    return Tables(
        points=points,
        findings=tuple(findings),
        sections=find_flows(project, inventory),
        patterns=find_patterns(findings, points, modules, scope.page_of),
        progress=progress,
        priorities=priorities,
        remedies=find_remedies(points, findings),
        stores=stores,
        configuration=check_configuration(project, points, source),
        entry_points=tuple(each for each in project.entry_points if covers(each.path)),
        method=describe_method(project),
        changes=changes,
        trend=trend_of(scope.history, points, findings, files) if scope.history else (),
        accepted=find_accepted(project),
        mixed=find_mixed(points),
        plan=make_plan(progress, points, priorities, stores, has_coverage),
        completed=find_completed(changes, points, left) if changes is not None else (),
        has_coverage=has_coverage,
    )


def _changes(
    project: Project, points: Sequence[Point], findings: Sequence[Finding], scope: Scope
) -> Changes | None:
    """What has changed since the last of the earlier audits; ``None`` without one."""
    if scope.history is None:
        return None
    symbols = {
        module.symbol(number)
        for module in project.program.modules.values()
        for number in range(len(module.facts.scopes))
    }
    today = Today(
        points=points,
        findings=findings,
        symbols=symbols,
        entries={EntryPointRef(each.kind, each.name) for each in project.entry_points},
        settings=scope.settings,
        version=scope.version,
        covers=scope.covers,
    )
    return changes_since(scope.history.last, scope.history.before_last, today)
