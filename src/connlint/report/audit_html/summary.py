"""An audit view in, the charts of its summary out: by verdict, role, rule, part and type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from connlint.audit.points import WORST_FIRST, PointVerdict
from connlint.report.audit_html.charts import Bar, Chart, Slice
from connlint.report.audit_view import AuditView, action, mark

_MOST_RULES = 12
_NO_ROLE = "no role"


def charts_of(view: AuditView) -> Sequence[Chart]:
    """The charts that have something to show."""
    found = [_by_verdict(view), _by_role(view), _by_rule(view), _by_part(view), _by_type(view)]
    return [chart for chart in found if chart.bars]


def verdict_slices(counts: Mapping[PointVerdict, int]) -> Sequence[Slice]:
    """How many points have each verdict as the parts of a bar, the worst first."""
    return [Slice(action(each), counts.get(each, 0), each) for each in WORST_FIRST]


def _by_verdict(view: AuditView) -> Chart:
    bars = []
    for each, number in view.tables.by_verdict.items():
        parts = [Slice(action(each), number, each)]
        bars.append(Bar(f"{mark(each)} {action(each)}", parts, f"points:verdict:{each}"))
    return Chart("Connection points by verdict", bars)


def _by_role(view: AuditView) -> Chart:
    counts: dict[str, Counter[PointVerdict]] = {}
    for point in view.tables.points:
        counts.setdefault(point.place.role, Counter())[point.verdict] += 1
    bars = [
        Bar(role or _NO_ROLE, verdict_slices(found), f"points:role:{role}" if role else "")
        for role, found in counts.items()
    ]
    return Chart("Connection points by role", _longest_first(bars))


def _by_rule(view: AuditView) -> Chart:
    codes = Counter((finding.code, finding.name) for finding in view.tables.findings)
    bars = [
        Bar(f"{code} {name}", [Slice("findings", number, "fix")], f"findings:rule:{code}")
        for (code, name), number in codes.items()
    ]
    shown = _longest_first(bars)
    title = "Findings by rule"
    if len(shown) > _MOST_RULES:
        title = f"{title}: the {_MOST_RULES} most frequent of {len(shown)}"
    return Chart(title, shown[:_MOST_RULES])


def _by_part(view: AuditView) -> Chart:
    files = [(row.group, bool(row.findings)) for row in view.files]
    return Chart("Files by part", _compliance(files, "part"))


def _by_type(view: AuditView) -> Chart:
    files = [(row.connection_type, bool(row.findings)) for row in view.files]
    return Chart("Files by connection type", _compliance(files, "type"))


def _compliance(files: Iterable[tuple[str, bool]], facet: str) -> Sequence[Bar]:
    """A bar for each kind of file: those that keep to the standard, and the others."""
    counts: dict[str, Counter[bool]] = {}
    for kind, is_broken in files:
        counts.setdefault(kind, Counter())[is_broken] += 1
    return _longest_first(
        Bar(
            kind,
            [Slice("with findings", found[True], "fix"), Slice("compliant", found[False], "keep")],
            f"files:{facet}:{kind}",
        )
        for kind, found in counts.items()
    )


def _longest_first(bars: Iterable[Bar]) -> list[Bar]:
    return sorted(bars, key=lambda bar: (-bar.total, bar.label))
