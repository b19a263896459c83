"""After an edit, what changed and what it reaches is looked at anew: the outcome is that of a whole
analysis."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

import msgspec
import pytest

from connlint.pipeline import Analysis
from incremental.edits import edits
from incremental.projects import analysis_of, continued, findings_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
APPLICATIONS = ("clips", "job_store", "presentation", "scraper", "sqlite_server")
SEEDS = range(5)


@lru_cache(maxsize=1)
def whole(application: str) -> Analysis:
    analysis = analysis_of(FIXTURES / application)
    assert findings_of(analysis)
    return analysis


@pytest.mark.parametrize("application", APPLICATIONS)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_edit_is_told_as_a_whole_analysis_tells_it(application: str, seed: int) -> None:
    before = whole(application)
    random = Random(seed)
    path = random.choice(sorted({each.path for each in findings_of(before)}))
    made = list(edits(before.content(path).decode(), random))
    assert made
    for edit in made:
        request = msgspec.structs.replace(before.request, unsaved={path: edit.text.encode()})
        found = findings_of(continued(before, request))
        assert found == findings_of(Analysis(request)), f"{path}: {edit.kind}"


@pytest.mark.parametrize("application", APPLICATIONS)
def test_without_a_change_all_is_taken_over(application: str) -> None:
    before = whole(application)
    after = continued(before, before.request)
    assert findings_of(after) == findings_of(before)
    assert not after.project.program.examined
