"""The calls at places: on what, whether they are awaited, whether they hand work to a thread."""

from __future__ import annotations

from connlint.model.effects import Step
from connlint.model.project import Project
from model.written import linked, scope_of

SOURCE = """
    import asyncio
    from asgiref.sync import sync_to_async
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session

    async def work(session: AsyncSession, other: Session, find):
        await session.get(find, 1)
        other.get(find, 1)
        other.query(find).first()
        await asyncio.to_thread(find, 1)
        await sync_to_async(find)(1)
        await session.run_sync(find)
        find(1)
"""


def _steps(project: Project) -> dict[int, Step]:
    """The outermost call of each line."""
    scope = scope_of(project, "app.work.work")
    found: dict[int, Step] = {}
    for (at, end), _ in project.sites.calls(scope).items():
        line = at >> 20
        if line not in found or found[line].end < end:
            found[line] = Step(scope[0], scope[1], at, end, "")
    return found


def test_calls_are_told_by_their_receiver() -> None:
    project = linked({"app/work.py": SOURCE})
    sites, steps = project.sites, _steps(project)
    names = {
        line: [each.name for each in sites.receiver_types(step)] for line, step in steps.items()
    }
    assert names[8] == ["sqlalchemy.ext.asyncio.AsyncSession"]
    assert names[9] == ["sqlalchemy.orm.Session"]
    assert names[10] == ["sqlalchemy.orm.Query"]
    assert names[14] == []


def test_awaited_and_handed_over() -> None:
    project = linked({"app/work.py": SOURCE})
    sites, steps = project.sites, _steps(project)
    assert {line for line, step in steps.items() if sites.is_awaited(step)} == {8, 11, 12, 13}
    assert {line for line, step in steps.items() if sites.is_offloaded(step)} == {11, 12, 13}
