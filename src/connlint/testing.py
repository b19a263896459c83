"""A folder or package of rules in, the tests that each rule and its page have to pass out.

They are the ones that connlint's own rules pass. With pytest::

    import pytest
    from connlint.testing import specifications

    @pytest.mark.parametrize("specification", specifications("tools/rules"), ids=str)
    def test_the_rule_does_what_its_page_says(specification):
        specification()
"""

from __future__ import annotations

import ast
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from connlint.cli.baseline import BaselineOptions
from connlint.cli.fixing import fix
from connlint.config.keys import dotted, settings_of
from connlint.config.loading import load_standard
from connlint.config.standard import Standard
from connlint.errors import RuleLoadError
from connlint.pipeline import Analysis, Request
from connlint.rules.base import Rule
from connlint.rules.card import RuleCard
from connlint.rules.plugins import rules_offered
from connlint.rules.registry import Registry, load_rules
from connlint.rules.specification import SECTIONS, Case, Expected, Page, metadata_line, parse_page
from connlint.triage.baseline import Baseline
from connlint.triage.baseline_file import DEFAULT_NAME, load_baseline
from connlint.triage.judge import hold_against
from connlint.triage.verdict import Verdict

_SETTING = re.compile(r"`([a-z]+(?:-[a-z]+)*\.[a-z-]+)`")
_BREAKS_ON_PURPOSE = frozenset({"DBC900", "DBC904"})
"""Rules whose examples have to hold broken syntax."""


@dataclass(frozen=True, slots=True)
class Specification:
    """One thing that a rule's page promises; calling it raises ``AssertionError`` if it fails."""

    name: str
    check: Callable[[], None]

    def __str__(self) -> str:
        return self.name

    def __call__(self) -> None:
        self.check()


def specifications(source: str | os.PathLike[str]) -> list[Specification]:
    """The tests for the rules in ``source``: a folder, or the dotted name of a package or module.

    Raises :class:`RuleLoadError` in one line when they can't be loaded.
    """
    offered = rules_offered(source)
    registry = Registry([*load_rules().rules, *offered])
    return list(specifications_of(offered, registry))


def specifications_of(rules: Iterable[RuleCard], registry: Registry) -> Iterator[Specification]:
    """The tests for ``rules``, which are among those of ``registry``."""
    for rule in rules:
        try:
            page = parse_page(rule.page_text(), rule.name)
        except RuleLoadError as error:
            yield Specification(f"{rule.code}-page", partial(_fail, str(error)))
            continue
        for name, form in _FORMS.items():
            yield Specification(f"{rule.code}-{name}", partial(form, rule, page))
        for case in page.cases:
            label = f"{rule.code}-{case.section}-{case.title}"
            yield Specification(label, partial(_reported_as_marked, rule, case, registry))
            if case.fixed:
                fixed = partial(_fixed_as_shown, rule, case, registry)
                yield Specification(f"{label}-fixed", fixed)
        kinds = partial(_fixes_as_declared, rule, page, registry)
        yield Specification(f"{rule.code}-kinds of fix", kinds)


# the page's form


def _opening(rule: RuleCard, page: Page) -> None:
    expected = (rule.name, metadata_line(rule))
    if (page.title, page.metadata) != expected:
        _fail(f"the page has to open with # {expected[0]} and {expected[1]}")


def _sections(rule: RuleCard, page: Page) -> None:
    if tuple(page.sections) != SECTIONS:
        _fail(f"the sections have to be {', '.join(SECTIONS)}; they are {', '.join(page.sections)}")
    if empty := [name for name, text in page.sections.items() if not text]:
        _fail(f"nothing is said in {', '.join(empty)}")


def _docstring(rule: RuleCard, page: Page) -> None:
    words = type(rule.load()).__doc__ or ""
    if not words.endswith(".") or words == Rule.__doc__:
        _fail(f"{rule.class_name} has no sentence that says what it is for")


def _balance(rule: RuleCard, page: Page) -> None:
    examples = [case for case in page.cases if case.section == "Examples"]
    silent = [case for case in page.cases if case.section != "Examples"]
    if not examples or len(silent) < 2:
        _fail("the page needs a case that is reported and two that stay silent")
    for case in examples:
        if rule.code not in {expected.code for expected in case.expected}:
            _fail(f"line {case.line}: nothing is marked with {rule.code} in {case.title!r}")
    for case in silent:
        if case.expected:
            _fail(f"line {case.line}: {case.title!r} has to stay silent, but has a marker")


def _titles(rule: RuleCard, page: Page) -> None:
    titles = [case.title for case in page.cases]
    untitled = [title for title in titles if re.fullmatch(r"line \d+", title)]
    if untitled or len(set(titles)) != len(titles):
        _fail("each case needs a title of its own, in bold or as a heading")


def _syntax(rule: RuleCard, page: Page) -> None:
    for case in page.cases if rule.code not in _BREAKS_ON_PURPOSE else ():
        for file in (*case.files, *case.fixed):
            if file.path.endswith(".py"):
                try:
                    ast.parse(file.text)
                except SyntaxError as error:
                    _fail(f"line {file.line + (error.lineno or 1) - 1}: {error.msg}")


def _options(rule: RuleCard, page: Page) -> None:
    keys = {dotted(path) for path, _ in settings_of(Standard())}
    tables = {key.partition(".")[0] for key in keys}
    named = [*_SETTING.findall(page.sections.get("Options", "")), *rule.needs]
    unknown = [key for key in named if key.partition(".")[0] in tables and key not in keys]
    if unknown:
        _fail(f"there are no settings {', '.join(unknown)}")


_FORMS: dict[str, Callable[[RuleCard, Page], None]] = {
    "opening": _opening,
    "sections": _sections,
    "docstring": _docstring,
    "balance": _balance,
    "titles": _titles,
    "syntax": _syntax,
    "options": _options,
}


# the page's cases


def write_case(case: Case, root: Path) -> None:
    """Lay out the files of ``case``, and the standard that they are held against, in ``root``."""
    (root / "connlint.toml").write_text(case.standard, encoding="utf-8")
    for file in case.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


def analysis_of(root: Path, registry: Registry) -> Analysis:
    """The analysis of the project in ``root``."""
    loaded = load_standard([root], registry.infos)
    return Analysis(Request(loaded=loaded, registry=registry, jobs=1, use_cache=False))


def verdict_in(root: Path, registry: Registry) -> Verdict:
    """What a check of the project in ``root`` comes to, under its baseline if it has one."""
    analysis = analysis_of(root, registry)
    verdict = analysis.verdict
    if not (root / DEFAULT_NAME).exists():
        return verdict
    baseline = Baseline(DEFAULT_NAME, load_baseline(root / DEFAULT_NAME))
    return hold_against(verdict, baseline, analysis.terms_in(analysis.scope))


def apply_fixes(root: Path, registry: Registry, only: str = "") -> set[str]:
    """Fix the project in ``root``, and say which kinds of fixes that took, for ``only`` one code.

    Safe fixes are tried first: what is left to do after them is unsafe.
    """
    kinds = set()
    nothing = BaselineOptions(None, write=False, extend=False, reason="")
    for safety in ("safe", "unsafe"):
        analysis = analysis_of(root, registry)
        outcome = fix(analysis, nothing, unsafe=safety == "unsafe", write=True)
        if any(item.finding.code == only or not only for item in outcome.fixed):
            kinds.add(safety)
    return kinds


def _reported_as_marked(rule: RuleCard, case: Case, registry: Registry) -> None:
    with tempfile.TemporaryDirectory(prefix="connlint-") as folder:
        write_case(case, Path(folder))
        verdict = verdict_in(Path(folder), registry)
    if verdict.problems:
        _fail(f"line {case.line}: {verdict.problems[0].message}")
    codes = {rule.code, *(expected.code for expected in case.expected)}
    found = {Expected(f.path, f.span.line, f.code) for f in verdict.findings if f.code in codes}
    if found != case.expected:
        missing, extra = _listed(case.expected - found), _listed(found - case.expected)
        _fail(f"line {case.line}: {case.title!r}: not reported: {missing}; not marked: {extra}")


def _fixed_as_shown(rule: RuleCard, case: Case, registry: Registry) -> None:
    expected = {file.path: file.text for file in (*case.files, *case.fixed)}
    with tempfile.TemporaryDirectory(prefix="connlint-") as folder:
        root = Path(folder)
        write_case(case, root)
        undeclared = apply_fixes(root, registry, rule.code) - set(rule.fixes)
        first = {path: (root / path).read_text("utf-8") for path in expected}
        apply_fixes(root, registry)
        second = {path: (root / path).read_text("utf-8") for path in expected}
    if undeclared:
        _fail(f"line {case.line}: a fix is {' and '.join(undeclared)}, which is not declared")
    for path, text in expected.items():
        if first[path] != text:
            _fail(f"line {case.line}: {case.title!r}: {path} becomes\n{first[path]}")
    if second != first:
        _fail(f"line {case.line}: {case.title!r}: fixing again changes more")


def _fixes_as_declared(rule: RuleCard, page: Page, registry: Registry) -> None:
    shown: set[str] = set()
    for case in page.cases:
        if case.fixed:
            with tempfile.TemporaryDirectory(prefix="connlint-") as folder:
                write_case(case, Path(folder))
                shown |= apply_fixes(Path(folder), registry, rule.code)
    if shown != set(rule.fixes):
        _fail(f"fixes {list(rule.fixes)} are declared, {sorted(shown)} are shown")


def _listed(expected: Iterable[Expected]) -> str:
    return ", ".join(f"{e.path}:{e.line} {e.code}" for e in sorted(expected)) or "nothing"


def _fail(message: str) -> None:
    raise AssertionError(message)
