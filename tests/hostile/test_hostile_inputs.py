"""Nothing in fixtures/hostile stops a run: each input is analysed, or reported at its position."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connlint.discover.walk import FoundFile, find_files
from connlint.facts.extract import extract
from connlint.facts.loading import load_facts, look_up
from connlint.facts.reading import read_file
from connlint.facts.store import FactsStore, decode_facts
from connlint.facts.types import ReadProblem, decode_body
from connlint.source import MAX_BYTES
from hostile.inputs import DEEP, FLAWS, FOLDER, MUST_BE_ANALYSED, STORED, grow_odd_files


@pytest.fixture(autouse=True)
def _limit_of_a_new_process() -> Iterator[None]:
    """Linking raises the limit of its process for good; files are read before that in a run."""
    raised = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(raised)


def test_every_expectation_has_its_input() -> None:
    assert FLAWS.keys() <= STORED.keys()
    assert DEEP.keys() >= MUST_BE_ANALYSED
    assert len(STORED) - len(FLAWS) > 20


def _problem(path: Path) -> ReadProblem | None:
    """What was wrong with the file at ``path``; everything in its facts can be decoded."""
    facts = decode_facts(read_file(extract, str(path), isolated=True).blob)
    for body in facts.bodies:
        decode_body(body)
    return facts.problem


@pytest.mark.parametrize("name", STORED)
def test_stored_inputs(name: str) -> None:
    problem = _problem(FOLDER / name)
    flaw = FLAWS.get(name)
    if flaw is None:
        assert problem is None
        return
    assert problem is not None
    assert flaw.word in problem.message
    assert problem.line == flaw.line
    if flaw.word:
        assert problem.column == flaw.column


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deep")
    for name, make in DEEP.items():
        (folder / name).write_bytes(make())
    return folder


@pytest.fixture(scope="module")
def deep_problems(deep: Path) -> dict[str, ReadProblem | None]:
    """What a run in this process says of the deep inputs; it parses the riskiest in another."""
    files = [FoundFile(str(deep / name), name) for name in DEEP]
    store = FactsStore(None)
    loaded = load_facts(look_up(files, store), store, extract, jobs=1)
    return {name: lazy.facts.problem for name, lazy in loaded.by_path.items()}


@pytest.mark.parametrize("name", DEEP)
def test_deep_inputs(deep_problems: dict[str, ReadProblem | None], name: str) -> None:
    problem = deep_problems[name]
    if name in MUST_BE_ANALYSED:
        assert problem is None
    elif problem is not None:
        assert problem.message
        assert problem.line >= 1


def test_odd_files_are_reported_and_the_rest_is_analysed(tmp_path: Path) -> None:
    bad = grow_odd_files(tmp_path)
    (tmp_path / "good.py").write_text("x = 1\n", "utf-8")
    files = [FoundFile(str(tmp_path / name), name) for name in [*bad, "good.py", "never_was.py"]]
    store = FactsStore(None)
    loaded = load_facts(look_up(files, store), store, extract)
    problems = {name: lazy.facts.problem for name, lazy in loaded.by_path.items()}
    assert problems.pop("good.py") is None
    assert all(problems.values())
    huge = problems["huge.py"]
    assert huge
    assert huge.message == f"larger than {MAX_BYTES >> 20} MiB, not read"
    assert [file.relative for file in find_files(tmp_path, [tmp_path]).files] == [
        "good.py",
        "huge.py",
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_nobody_may_read_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "secret.py"
    path.touch(mode=0o000)
    problem = _problem(path)
    assert problem
    assert problem.message == "can't be read: Permission denied"


def test_a_whole_run_is_the_same_for_any_number_of_processes(tmp_path: Path, deep: Path) -> None:
    for name, data in STORED.items():
        (tmp_path / name).write_bytes(data)
    grow_odd_files(tmp_path)
    (tmp_path / "deep").symlink_to(deep)
    files = find_files(tmp_path, [tmp_path]).files
    assert len(files) > len(STORED) + len(DEEP)
    outcomes = []
    for jobs in (1, 2):
        store = FactsStore(None)
        loaded = load_facts(look_up(files, store), store, extract, jobs=jobs)
        outcomes.append([(path, lazy.facts) for path, lazy in loaded.by_path.items()])
    assert outcomes[0] == outcomes[1]
