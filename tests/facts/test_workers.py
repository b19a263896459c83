"""The map over files: the same outcome wherever it runs, and no file that costs another."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, ParamSpec, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.facts import workers as subject
from connlint.facts.cache import hashed
from connlint.facts.garbage import collector_paused
from connlint.facts.reading import Extracted, read_file
from connlint.facts.workers import FileToRead, extract_files
from facts.stand_ins import KILLER, RAISER, TOO_DEEP, deadly, echo, process_of, text_of, write

P = ParamSpec("P")
T = TypeVar("T")
RISKY = b"(" * 300
KILLED = "analysing it ended the process that did it"


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any work at all be worth a pool."""
    monkeypatch.setattr(subject, "_WORTH_A_POOL_SECONDS", 0)


def to_read(paths: list[Path]) -> list[FileToRead]:
    return [FileToRead(str(path), 100 + number) for number, path in enumerate(paths)]


def contents(count: int) -> list[bytes]:
    return [b"file %d" % number for number in range(count)]


def texts(extracted: list[Extracted]) -> list[str]:
    return [text_of(each) for each in extracted]


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_are_in_the_order_of_the_files(tmp_path: Path, jobs: int) -> None:
    expected = contents(70)
    extracted = extract_files(to_read(write(tmp_path, *expected)), echo, jobs=jobs)
    assert texts(extracted) == [content.decode() for content in expected]
    assert [each.content for each in extracted] == [hashed(content) for content in expected]
    assert all(each.is_final and each.is_readable for each in extracted)


@pytest.mark.usefixtures("eager")
def test_much_work_is_spread_over_processes(tmp_path: Path) -> None:
    extracted = extract_files(to_read(write(tmp_path, *contents(70))), echo, jobs=2)
    assert os.getpid() not in set(map(process_of, extracted))


def test_little_work_is_done_here(tmp_path: Path) -> None:
    extracted = extract_files(to_read(write(tmp_path, *contents(70))), echo, jobs=2)
    assert set(map(process_of, extracted)) == {os.getpid()}


def test_no_work_is_no_trouble() -> None:
    assert extract_files([], echo) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_risky_files_are_parsed_in_another_process(tmp_path: Path, jobs: int) -> None:
    paths = write(tmp_path, b"a", RISKY, b"b", RISKY + b"x")
    extracted = extract_files(to_read(paths), echo, jobs=jobs)
    assert texts(extracted) == ["a", RISKY.decode(), "b", RISKY.decode() + "x"]
    here = [process_of(each) == os.getpid() for each in extracted]
    assert here == [True, False, True, False]


@pytest.mark.usefixtures("eager")
def test_a_file_that_ends_its_process_costs_only_itself(tmp_path: Path) -> None:
    files = contents(90)
    for number in (3, 40, 89):
        files[number] = KILLER
    extracted = extract_files(to_read(write(tmp_path, *files)), deadly, jobs=2)
    expected = [KILLED if content == KILLER else content.decode() for content in files]
    assert texts(extracted) == expected
    assert [each.is_final for each in extracted] == [content != KILLER for content in files]


def test_nothing_but_files_that_end_their_process(tmp_path: Path) -> None:
    paths = write(tmp_path, KILLER + RISKY, b"fine", KILLER + RISKY)
    assert texts(extract_files(to_read(paths), deadly)) == [KILLED, "fine", KILLED]


def test_an_error_of_the_extractor_is_told_as_the_files(tmp_path: Path) -> None:
    paths = write(tmp_path, RAISER, b"fine", TOO_DEEP)
    extracted = extract_files(to_read(paths), deadly)
    assert texts(extracted) == [
        "analysing it failed: ValueError: something is wrong",
        "fine",
        "too complex to be analysed",
    ]
    assert [each.is_final for each in extracted] == [False, True, False]


def test_what_can_not_be_read_is_told(tmp_path: Path) -> None:
    gone = extract_files([FileToRead(str(tmp_path / "gone.py"), 0)], echo)
    assert "can't be read" in text_of(gone[0])
    assert gone[0].is_final
    assert not gone[0].is_readable
    assert gone == extract_files([FileToRead(str(tmp_path / "other.py"), 0)], echo)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_counts_every_file_once(tmp_path: Path, jobs: int) -> None:
    files = [*contents(50), RISKY, KILLER + RISKY, RAISER]
    steps: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        steps.append((done, total))

    extract_files(to_read(write(tmp_path, *files)), deadly, jobs=jobs, progress=progress)
    assert steps == [(done, 53) for done in range(1, 54)]


@pytest.mark.usefixtures("eager")
def test_processes_that_start_afresh_do_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("threading.active_count", lambda: 2)
    started = []
    real = multiprocessing.get_context

    def get_context(method: str) -> Any:
        started.append(method)
        return real(method)

    monkeypatch.setattr(multiprocessing, "get_context", get_context)
    files = [*contents(3), KILLER]
    extracted = extract_files(to_read(write(tmp_path, *files)), deadly, jobs=2)
    assert texts(extracted) == ["file 0", "file 1", "file 2", KILLED]
    assert set(started) == {"spawn"}


class TestOtherExecutors:
    """Any executor can do the map; what it loses is done here."""

    def test_threads(self, tmp_path: Path) -> None:
        paths = write(tmp_path, *contents(50), RISKY)
        with ThreadPoolExecutor(2) as executor:
            extracted = extract_files(to_read(paths), echo, executor=executor)
        assert texts(extracted)[:50] == [content.decode() for content in contents(50)]
        assert process_of(extracted[0]) == os.getpid() != process_of(extracted[50])

    @pytest.mark.parametrize("failing", [{0}, {1, 2}, set(range(99))])
    def test_lost_chunks_are_done_again(self, tmp_path: Path, failing: set[int]) -> None:
        paths = write(tmp_path, *contents(100))
        executor = Failing(failing)
        extracted = extract_files(to_read(paths), echo, jobs=1, executor=executor)
        assert texts(extracted) == [content.decode() for content in contents(100)]
        lost = sum(process_of(each) != os.getpid() for each in extracted)
        assert 0 < lost < 100 or len(failing) == 99

    def test_an_executor_that_takes_nothing(self, tmp_path: Path) -> None:
        executor = Failing(set())
        executor.shutdown()
        extracted = extract_files(to_read(write(tmp_path, b"a")), echo, executor=executor)
        assert texts(extracted) == ["a"]


class Failing(Executor):
    """Runs what it is given at once, but loses the submissions with certain numbers."""

    def __init__(self, failing: set[int]) -> None:
        self._failing = failing
        self._submitted = 0
        self._is_open = True

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if not self._is_open:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[T] = Future()
        if self._submitted not in self._failing:
            future.set_result(fn(*args, **kwargs))
        elif self._submitted % 2:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(OSError("a worker was lost"))
        self._submitted += 1
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._is_open = False


class TestWithoutProcesses:
    """Where there can be no other process, all but the risky files are analysed."""

    @pytest.mark.usefixtures("eager")
    def test_none_can_be_started(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_pool(_: int) -> NoReturn:
            raise OSError(38, "Function not implemented")

        monkeypatch.setattr(subject, "_pool", no_pool)
        extracted = extract_files(to_read(write(tmp_path, b"a", RISKY, b"b")), echo, jobs=2)
        problem = "too complex to be analysed without a second process"
        assert texts(extracted) == ["a", problem, "b"]
        assert [each.is_final for each in extracted] == [True, False, True]
        assert extracted[1].content == hashed(RISKY)

    @pytest.mark.usefixtures("eager")
    def test_a_daemonic_process_has_no_children(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        daemon = SimpleNamespace(daemon=True)
        monkeypatch.setattr(multiprocessing, "current_process", lambda: daemon)
        extracted = extract_files(to_read(write(tmp_path, *contents(50))), echo, jobs=2)
        assert set(map(process_of, extracted)) == {os.getpid()}


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupt_ends_the_run(tmp_path: Path, jobs: int) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    files = to_read(write(tmp_path, *contents(200)))
    with pytest.raises(KeyboardInterrupt):
        extract_files(files, echo, jobs=jobs, progress=interrupt)
    assert multiprocessing.active_children() == []


@given(st.lists(st.integers(0, 10_000), max_size=200), st.integers(1, 8))
def test_chunks_are_fair(sizes: list[int], jobs: int) -> None:
    files = [FileToRead(str(number), size) for number, size in enumerate(sizes)]
    chunks = subject._chunks(files, jobs)
    numbers = [number for chunk in chunks for number in chunk]
    assert sorted(numbers) == list(range(len(files)))
    assert [sizes[number] for number in numbers] == sorted(sizes, reverse=True)
    share = sum(sizes) / (jobs * 8)
    for chunk in chunks:
        assert 1 <= len(chunk) <= 20
        assert sum(sizes[number] for number in chunk[:-1]) < max(share, 1)


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_as_it_was_before(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        with pytest.raises(ValueError, match="x"), collector_paused():
            assert not gc.isenabled()
            raise ValueError("x")
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()


def test_a_file_is_read_whatever_is_wrong_with_it(tmp_path: Path) -> None:
    (path,) = write(tmp_path, RISKY)
    put_off = read_file(echo, str(path))
    assert (put_off.content, put_off.blob) == (hashed(RISKY), b"")
    assert text_of(read_file(echo, str(path), isolated=True)) == RISKY.decode()
