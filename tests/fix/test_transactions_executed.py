"""Fixed transactions on SQLite: results, rows, and the commits that each rule promises."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from fix.items import STANDARD, files_of
from fix.projects import fixed_project

sqlalchemy = pytest.importorskip("sqlalchemy")


class Did(NamedTuple):
    """What a call did: its result or error, the rows that were new, commits and statements."""

    result: object
    rows: list[str]
    commits: int
    statements: list[str]


class Application:
    """A package that can be called, synchronous or not."""

    def __init__(self, db: ModuleType, uses: ModuleType) -> None:
        self.db, self.uses = db, uses

    async def call(self, name: str, *arguments: object, session: bool = False) -> Did:
        """Call a function, with a session of its own in front of its arguments if asked for."""
        before, commits = self._rows(), len(self.db.commits)
        self.db.statements.clear()
        function: Callable[..., Any] = getattr(self.uses, name)
        try:
            if session:
                result = await self._with_session(function, arguments)
            else:
                result = await _awaited(function(*arguments))
        except Exception as error:
            result = type(error).__name__
        new = [row for row in self._rows() if row not in before]
        return Did(result, new, len(self.db.commits) - commits, list(self.db.statements))

    async def _with_session(
        self, function: Callable[..., Any], arguments: tuple[object, ...]
    ) -> object:
        opened = self.db.SessionLocal()
        try:
            names = function.__code__.co_varnames
            first = {"session": opened} if names[0] != "session" else {}
            positional = arguments if first else (opened, *arguments)
            return await _awaited(function(*positional, **first))
        finally:
            await _awaited(opened.close())

    def _rows(self) -> list[str]:
        engine = sqlalchemy.create_engine(f"sqlite:///{self.db.place}")
        with engine.connect() as connection:
            found = connection.execute(sqlalchemy.text("SELECT name FROM items ORDER BY id"))
            names = [name for (name,) in found]
        engine.dispose()
        return names


async def _awaited(value: Any) -> Any:
    return await value if hasattr(value, "__await__") else value


class Pair(NamedTuple):
    """The same application before and after its fixes."""

    before: Application
    after: Application

    async def call(self, name: str, *arguments: object, session: bool = False) -> tuple[Did, Did]:
        """What a call did before, and what it does after."""
        return (
            await self.before.call(name, *arguments, session=session),
            await self.after.call(name, *arguments, session=session),
        )


@pytest.fixture(scope="module", params=["sync", "async"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """The application before and after ``--fix --unsafe-fixes``."""
    pytest.importorskip("fastapi")
    is_async = request.param == "async"
    if is_async:
        pytest.importorskip("aiosqlite")
        pytest.importorskip("greenlet")
    made = {}
    for when in ("before", "after"):
        name, root = f"items_{request.param}_{when}", tmp_path_factory.mktemp(when)
        files, standard = files_of(name, is_async=is_async), STANDARD.format(name=name)
        result = fixed_project(root, files, standard, unsafe=when == "after")
        if when == "after":
            assert {item.finding.code for item in result.outcome.fixed} >= {
                "DBC201", "DBC202", "DBC203", "DBC205", "DBC206", "DBC302", "DBC306",
            }  # fmt: skip
        made[when] = (name, root)
    try:
        yield Pair(*(_loaded(*made[when]) for when in ("before", "after")))
    finally:
        for name, root in made.values():
            sys.path.remove(str(root))
            for module in [each for each in sys.modules if each.partition(".")[0] == name]:
                del sys.modules[module]


def _loaded(name: str, root: Path) -> Application:
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    return Application(
        importlib.import_module(f"{name}.db"), importlib.import_module(f"{name}.uses")
    )


def _run(pair: Pair, name: str, *arguments: object, session: bool = False) -> tuple[Did, Did]:
    async def run() -> tuple[Did, Did]:
        try:
            return await pair.call(name, *arguments, session=session)
        finally:
            for each in pair:
                if hasattr(each.db.engine, "sync_engine"):
                    await each.db.engine.dispose()

    return asyncio.run(run())


def test_the_provider_alone_commits(pair: Pair) -> None:
    before, after = _run(pair, "repeated_commit", "a")
    assert (before.rows, after.rows) == (["a"], ["a"])
    assert (before.commits, after.commits) == (2, 1)


def test_a_state_is_committed_once_it_is_worth_it(pair: Pair) -> None:
    before, after = _run(pair, "early_commit", "b")
    assert (before.result, before.rows) == (after.result, after.rows) == ("b", ["b"])
    assert (before.commits, after.commits) == (2, 1)


def test_a_store_keeps_what_is_not_persisted(pair: Pair) -> None:
    before, after = _run(pair, "early_persist", "c")
    assert (before.result, after.result) == (1, 0)
    assert pair.before.db.store.kept == pair.after.db.store.kept != {}


def test_the_caller_of_a_service_commits(pair: Pair) -> None:
    before, after = _run(pair, "through_a_service", "d")
    assert (before.result, before.rows) == (after.result, after.rows) == (True, ["d"])
    assert (before.commits, after.commits) == (2, 1)


@pytest.mark.parametrize("wrong", [False, True])
def test_what_a_service_does_is_undone_with_what_its_caller_does(pair: Pair, wrong: bool) -> None:
    name = f"e {wrong}"
    before, after = _run(pair, "through_a_service_and_on", name, wrong)
    assert before.result == after.result == ("RuntimeError" if wrong else None)
    assert before.rows == ([name] if wrong else [name, f"{name}, too"])
    assert after.rows == ([] if wrong else [name, f"{name}, too"])
    assert (before.commits, after.commits) == ((1, 0) if wrong else (2, 1))


def test_a_service_still_answers_for_its_constraints(pair: Pair) -> None:
    before, after = _run(pair, "known_already", "f")
    assert before.result == after.result == "ValueError"
    assert before.rows == after.rows == ["f"]


def test_a_block_of_a_service_is_left_to_its_caller(pair: Pair) -> None:
    before, after = _run(pair, "in_a_block", "g")
    assert before.rows == after.rows == ["g", "g, too"]
    assert (before.commits, after.commits) == (2, 1)


def test_what_a_route_writes_is_no_longer_lost(pair: Pair) -> None:
    before, after = _run(pair, "lost", "h", session=True)
    assert before.result == after.result == {"added": "h"}
    assert (before.rows, after.rows) == ([], ["h"])
    assert (before.commits, after.commits) == (0, 1)


def test_one_row_that_fails_does_not_fail_those_behind_it(pair: Pair) -> None:
    before, after = _run(pair, "skipping", ["i", "i", "j"], session=True)
    assert (before.result, before.rows) == ("PendingRollbackError", [])
    # The rollback undoes the first row, as the failed flush does.
    assert (after.result, after.rows) == (1, ["j"])


def test_a_loop_commits_once(pair: Pair) -> None:
    before, after = _run(pair, "one_by_one", ["k", "", "l", "m"])
    assert (before.result, before.rows) == (after.result, after.rows) == (4, ["k", "l", "m"])
    assert (before.commits, after.commits) == (3, 1)


def test_the_database_counts(pair: Pair) -> None:
    _run(pair, "one_by_one", ["n", "nn", "nnn"])
    before, after = _run(pair, "how_many", "n", session=True)
    assert before.result == after.result == 3
    before, after = _run(pair, "how_many_names", "n", session=True)
    assert before.result == after.result == 3
    assert "count(" not in before.statements[0]
    assert "count(" in after.statements[0]
