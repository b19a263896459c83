"""The shape of a provider, and who commits, are read from its definition."""

from __future__ import annotations

import pytest

from connlint.model.providers import provider_of
from model.written import linked, scope_of

HEAD = """
    from contextlib import asynccontextmanager, contextmanager

    from sqlalchemy import create_engine
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
    from sqlalchemy.orm import sessionmaker

    Session = sessionmaker(create_engine("sqlite://"))
    Later = async_sessionmaker(create_async_engine("sqlite+aiosqlite://"))
"""
SHAPES = {
    "context-manager": """
    @contextmanager
    def opened():
        with Session() as session:
            yield session
    """,
    "async-context-manager": """
    @asynccontextmanager
    async def opened():
        async with Later() as session:
            yield session
    """,
    "generator": """
    def opened():
        with Session() as session:
            yield session
    """,
    "async-generator": """
    async def opened():
        async with Later() as session:
            yield session
    """,
    "function": """
    def opened():
        return Session()
    """,
    "coroutine": """
    async def opened():
        return Later()
    """,
    "decorator": """
    def opened(function):
        def run(*args, **kwargs):
            with Session() as session:
                return function(session, *args, **kwargs)
        return run
    """,
    "unknown": """
    def opened():
        def run():
            return Session()
        return run
    """,
}


@pytest.mark.parametrize(("shape", "source"), SHAPES.items(), ids=SHAPES)
def test_the_shape_is_that_of_the_definition(shape: str, source: str) -> None:
    project = linked({"app/db.py": HEAD + source})
    provider = provider_of(project.engine, scope_of(project, "app.db.opened"))
    assert provider.name == "app.db.opened"
    assert provider.shape == shape
    assert provider.is_async is ("async" in shape or shape == "coroutine")


def test_a_plain_function_may_hand_out_an_asynchronous_session() -> None:
    source = "\n    def opened():\n        return Later()\n"
    project = linked({"app/db.py": HEAD + source})
    provider = provider_of(project.engine, scope_of(project, "app.db.opened"))
    assert (provider.shape, provider.is_async) == ("function", True)


ENDS = {
    "closes": ("with Session() as session:\n            yield session", (False, False, True)),
    "commits": (
        "with Session() as session:\n            yield session\n            session.commit()",
        (True, False, True),
    ),
    "commits by leaving": (
        "with Session() as session, session.begin():\n            yield session",
        (True, False, True),
    ),
    "rolls back": (
        (
            "session = Session()\n        try:\n            yield session\n"
            "            session.commit()\n        except Exception:\n"
            "            session.rollback()\n            raise\n"
            "        finally:\n            session.close()"
        ),
        (True, True, True),
    ),
    "does nothing": ("yield Session()", (False, False, False)),
    "commits before it hands out": (
        "session = Session()\n        session.commit()\n        yield session",
        (False, False, False),
    ),
}


@pytest.mark.parametrize(("body", "ends"), ENDS.values(), ids=ENDS)
def test_what_happens_behind_the_yield_is_known(body: str, ends: tuple[bool, bool, bool]) -> None:
    source = f"\n    @contextmanager\n    def opened():\n        {body}\n"
    project = linked({"app/db.py": HEAD + source})
    provider = provider_of(project.engine, scope_of(project, "app.db.opened"))
    assert (provider.commits, provider.rolls_back, provider.closes) == ends
