"""Arguments are added in the layout that a call has, and reach the driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.case_files import Case, cases
from fix.fixed_project import Project

STANDARD = """
[connection]
engine-arguments = { pool_pre_ping = true, pool_recycle = 3600 }
"""
HEAD = "from sqlalchemy import create_engine\nfrom conf import URL, conf\n\n"

LAYOUTS = cases("set_arguments")


def _project(root: Path, body: str, newline: str = "\n") -> Project:
    project = Project.of(root, "DBC406", STANDARD, {})
    (root / "app.py").write_bytes(f"{HEAD}{body}".replace("\n", newline).encode())
    return project


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("case", LAYOUTS, ids=lambda case: case.title)
def test_the_layout_stays(tmp_path: Path, case: Case, newline: str) -> None:
    project = _project(tmp_path, case.before, newline)
    assert len(project.fix().fixed) == 1
    content = (tmp_path / "app.py").read_bytes().decode()
    assert content == f"{HEAD}{case.after}".replace("\n", newline)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("R = 60\ne = create_engine(URL, pool_recycle=R)", "pool_recycle comes from R"),
        ("K = {'pool_recycle': 60}\ne = create_engine(URL, **K)", "comes from a mapping"),
        ("e = create_engine(URL, pool=conf.pool)", "is given a pool"),
        ("e = create_engine(\n    URL  # a\n    ,\n)", "laid out in a way"),
    ],
)
def test_what_is_set_elsewhere_is_refused(tmp_path: Path, body: str, reason: str) -> None:
    (found,) = _project(tmp_path, body).reasons(unsafe=True)
    assert reason in found


def test_what_may_be_set_twice_takes_an_eye(tmp_path: Path) -> None:
    project = _project(tmp_path, "K = {'echo': True}\ne = create_engine(URL, **K)\n")
    (found,) = project.reasons()
    assert found == "takes --unsafe-fixes: K may come to hold the same arguments"
    assert project.fix(unsafe=True).fixed


def test_not_every_pool_takes_a_size(tmp_path: Path) -> None:
    standard = "[connection]\nengine-arguments = { pool_size = 5 }\n"
    body = "server = create_engine('postgresql://a@b/c')\nany = create_engine(URL)\n"
    project = Project.of(tmp_path, "DBC406", standard, {"app.py": HEAD + body})
    outcome = project.fix()
    assert [each.finding.span.line for each in outcome.fixed] == [4]
    (left,) = outcome.left
    assert left.reason == "takes --unsafe-fixes: not every kind of pool takes pool_size"


ENGINES = """\
import os

from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine

URL = f"postgresql+asyncpg://app:{os.environ.get('PASSWORD', '')}@pooler.internal:6543/app"
first = create_async_engine(URL)
second = create_async_engine(URL, connect_args={"timeout": 3, "statement_cache_size": 100})
third = create_async_engine(URL, connect_args=dict(timeout=3))


def settings():
    for engine in (first, second, third):
        given = {}

        @event.listens_for(engine.sync_engine, "do_connect")
        def connect(dialect, record, arguments, parameters):
            given.update(parameters)
            raise InterruptedError

        try:
            engine.sync_engine.raw_connection()
        except InterruptedError:
            pass
        names = ("timeout", "statement_cache_size", "prepared_statement_cache_size")
        print(*(given.get(name) for name in names))
"""
CACHE_OFF = '[connection]\nstatement-cache = "disabled"\n'


def test_the_driver_is_given_what_turns_its_cache_off(tmp_path: Path) -> None:
    pytest.importorskip("asyncpg")
    project = Project.of(tmp_path, "DBC403", CACHE_OFF, {"engines.py": ENGINES})
    run = "import engines; engines.settings()"
    assert project.run(run) == "None None None\n3 100 None\n3 None None\n"
    outcome = project.fix()
    assert (len(outcome.fixed), outcome.refused, outcome.left) == (3, (), ())
    assert project.run(run) == "None 0 0\n3 0 0\n3 0 0\n"


POOLED = """\
from sqlalchemy import create_engine

URL = "postgresql+asyncpg://app@server/app"
engine = create_engine(URL)


def settings():
    print(engine.pool._recycle, engine.pool._pre_ping)
"""


def test_the_pool_is_given_what_the_standard_demands(tmp_path: Path) -> None:
    pytest.importorskip("asyncpg")
    project = Project.of(tmp_path, "DBC406", STANDARD, {"engines.py": POOLED})
    run = "import engines; engines.settings()"
    assert project.run(run) == "-1 False\n"
    assert project.fix().fixed
    assert project.run(run) == "3600 True\n"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("create_async_engine(URL, connect_args=make())", "connect_args comes from an expression"),
        ("create_async_engine(URL, connect_args=A)", "connect_args comes from A"),
        ("create_async_engine(URL, **{'connect_args': A})", "comes from a mapping"),
        ("create_async_engine(URL if A else 'sqlite+aiosqlite:///a')", "may open sqlite as well"),
        ("create_async_engine(URL, connect_args={'statement_cache_size': N})", "comes from N"),
    ],
)
def test_what_is_switched_elsewhere_is_refused(tmp_path: Path, call: str, reason: str) -> None:
    code = (
        "from sqlalchemy.ext.asyncio import create_async_engine\n\n"
        "N = 100\nA = {'timeout': 1}\n"
        "def make():\n    return {'timeout': 1}\n\n"
        f"URL = 'postgresql+asyncpg://app@server/app'\nengine = {call}\n"
    )
    project = Project.of(tmp_path, "DBC403", CACHE_OFF, {"app.py": code})
    (found,) = project.reasons(unsafe=True)
    assert reason in found
