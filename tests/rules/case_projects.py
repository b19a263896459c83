"""A case of a rule's page in, the small project on disk and what is found in it out."""

from __future__ import annotations

from pathlib import Path

from connlint.cli.baseline import BaselineOptions
from connlint.cli.fixing import fix
from connlint.config.loading import load_standard
from connlint.pipeline import Analysis, Request
from connlint.rules.registry import load_rules
from connlint.rules.specification import Case, Expected
from connlint.triage.baseline import Baseline
from connlint.triage.baseline_file import load_baseline
from connlint.triage.judge import hold_against
from connlint.triage.verdict import Verdict

BASELINE = "connlint-baseline.txt"


def write_case(case: Case, root: Path) -> None:
    """Lay out the files of ``case``, and the standard that they are held against, in ``root``."""
    (root / "connlint.toml").write_text(case.standard, encoding="utf-8")
    for file in case.files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


def analysis_of(root: Path) -> Analysis:
    """The analysis of the project in ``root``."""
    registry = load_rules()
    loaded = load_standard([root], registry.infos)
    return Analysis(Request(loaded=loaded, registry=registry, jobs=1, use_cache=False))


def verdict_in(root: Path) -> Verdict:
    """What a check of the project in ``root`` comes to, under its baseline if it has one."""
    analysis = analysis_of(root)
    verdict = analysis.verdict
    if not (root / BASELINE).exists():
        return verdict
    baseline = Baseline(BASELINE, load_baseline(root / BASELINE))
    return hold_against(verdict, baseline, analysis.terms_in(analysis.scope))


def reported(verdict: Verdict, codes: set[str]) -> set[Expected]:
    """The findings of ``codes``, as markers would announce them."""
    return {Expected(f.path, f.span.line, f.code) for f in verdict.findings if f.code in codes}


def apply_fixes(root: Path, only: str = "") -> set[str]:
    """Fix the project in ``root``, and say which kinds of fixes that took, for ``only`` one code.

    Safe fixes are tried first: what is left to do after them is unsafe.
    """
    kinds = set()
    for safety in ("safe", "unsafe"):
        analysis = analysis_of(root)
        nothing = BaselineOptions(None, write=False, extend=False, reason="")
        outcome = fix(analysis, nothing, unsafe=safety == "unsafe", write=True)
        if any(item.finding.code == only or not only for item in outcome.fixed):
            kinds.add(safety)
    return kinds
