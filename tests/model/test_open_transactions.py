"""Which transaction is open where something happens."""

from __future__ import annotations

import pytest

from model.written import linked, operations, scope_of

HEAD = """
from contextlib import contextmanager
from sqlalchemy import text
from sqlalchemy.orm import Session


@contextmanager
def begun(session: Session):
    with session.begin():
        yield session


def work(session: Session, flag):
"""


def open_at_add(text: str) -> str | None:
    """How the transaction was begun that is open where the function ``work`` adds something."""
    body = "\n".join(f"    {line}" for line in text.splitlines())
    project = linked({"app.py": f"{HEAD}{body}\n"})
    found = {each.begun and each.begun.how for each in operations(project, "app.work", "write")}
    (how,) = found
    return how


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("session.add(flag)", None),
        ("session.begin()\nsession.add(flag)", "begin"),
        ("with session.begin():\n    session.add(flag)", "block"),
        ("with begun(session):\n    session.add(flag)", "block"),
        ("session.get(str, 1)\nsession.add(flag)", "statement"),
        ("session.get(str, 1)\nsession.commit()\nsession.add(flag)", None),
        ("with session.begin():\n    session.get(str, 1)\nsession.add(flag)", None),
        ("if flag:\n    session.begin()\nsession.add(flag)", "begin"),
        ("for _ in flag:\n    with session.begin():\n        continue\nsession.add(flag)", None),
        (
            (
                "try:\n    with session.begin():\n        flag()\nexcept OSError:\n    pass\n"
                "session.add(flag)"
            ),
            None,
        ),
    ],
)
def test_a_path_knows_what_is_begun(text: str, how: str | None) -> None:
    assert open_at_add(text) == how


def test_what_a_block_does_at_its_end_is_told_apart() -> None:
    project = linked({"app.py": f"{HEAD}    with session.begin():\n        session.flush()\n"})
    run = project.run(scope_of(project, "app.work"))
    assert {each.effect.kind for each in run.operations if each.leaving} == {"commit"}


def test_an_operation_knows_the_tries_around_it() -> None:
    text = "    try:\n        session.flush()\n    except OSError:\n        session.rollback()\n"
    project = linked({"app.py": f"{HEAD}{text}"})
    (flush,) = operations(project, "app.work", "flush")
    (rollback,) = operations(project, "app.work", "rollback")
    assert (len(flush.tries), len(rollback.tries)) == (1, 0)
