"""When runs start, which are given up, and what waits for them."""

from __future__ import annotations

import asyncio

from connlint.server.schedule import Schedule, Superseded

LONG_SECONDS = 60


class Runs:
    """The runs that a schedule asks for; each waits to be let through."""

    def __init__(self) -> None:
        self.schedule = Schedule(self._run, self._confirm)
        self.started: list[set[str]] = []
        self.confirmations = 0
        self.gate = asyncio.Event()
        self.confirms = asyncio.Event()

    async def _run(self, touched: frozenset[str]) -> None:
        changes = self.schedule.changes
        self.started.append(set(touched))
        await self.gate.wait()
        if self.schedule.changes != changes:
            raise Superseded

    async def _confirm(self) -> None:
        changes = self.schedule.changes
        self.confirmations += 1
        await self.confirms.wait()
        if self.schedule.changes != changes:
            raise Superseded

    async def until(self, number: int) -> None:
        """Wait for this many runs to have started."""
        while len(self.started) < number:
            await asyncio.sleep(0)

    async def until_confirmation(self, number: int) -> None:
        """Wait for this many confirmations to have started."""
        while self.confirmations < number:
            await asyncio.sleep(0)


def test_changes_in_quick_succession_are_one_run() -> None:
    async def use() -> None:
        runs = Runs()
        runs.gate.set()
        for uri in ("a", "b", "a"):
            runs.schedule.touch([uri], delay=0.01)
        await runs.schedule.settled(hurry=False)
        assert runs.started == [{"a", "b"}]

    asyncio.run(use())


def test_a_run_that_is_superseded_is_part_of_the_next() -> None:
    async def use() -> None:
        runs = Runs()
        runs.schedule.touch(["a"])
        await runs.until(1)
        runs.schedule.touch(["b"])
        runs.gate.set()
        await runs.schedule.settled(hurry=False)
        assert runs.started == [{"a"}, {"a", "b"}]

    asyncio.run(use())


def test_a_change_during_a_run_starts_no_second_one_beside_it() -> None:
    async def use() -> None:
        runs = Runs()
        runs.schedule.touch(["a"])
        await runs.until(1)
        runs.schedule.touch(["b"])
        for _ in range(10):
            await asyncio.sleep(0.001)
        assert runs.started == [{"a"}]
        runs.schedule.close()

    asyncio.run(use())


def test_who_is_in_a_hurry_does_not_wait_for_quiet() -> None:
    async def use() -> None:
        runs = Runs()
        runs.gate.set()
        runs.schedule.touch(["a"], delay=LONG_SECONDS)
        await asyncio.wait_for(runs.schedule.settled(hurry=True), LONG_SECONDS / 2)
        assert runs.started == [{"a"}]

    asyncio.run(use())


def test_nothing_starts_after_the_end() -> None:
    async def use() -> None:
        runs = Runs()
        runs.schedule.touch(["a"], delay=0.001)
        runs.schedule.close()
        await asyncio.sleep(0.01)
        assert runs.started == []

    asyncio.run(use())


def test_all_is_settled_before_it_is_confirmed() -> None:
    async def use() -> None:
        runs = Runs()
        runs.gate.set()
        runs.schedule.touch(["a"])
        await runs.schedule.settled(hurry=False)
        waiting = asyncio.create_task(runs.schedule.confirmed())
        await runs.until_confirmation(1)
        assert not waiting.done()
        runs.confirms.set()
        await waiting
        assert runs.started == [{"a"}]
        assert runs.confirmations == 1

    asyncio.run(use())


def test_a_change_supersedes_a_confirmation_and_is_run_before_the_next() -> None:
    async def use() -> None:
        runs = Runs()
        runs.gate.set()
        runs.schedule.touch(["a"])
        await runs.until_confirmation(1)
        runs.schedule.touch(["b"])
        waiting = asyncio.create_task(runs.schedule.confirmed())
        runs.confirms.set()
        await waiting
        assert runs.started == [{"a"}, {"b"}]
        assert runs.confirmations == 2

    asyncio.run(use())


def test_a_confirmation_that_is_superseded_by_the_end_is_not_made_again() -> None:
    async def use() -> None:
        runs = Runs()
        runs.gate.set()
        runs.schedule.touch(["a"])
        await runs.until_confirmation(1)
        runs.schedule.close()
        runs.confirms.set()
        await runs.schedule.confirmed()
        assert runs.confirmations == 1

    asyncio.run(use())
