"""Files are confirmed alike here and behind an executor, and one costs itself at most."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connlint.visit import batch
from connlint.visit.batch import Visit, visit_file, visit_files
from visit.sources import RULES, every_suspect, statements_of, suspect


def _visits(folder: Path) -> list[Visit]:
    visits = []
    for number in range(20):
        text = "".join(f"def f{n}():\n    return g({n})\n" for n in range(number + 1))
        place = folder / f"m{number}.py"
        place.write_text(text, "utf-8")
        suspects = tuple(each for each in every_suspect(text) if each.shape == "call")
        visits.append(Visit(place.name, str(place), suspects, statements_of(text)))
    return visits


class Here(Executor):
    """Runs everything at once in this process, and what it is given through pickle."""

    def __init__(self, failing: int = -1) -> None:
        self.calls = 0
        self.failing = failing

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise NotImplementedError

    def map(self, fn: Callable[..., Any], *iterables: Iterable[Any], **_: Any) -> Iterator[Any]:
        for arguments in zip(*iterables, strict=False):
            if self.calls == self.failing:
                raise BrokenExecutor
            self.calls += 1
            function, given = pickle.loads(pickle.dumps((fn, arguments)))
            yield pickle.loads(pickle.dumps(function(*given)))


def test_an_executor_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = _visits(tmp_path)
    alone = visit_files(visits, RULES)
    assert len(alone.findings) == 210
    executor = Here()
    assert visit_files(visits, RULES, executor) == alone
    assert not executor.calls, "little work is done here"
    monkeypatch.setattr(batch, "WORTH_SENDING", 1)
    assert visit_files(visits, RULES, executor) == alone
    assert executor.calls > 4


def test_processes_do_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "WORTH_SENDING", 1)
    visits = _visits(tmp_path)
    with ProcessPoolExecutor(2) as pool:
        assert visit_files(visits, RULES, pool) == visit_files(visits, RULES)


def test_lost_workers_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "WORTH_SENDING", 1)
    visits = _visits(tmp_path)
    done = visit_files(visits, RULES, Here(failing=3))
    assert done.findings
    assert done.problems
    assert all(problem.fatal for problem in done.problems)
    kept = {visit.path for visit in visits} - {problem.path for problem in done.problems}
    assert kept
    assert len(done.findings) == sum(len(v.suspects) for v in visits if v.path in kept)


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    wanted = (suspect((1, 0, 1, 3), "call"),)
    done = visit_file(Visit("a.py", str(tmp_path / "a.py"), wanted), RULES)
    assert [(each.path, each.fatal) for each in done.problems] == [("a.py", True)]


def test_given_bytes_win_over_the_file(tmp_path: Path) -> None:
    place = tmp_path / "a.py"
    place.write_bytes(b"x\n")
    wanted = (suspect((1, 0, 1, 3), "call"),)
    assert not visit_file(Visit("a.py", str(place), wanted), RULES).findings
    assert visit_file(Visit("a.py", str(place), wanted, source=b"f()\n"), RULES).findings


@pytest.mark.parametrize(
    ("source", "column"),
    [
        (b"\xef\xbb\xbff()\n", 0),
        ("# coding: latin-1\nä = f()\n".encode("latin-1"), 4),
        ("ä = f()\n".encode(), 4),
    ],
    ids=["byte order mark", "latin-1", "utf-8"],
)
def test_columns_count_characters(source: bytes, column: int) -> None:
    line = 2 if b"coding" in source else 1
    wanted = (suspect((line, column, line, column + 3), "call"),)
    done = visit_file(Visit("a.py", "", wanted, source=source), RULES)
    assert [each.span.column for each in done.findings] == [column]


def test_libcst_is_loaded_only_for_suspects_about_syntax() -> None:
    probe = (
        "import sys\n"
        "from visit.sources import RULES, suspect\n"
        "from connlint.visit.batch import Visit, visit_files\n"
        "wanted = suspect((1, 0, 1, 3), sys.argv[1]),\n"
        "done = visit_files([Visit('a.py', '', wanted, source=b'f()')], RULES)\n"
        "print(len(done.findings), 'libcst' in sys.modules)\n"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", probe, shape],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.split()
        for shape in ("file", "call")
    ]
    assert answers == [["1", "False"], ["1", "True"]]
