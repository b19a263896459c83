"""A project in memory or on disk in, the whole analysis of it and the one after a change out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from connlint.config.loading import load_standard
from connlint.findings import Finding
from connlint.incremental import Incremental, incremental
from connlint.pipeline import Analysis, Request
from connlint.rules.registry import load_rules
from connlint.triage.scope import Scope

REGISTRY = load_rules()


def analysis_of(folder: Path, unsaved: Mapping[str, bytes] | None = None) -> Analysis:
    """The analysis of the project in ``folder``, of which some files hold something else."""
    loaded = load_standard([folder], REGISTRY.infos)
    request = Request(loaded=loaded, registry=REGISTRY, paths=(folder,), use_cache=False, jobs=1)
    return Analysis(msgspec.structs.replace(request, unsaved=dict(unsaved or {})))


def continued(before: Analysis, request: Request) -> Incremental:
    """The incremental analysis, where there has to be one."""
    analysis = incremental(before, request)
    assert analysis is not None
    return analysis


def findings_of(analysis: Analysis) -> tuple[Finding, ...]:
    """What is found in the whole project."""
    verdict = analysis.verdict_in(Scope())
    assert verdict.problems == ()
    return verdict.findings


def places(findings: tuple[Finding, ...]) -> list[str]:
    """``app/jobs.py:12 DBC302`` for each finding."""
    return [f"{each.path}:{each.span.line} {each.code}" for each in findings]
