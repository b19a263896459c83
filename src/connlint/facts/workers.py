"""Files in, their encoded facts out: a map over files, in this process or spread over others.

A file costs at most itself. One that could exhaust the stack is parsed in a process of its own;
one that ends a worker process is found out and reported, and what was lost with it is done again.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts.reading import Extract, Extracted, read_chunk, read_file, unreadable

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

Progress = Callable[[int, int], None]
"""Told how many files are done, and of how many."""

_BYTES_PER_SECOND = 6_500_000
_WORTH_A_POOL_SECONDS = 0.2
_FILES_PER_CHUNK = 20
_CHUNKS_PER_JOB = 8
_MOST_JOBS = 61  # more processes than Windows can wait for
_NO_PROCESSES = (OSError, ImportError, NotImplementedError)
"""What the lack of processes, semaphores or shared memory shows itself as."""

_Chunk = list[int]


class FileToRead(NamedTuple):
    """A file and about how large it is."""

    path: str
    size: int


def extract_files(
    files: Sequence[FileToRead],
    extract: Extract,
    *,
    jobs: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Extracted]:
    """What became of each file, in the order of ``files``, none of it put off.

    ``jobs`` is how many processes to use at most, 0 as many as there are processors; little work
    is done in this process whatever it says. An ``executor``, of whatever kind, is used instead;
    its workers have to see the same files.
    """
    work = _Work(files, extract, progress)
    jobs = min(jobs or _processors(), _MOST_JOBS)
    seconds = sum(file.size for file in files) / _BYTES_PER_SECOND
    if executor is not None:
        work.spread(_chunks(files, jobs), lambda: nullcontext(executor), jobs)
    elif jobs > 1 and seconds > _WORTH_A_POOL_SECONDS:
        try:
            work.spread(_chunks(files, jobs), lambda: _pool(jobs), jobs)
        except _NO_PROCESSES:
            work.do_here()
    else:
        work.do_here()
    work.do_put_off()
    return work.results()


class _Work:
    """The files with what became of them so far."""

    def __init__(
        self, files: Sequence[FileToRead], extract: Extract, progress: Progress | None
    ) -> None:
        self._files = files
        self._extract = extract
        self._progress = progress
        self._extracted: dict[int, Extracted] = {}
        self._put_off: dict[int, bytes] = {}

    def results(self) -> list[Extracted]:
        return [self._extracted[number] for number in range(len(self._files))]

    def do_here(self) -> None:
        """Do in this process what is neither done yet nor put off."""
        for number in self._missing(range(len(self._files))):
            if number not in self._put_off:
                path = self._files[number].path
                self._take(number, read_file(self._extract, path))

    def spread(
        self,
        chunks: list[_Chunk],
        open_pool: Callable[[], AbstractContextManager[Executor]],
        jobs: int,
    ) -> None:
        """Do ``chunks`` in the workers of a pool, and in those of another when it breaks.

        Chunks are taken up in order: those that were being worked on when a pool broke are among
        the first that are missing, twice as many as there are workers at most (a result can be
        lost on its way). These are put off, so that each round gets further.
        """
        while chunks:
            with open_pool() as pool:
                self._do_in(pool, chunks)
            lost = [chunk for chunk in chunks if self._is_lost(chunk)]
            for chunk in lost[: 2 * jobs]:
                self._put_off.update(dict.fromkeys(chunk, b""))
            chunks = lost[2 * jobs :]

    def do_put_off(self) -> None:
        """Do what it takes a process of its own to survive."""
        try:
            self._do_alone(sorted(self._put_off))
        except _NO_PROCESSES:
            for number in self._missing(sorted(self._put_off)):
                problem = unreadable("too complex to be analysed without a second process")
                self._take(number, Extracted(self._put_off[number], problem, is_final=False))

    def _do_in(self, pool: Executor, chunks: Sequence[_Chunk]) -> None:
        from concurrent.futures import as_completed

        futures: dict[Future[list[Extracted]], _Chunk] = {}
        with suppress(RuntimeError):  # the pool broke already
            for chunk in chunks:
                paths = [self._files[number].path for number in chunk]
                futures[pool.submit(read_chunk, self._extract, paths)] = chunk
        for future in as_completed(futures):
            if not future.cancelled() and not future.exception():
                for number, extracted in zip(futures[future], future.result(), strict=True):
                    self._take(number, extracted)

    def _do_alone(self, numbers: Sequence[int]) -> None:
        """Do files one after the other in a process in which nothing else happens."""
        from concurrent.futures import BrokenExecutor

        while numbers:
            futures: dict[int, Future[Extracted]] = {}
            with _pool(1) as pool:
                with suppress(BrokenExecutor):
                    for number in numbers:
                        path = self._files[number].path
                        futures[number] = pool.submit(read_file, self._extract, path, isolated=True)
                for number, future in futures.items():
                    try:
                        self._take(number, future.result())
                    except BrokenExecutor:  # the first that is missing ended the process
                        problem = unreadable("analysing it ended the process that did it")
                        self._take(number, Extracted(b"", problem, is_final=False))
                        break
            numbers = self._missing(numbers)

    def _is_lost(self, chunk: _Chunk) -> bool:
        return any(n not in self._extracted and n not in self._put_off for n in chunk)

    def _missing(self, numbers: Sequence[int]) -> list[int]:
        return [number for number in numbers if number not in self._extracted]

    def _take(self, number: int, extracted: Extracted) -> None:
        if not extracted.blob:
            self._put_off[number] = extracted.content
            return
        self._extracted[number] = extracted
        if self._progress:
            self._progress(len(self._extracted), len(self._files))


def _chunks(files: Sequence[FileToRead], jobs: int) -> list[_Chunk]:
    """The numbers of the files in chunks: large files first, and no chunk much above its share."""
    share = sum(file.size for file in files) / (jobs * _CHUNKS_PER_JOB)
    chunks: list[_Chunk] = []
    room = 0.0
    for number in sorted(range(len(files)), key=lambda number: -files[number].size):
        if room <= 0 or len(chunks[-1]) == _FILES_PER_CHUNK:
            chunks.append([])
            room = share
        chunks[-1].append(number)
        room -= files[number].size
    return chunks


def _processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # lacks on macOS and Windows
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@contextmanager
def _pool(jobs: int) -> Iterator[Executor]:
    """A pool of processes; raises one of ``_NO_PROCESSES`` where there can't be one."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import current_process, get_context
    from threading import active_count

    if current_process().daemon:
        raise NotImplementedError("a daemonic process can't have children")
    # Forking is ten times quicker than starting afresh, but copies locks that other threads hold.
    is_safe_to_fork = sys.platform == "linux" and active_count() == 1
    pool = ProcessPoolExecutor(
        jobs, get_context("fork" if is_safe_to_fork else "spawn"), _leave_interrupts_to_parent
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
