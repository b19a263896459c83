"""Runs that take long are shown, from their first report to their end; others are not."""

from __future__ import annotations

import asyncio

from lsprotocol import types
from pygls.exceptions import JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer
from pygls.progress import Progress

from connlint.server.progress import Advance

LONG_SECONDS = 60.0


class Told(Progress):
    """A client's progress that remembers what it was told."""

    def __init__(self, *, declines: bool = False) -> None:
        super().__init__(LanguageServer("test", "0").protocol)
        self.declines = declines
        self.kinds: list[str] = []
        self.messages: list[str | None] = []

    async def create_async(self, token: types.ProgressToken) -> asyncio.Future[None]:
        self.kinds.append("create")
        if self.declines:
            raise JsonRpcMethodNotFound
        return asyncio.get_running_loop().create_future()

    def begin(self, token: types.ProgressToken, value: types.WorkDoneProgressBegin) -> None:
        self.kinds.append(value.kind)

    def report(self, token: types.ProgressToken, value: types.WorkDoneProgressReport) -> None:
        self.kinds.append(value.kind)
        self.messages.append(value.message)

    def end(self, token: types.ProgressToken, value: types.WorkDoneProgressEnd) -> None:
        self.kinds.append(value.kind)


def test_a_long_run_is_shown_until_it_ends() -> None:
    async def use() -> None:
        told = Told()
        advance = Advance(told, patience=0.001)
        with advance.shown():
            advance("Reading", 3, 10)
            while not told.messages:
                await asyncio.sleep(0.01)
        while told.kinds[-1] != "end":
            await asyncio.sleep(0.01)
        assert told.kinds[:2] == ["create", "begin"]
        assert told.messages[0] == "Reading 3/10"

    asyncio.run(use())


def test_a_short_run_is_not_shown() -> None:
    async def use() -> None:
        told = Told()
        advance = Advance(told, patience=LONG_SECONDS)
        with advance.shown():
            advance("Reading", 3, 10)
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        assert told.kinds == []

    asyncio.run(use())


def test_nothing_is_shown_to_a_client_that_shows_no_progress() -> None:
    async def use() -> None:
        advance = Advance(None, patience=0)
        with advance.shown():
            advance("Reading", 3, 10)
            await asyncio.sleep(0.01)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(use())


def test_a_client_that_declines_is_left_alone() -> None:
    async def use() -> None:
        told = Told(declines=True)
        with Advance(told, patience=0.001).shown():
            while len(asyncio.all_tasks()) > 1:
                await asyncio.sleep(0.01)
        assert told.kinds == ["create"]

    asyncio.run(use())
