"""Coroutines that nobody awaited are: in the right place, and what they do is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.case_files import Case, cases
from fix.fixed_project import Project

FUNCTION = "from sqlalchemy.ext.asyncio import AsyncSession\n\n\nasync def f(s: AsyncSession, q):\n"


def _project(root: Path, body: str) -> Project:
    return Project.of(root, "DBC208", "", {"app.py": f"{FUNCTION}{body}"})


@pytest.mark.parametrize("case", cases("await_call"), ids=lambda case: case.title)
def test_await_goes_where_it_belongs(tmp_path: Path, case: Case) -> None:
    project = _project(tmp_path, case.before)
    assert project.fix().fixed
    assert project.read("app.py") == f"{FUNCTION}{case.after}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return [s.execute(x).all() for x in q]", "in a comprehension"),
        ("return list(s.execute(x).all() for x in q)", "in a comprehension"),
        ("return lambda: s.execute(q).all()", "nothing can be awaited in a lambda"),
        ("def g():\n        s.commit()\n    return g", "the function is synchronous"),
        ("await s.stream(q).all()", "which may be right"),
        ("class C:\n        s.commit()\n    return C", "would not compile"),
    ],
)
def test_where_nothing_can_be_awaited(tmp_path: Path, body: str, reason: str) -> None:
    (found,) = _project(tmp_path, f"    {body}\n").reasons()
    assert reason in found


SHOP = """\
import asyncio

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine("sqlite+aiosqlite:///shop.sqlite")
make_session = async_sessionmaker(engine)


async def main():
    async with make_session() as session:
        session.execute(sa.text("CREATE TABLE IF NOT EXISTS item (name TEXT)"))
        session.execute(sa.text("INSERT INTO item VALUES ('a')"))
        session.commit()
    async with make_session() as session:
        rows = session.execute(sa.text("SELECT name FROM item"))
        names = [row.name for row in rows.all()]
        count = await session.execute(sa.text("SELECT count(*) FROM item")).scalar_one()
    await engine.dispose()
    print(names, count)
"""


def test_what_is_awaited_is_done(tmp_path: Path) -> None:
    pytest.importorskip("aiosqlite")
    pytest.importorskip("greenlet")
    project = Project.of(tmp_path, "DBC208", "", {"shop.py": SHOP})
    run = "import asyncio, shop; asyncio.run(shop.main())"
    assert "'coroutine' object has no attribute 'all'" in project.run(run)
    assert not (tmp_path / "shop.sqlite").exists()
    outcome = project.fix()
    assert (len(outcome.fixed), outcome.refused) == (5, ())
    assert project.run(run) == "['a'] 1\n"
