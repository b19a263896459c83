"""Code that is fixed to open its sessions with a provider of any shape does what it did."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix import decorated
from fix.fixed_project import Project
from fix.shop import DATABASE
from fix.shop_harness import told_by

pytest.importorskip("sqlalchemy")
pytest.importorskip("aiosqlite")
pytest.importorskip("greenlet")

CLASS = """
class Opened:
    def __init__(self, name="shop"):
        self.name = name

    {a}def {__}enter__(self):
        self.session = {Factory}()
        return self.session

    {a}def {__}exit__(self, kind, error, trace):
        {await_}self.session.close()
"""
COMMITTING_CLASS = """
class Opened:
    {a}def {__}enter__(self):
        self.session = {Factory}(expire_on_commit=False)
        return self.session

    {a}def {__}exit__(self, kind, error, trace):
        try:
            if kind is None:
                {await_}self.session.commit()
            else:
                {await_}self.session.rollback()
        finally:
            {await_}self.session.close()
"""
METHOD = """
class Database:
    def __init__(self, factory):
        self.factory = factory

    @{manager}
    {a}def session(self):
        {a}with self.factory() as session:
            yield session


database = Database({Factory})
"""
METHOD_OF_THE_CLASS = """
class Database:
    @classmethod
    @{manager}
    {a}def session(cls):
        {a}with {Factory}() as session:
            yield session
"""
SCOPED = """
from sqlalchemy.orm import scoped_session

Scoped = scoped_session(SessionLocal)
"""
ASYNC_SCOPED = """
from asyncio import current_task

from sqlalchemy.ext.asyncio import async_scoped_session

Scoped = async_scoped_session(AsyncSessionLocal, scopefunc=current_task)
"""
SHAPES = [
    pytest.param(CLASS, "Opened", False, id="class"),
    pytest.param(CLASS, "Opened", True, id="asynchronous class"),
    pytest.param(COMMITTING_CLASS, "Opened", False, id="committing class"),
    pytest.param(COMMITTING_CLASS, "Opened", True, id="asynchronous committing class"),
    pytest.param(METHOD, "database.session", False, id="method"),
    pytest.param(METHOD, "database.session", True, id="asynchronous method"),
    pytest.param(METHOD_OF_THE_CLASS, "Database.session", False, id="method of the class"),
    pytest.param("", "get_db", False, id="generator"),
    pytest.param("", "get_async_db", True, id="asynchronous generator"),
    pytest.param(SCOPED, "Scoped", False, id="scoped session"),
    pytest.param(ASYNC_SCOPED, "Scoped", True, id="asynchronous scoped session"),
]


@pytest.mark.parametrize(("provider", "name", "is_async"), SHAPES)
def test_every_shape_of_a_provider_does_what_the_factory_did(
    tmp_path: Path, provider: str, name: str, is_async: bool
) -> None:
    words = {"__": "__a" if is_async else "__", "manager": "contextmanager"}
    if is_async:
        words["manager"] = "asynccontextmanager"
    for word, text in words.items():
        provider = provider.replace(f"{{{word}}}", text)
    commits_itself = "commit()" in provider
    methods = "" if commits_itself else decorated.METHODS  # one returns behind its commit
    service = decorated.CHECK + decorated.FUNCTIONS + methods
    files = {
        "shop/__init__.py": "",
        "shop/db.py": DATABASE + decorated.written(provider, is_async=is_async),
        "shop/service.py": decorated.written(service, is_async=is_async),
    }
    standard = f'[sessions]\nproviders = ["shop.db.{name}"]\nowners = ["shop/db.py"]\n'
    project = Project.of(tmp_path, "DBC101", standard, files)
    before = told_by(project)
    outcome = project.fix(unsafe=True)
    assert [each.reason for each in (*outcome.refused, *outcome.left)] == []
    assert len(outcome.fixed) == (7 if commits_itself else 9)
    text = project.read("shop/service.py")
    assert "SessionLocal" not in text
    assert project.fix(unsafe=True).changes == ()
    after = told_by(project)
    for function, (result, rows, commits, left_open) in after.items():
        was = before[function]
        assert (function, result, rows, left_open) == (function, was[0], was[1], 0)
        if commits_itself:
            assert int(str(commits)) - int(str(was[2])) in {0, 1}
        else:
            assert commits == was[2]
