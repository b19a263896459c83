"""Every place that imports a factory, or hands it on rather than calling it."""

from __future__ import annotations

import pytest

from connlint.location import unpack
from connlint.model import values as v
from connlint.model.mentions import Mentions
from connlint.model.project import Project
from model.written import DB, Place, linked, marked

FACTORY = "app.db.SessionLocal"


def _mentions(project: Project) -> Mentions:
    def wanted(value: v.Value) -> str:
        name = project.program.callable_name(value)
        return name if name == FACTORY else ""

    return Mentions(project.program, project.engine.relevance, wanted)


def _handed(project: Project) -> set[Place]:
    return {(each.module.path, unpack(each.at)[0]) for each in _mentions(project).handed_on()}


def _imports(project: Project) -> set[Place]:
    return {(module.path, unpack(item.at)[0]) for module, item, _ in _mentions(project).imports()}


HANDED = {
    "an argument": "def work(run):\n    run(SessionLocal)  # handed",
    "a keyword": "def work(run):\n    run(make=SessionLocal)  # handed",
    "a return": "def work():\n    return SessionLocal  # handed",
    "a yield": "def work():\n    yield SessionLocal  # handed",
    "a default": "def work(make=SessionLocal):  # handed\n    return make()",
    "an attribute": "def work(app):\n    app.make = SessionLocal  # handed",
    "a class attribute": "class Store:\n    make = SessionLocal  # handed",
    "a list": "MAKERS = [SessionLocal]  # handed",
    "a dictionary": 'MAKERS = {"a": SessionLocal}  # handed',
    "an item": 'def work(app):\n    app["make"] = SessionLocal  # handed',
    "a conditional expression": "def work(ok):\n    return SessionLocal if ok else None  # handed",
    "an alternative": "def work(make):\n    return make or SessionLocal  # handed",
    "an alias": "make = SessionLocal\n\ndef work(run):\n    run(make)  # handed",
    "a decorator's argument": (
        "from app.tools import using\n\n@using(SessionLocal)  # handed\ndef work(): ..."
    ),
    "an injection": (
        "from fastapi import Depends\n\ndef work(db=Depends(SessionLocal)): ...  # handed"
    ),
    "inside a comparison": "def work(run):\n    return run(SessionLocal) == 3  # handed",
    "a lambda": "work = lambda: SessionLocal  # handed",
    "a comprehension": "def work(names):\n    return [SessionLocal for _ in names]  # handed",
}  # fmt: skip


@pytest.mark.parametrize("source", HANDED.values(), ids=HANDED)
def test_a_factory_that_is_handed_on_is_found(source: str) -> None:
    files = {"app/db.py": DB, "app/jobs.py": f"from app.db import SessionLocal\n\n{source}\n"}
    assert marked(files, "handed")
    assert _handed(linked(files)) == marked(files, "handed")


NOT_HANDED = {
    "a call": "def work():\n    return SessionLocal()",
    "a local alias": "def work():\n    make = SessionLocal\n    return make()",
    "an alias of the module": "make = SessionLocal",
    "an annotation": "def work(make: SessionLocal): ...",
    "a walrus": "def work():\n    if make := SessionLocal:\n        return make()",
    "a condition": "def work():\n    return 1 if SessionLocal else 2",
    "a comparison": "def work(make):\n    return make is SessionLocal",
    "isinstance": "def work(make):\n    return isinstance(make, SessionLocal)",
    "a test": "def work():\n    if SessionLocal:\n        return 3",
    "a partial": "from functools import partial\n\nmake = partial(SessionLocal)",
    "an attribute of it": "def work(run):\n    run(SessionLocal.kw)",
    "a name of its own": "def work(run, SessionLocal):\n    run(SessionLocal)",
}


@pytest.mark.parametrize("source", NOT_HANDED.values(), ids=NOT_HANDED)
def test_a_factory_that_stays_is_not_handed_on(source: str) -> None:
    files = {"app/db.py": DB, "app/jobs.py": f"from app.db import SessionLocal\n\n{source}\n"}
    assert _handed(linked(files)) == set()


IMPORTS = {
    "plain": "from app.db import SessionLocal  # imported",
    "renamed": "from app.db import SessionLocal as make  # imported",
    "relative": "from .db import SessionLocal  # imported",
    "in a function": "def work():\n    from app.db import SessionLocal  # imported",
    "over several lines": "from app.db import (\n    engine,\n    SessionLocal,  # imported\n)",
    "a star that is used": "from app.db import *  # imported\n\ndef work():\n    SessionLocal()",
    "a star that is not": "from app.db import *",
    "the module": "import app.db\nfrom app import db",
    "for type checking": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from app.db import SessionLocal"
    ),
    "something else": "from app.db import engine",
    "a namesake": "from app.fakes import SessionLocal",
}


@pytest.mark.parametrize("source", IMPORTS.values(), ids=IMPORTS)
def test_an_import_of_a_factory_is_found(source: str) -> None:
    files = {"app/db.py": DB, "app/fakes.py": "SessionLocal = print", "app/jobs.py": f"{source}\n"}
    assert _imports(linked(files)) == marked(files, "imported")
