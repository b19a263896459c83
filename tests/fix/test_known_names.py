"""What a file has a name for already is not imported a second time, whatever way it came."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.fixed_project import Project
from fix.providers import DATABASE

STANDARD = """
[sessions]
providers = ["app.db.get_session"]
dependencies = ["app.db.get_db"]
owners = ["app/db.py"]
"""

COMPATIBLE = """\
from contextlib import closing, contextmanager

from fastapi import Depends
from sqlalchemy.orm import Session

from app.db import get_db
"""
ROUTE = """\
from fastapi import FastAPI
{imports}
from app.db import get_session

app = FastAPI({arguments})


@app.get("/users")
def read(name: str):
    with get_session() as session:
        return str(session.scalar(name))
"""


def _fixed(root: Path, code: str, source: str) -> str:
    files = {"app/__init__.py": "", "app/db.py": DATABASE, "app/compatible.py": COMPATIBLE}
    project = Project.of(root, code, STANDARD, {**files, "app/case.py": source})
    outcome = project.fix(unsafe=True)
    assert [each.finding.code for each in outcome.fixed] == [code], outcome
    return project.read("app/case.py")


@pytest.mark.parametrize(
    ("imports", "arguments", "parameter"),
    [
        (
            "from app.compatible import Depends, Session, get_db",
            "dependencies=[Depends(get_db)], title=Session.__name__",
            "session: Session = Depends(get_db)",
        ),
        (
            "from app.compatible import Depends as Given, Session as S, get_db as db",
            "dependencies=[Given(db)], title=S.__name__",
            "session: S = Given(db)",
        ),
        (
            "from sqlalchemy.orm.session import Session, sessionmaker\nfrom fastapi import Depends",
            "dependencies=[Depends(print)], title=Session.__name__",
            "session: Session = Depends(get_db)",
        ),
    ],
)
def test_a_route_takes_what_the_file_knows(
    tmp_path: Path, imports: str, arguments: str, parameter: str
) -> None:
    source = ROUTE.format(imports=imports, arguments=arguments)
    fixed = _fixed(tmp_path, "DBC105", source)
    assert f"def read(name: str, {parameter}):\n" in fixed
    own = "from app.db import get_db\n" if "get_db" not in imports else ""
    head = f"from fastapi import FastAPI\n{imports}\n{own}"
    assert fixed.startswith(f"{head}\napp = FastAPI(")


def test_what_is_left_open_is_closed_by_the_name_that_there_is(tmp_path: Path) -> None:
    source = """\
        import sqlite3

        from app.compatible import closing as ended


        def read(path):
            connection = sqlite3.connect(path)
            return connection.execute("select 1").fetchall()


        def other(thing):
            with ended(thing):
                pass
        """
    fixed = _fixed(tmp_path, "DBC109", source)
    assert "with ended(sqlite3.connect(path)) as connection:\n" in fixed
    assert fixed.count("import") == 2


def test_a_generator_is_opened_by_the_name_that_there_is(tmp_path: Path) -> None:
    source = """\
        from app.compatible import contextmanager as managed
        from app.db import get_db


        def read(name):
            session = next(get_db())
            return session.scalar(name)


        @managed
        def other():
            yield
        """
    fixed = _fixed(tmp_path, "DBC110", source)
    assert "with managed(get_db)() as session:\n" in fixed
    assert fixed.count("import") == 2
