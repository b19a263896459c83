"""Findings in, the patterns that do not comply out: each rule that is broken, with what it is about
and what every file does against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from connlint.audit.advice import complaint, wanted_by
from connlint.audit.points import Point
from connlint.audit.wording import sentence, title_of
from connlint.errors import RuleLoadError
from connlint.findings import PRIORITY_ORDER, EntryPointRef, Finding, Priority, Severity
from connlint.rules.registry import Registry
from connlint.rules.specification import Page, parse_page

PageOf = Callable[[str], Page | None]
"""The page of a rule by its code; ``None`` where there is none."""

_Key = tuple[str, int, str]
_REPORTS = "Reports "
_NON = re.compile(r"\bnon ")


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """What one file does against a rule at some of its lines, in the same words for all of them.

    ``functions`` are the functions around, as titles; ``entry_points`` are those that get there,
    ``should_be`` says what is wanted instead (empty: nothing says it).
    """

    path: str
    lines: tuple[int, ...]
    what: str
    functions: tuple[str, ...]
    entry_points: tuple[EntryPointRef, ...]
    should_be: str


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that is broken. ``explanation`` says in a sentence what it is about, ``motive`` why
    that matters; both are empty for a rule without a page. ``priority`` is the highest of its
    findings."""

    code: str
    name: str
    severity: Severity
    priority: Priority
    explanation: str
    motive: str
    findings: int
    breaches: tuple[Breach, ...]

    @property
    def title(self) -> str:
        """The name of the rule as people write it: ``Commit in loop``."""
        return _NON.sub("non-", title_of(self.name.replace("-", "_")))

    @property
    def files(self) -> int:
        """How many files break it."""
        return len({each.path for each in self.breaches})

    @property
    def remedies(self) -> tuple[str, ...]:
        """What is wanted instead, each form of it once."""
        return tuple(dict.fromkeys(each.should_be for each in self.breaches if each.should_be))


def pages_of(registry: Registry) -> PageOf:
    """What gives the pages of these rules; a page that can't be read counts as none."""

    def page_of(code: str) -> Page | None:
        card = registry.find(code)
        try:
            return parse_page(card.page_text(), card.name) if card is not None else None
        except RuleLoadError:
            return None

    return page_of


def find_patterns(
    findings: Sequence[Finding],
    points: Sequence[Point],
    modules: Mapping[str, str],
    page_of: PageOf,
) -> tuple[Pattern, ...]:
    """A pattern for each rule that is broken: by priority, then the most frequent first.

    ``modules`` are the names of modules by their path.
    """
    at = {(point.path, point.line, code): point for point in points for code in point.codes}
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    found = [_pattern(group, at, modules, page_of) for group in by_code.values()]
    found.sort(key=lambda each: (-PRIORITY_ORDER[each.priority], -each.findings, each.code))
    return tuple(found)


def _pattern(
    group: Sequence[Finding],
    at: Mapping[_Key, Point],
    modules: Mapping[str, str],
    page_of: PageOf,
) -> Pattern:
    first = group[0]
    page = page_of(first.code)
    return Pattern(
        code=first.code,
        name=first.name,
        severity=first.severity,
        priority=max((each.priority for each in group), key=PRIORITY_ORDER.__getitem__),
        explanation=explained(page.summary) if page is not None else "",
        motive=page.motive if page is not None else "",
        findings=len(group),
        breaches=tuple(_breaches(group, at, modules)),
    )


def explained(summary: str) -> str:
    """What a rule is about as a sentence: its summary without what the rule does and examples."""
    about, _, _ = summary.removeprefix(_REPORTS).partition(": ")
    first, stop, _ = about.partition(". ")
    return sentence(f"{first[:1].upper()}{first[1:]}{stop.strip()}")


def _breaches(
    group: Iterable[Finding], at: Mapping[_Key, Point], modules: Mapping[str, str]
) -> Iterable[Breach]:
    """The findings of one rule, those of a file that say the same together."""
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in group:
        point = at.get((finding.path, finding.span.line, finding.code))
        wanted = _wanted(finding, point)
        alike.setdefault((finding.path, sentence(complaint(finding)), wanted), []).append(finding)
    for (path, what, wanted), same in alike.items():
        entries: dict[EntryPointRef, None] = {}
        for each in same:
            if each.entry_point is not None:
                entries[each.entry_point] = None
            elif point := at.get((path, each.span.line, each.code)):
                entries |= dict.fromkeys(point.entry_points)
        module = modules.get(path, "")
        yield Breach(
            path=path,
            lines=tuple(dict.fromkeys(each.span.line for each in same)),
            what=what,
            functions=tuple(dict.fromkeys(_function(each, module) for each in same)),
            entry_points=tuple(entries),
            should_be=wanted,
        )


def _wanted(finding: Finding, point: Point | None) -> str:
    """What the point says that is wanted, else what the finding's message does."""
    for each in point.complaints if point is not None else ():
        if each.code == finding.code:
            return each.should_be
    return wanted_by(finding)


def _function(finding: Finding, module: str) -> str:
    """The function around a finding, as a title."""
    return title_of(finding.symbol.removeprefix(module).removeprefix("."))
