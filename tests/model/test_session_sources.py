"""What makes a value a session: annotations, callers, names; and where it is said to come from."""

from __future__ import annotations

import pytest

from connlint.config.standard import Sessions, Standard
from model.written import DB, linked, marked, own_places

ANNOTATED = {
    "Session": "from sqlalchemy.orm import Session\n\ndef work(job, tx: Session):",
    "AsyncSession": (
        "from sqlalchemy.ext.asyncio import AsyncSession\n\ndef work(job, tx: AsyncSession):"
    ),
    "by module": "import sqlalchemy.orm as orm\n\ndef work(job, tx: orm.Session):",
    "SQLModel's": "from sqlmodel import Session\n\ndef work(job, tx: Session):",
    "scoped_session": (
        "from sqlalchemy.orm import Session, scoped_session\n\n"
        "def work(job, tx: scoped_session[Session]):"
    ),
    "sqlite3": "import sqlite3\n\ndef work(job, tx: sqlite3.Connection):",
    "Optional": (
        "from typing import Optional\n\nfrom sqlalchemy.orm import Session\n\n"
        "def work(job, tx: Optional[Session] = None):"
    ),
    "or None": (
        "from sqlalchemy.orm import Session\n\ndef work(job, tx: Session | None = None):"
    ),
    "text": "from sqlalchemy.orm import Session\n\ndef work(job, tx: 'Session'):",
    "text with or": "from sqlalchemy.orm import Session\n\ndef work(job, tx: 'Session | None'):",
    "text inside": (
        "from typing import Optional\n\nfrom sqlalchemy.orm import Session\n\n"
        "def work(job, tx: Optional['Session']):"
    ),
    "for type checking": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    from sqlalchemy.orm import Session\n\ndef work(job, tx: 'Session'):"
    ),
    "an alias": (
        "from sqlalchemy.orm import Session\n\nTx = Session\n\ndef work(job, tx: Tx):"
    ),
    "a type for type checkers": (
        "from typing import NewType\n\nfrom sqlalchemy.orm import Session\n\n"
        "Tx = NewType('Tx', Session)\n\ndef work(job, tx: Tx):"
    ),
    "a subclass": (
        "from sqlalchemy.orm import Session\n\nclass Tx(Session):\n    pass\n\n"
        "def work(job, tx: Tx):"
    ),
    "Annotated": (
        "from typing import Annotated\n\nfrom sqlalchemy.orm import Session\n\n"
        "def work(job, tx: Annotated[Session, 'the main one']):"
    ),
}  # fmt: skip


@pytest.mark.parametrize("opening", ANNOTATED.values(), ids=ANNOTATED)
def test_an_annotation_makes_a_session(opening: str) -> None:
    source = f"{opening}\n    tx.add(job)\n    tx.commit()  # commits\n"
    files = {"app/jobs.py": source}
    assert own_places(linked(files), "commit") == marked(files, "commits")


BY_CALLER = """
    from app.db import SessionLocal

    def store(tx, job):
        tx.add(job)
        tx.commit()  # commits

    def forget(tx, job):
        tx.discard(job)

    def work(job):
        with SessionLocal() as session:
            store(session, job)
"""


def test_a_parameter_is_what_a_caller_passes() -> None:
    files = {"app/db.py": DB, "app/jobs.py": BY_CALLER}
    assert own_places(linked(files), "commit") == marked(files, "commits")


BY_NAME = """
    def used(session, job):
        session.add(job)
        session.commit()  # commits

    def with_cursor(cursor):
        cursor.execute("DELETE FROM jobs")
        cursor.connection.commit()

    class Store:
        def __init__(self, db):
            self.db = db

        def save(self, job):
            self.db.add(job)
            self.db.commit()  # commits

    class Lazy:
        @property
        def session(self):
            return registry_of(self)

        def save(self, job):
            self.session.add(job)
            self.session.commit()  # commits

    def attribute(request, job):
        request.state.session.add(job)
        request.state.session.commit()  # commits

    def elsewhere(tx, job):
        tx.add(job)
        tx.commit()
"""


def test_a_name_makes_a_session_where_it_is_used_as_one() -> None:
    files = {"app/jobs.py": BY_NAME}
    assert own_places(linked(files), "commit") == marked(files, "commits")


def test_the_standard_says_which_names_count() -> None:
    source = """
        def by_own_name(tx, job):
            tx.add(job)
            tx.commit()  # commits

        def by_default_name(session, job):
            session.add(job)
            session.commit()
    """
    files = {"app/jobs.py": source}
    standard = Standard(sessions=Sessions(names=("tx",)))
    assert own_places(linked(files, standard), "commit") == marked(files, "commits")


ORIGINS = {
    "provider": "from app.db import opened\n\ndef work():\n    tx = opened()\n    tx.commit()",
    "factory": (
        "from app.db import SessionLocal\n\ndef work():\n    tx = SessionLocal()\n    tx.commit()"
    ),
    "constructor": (
        "from sqlalchemy.orm import Session\n\ndef work(engine):\n"
        "    tx = Session(engine)\n    tx.commit()"
    ),
    "parameter": (
        "from sqlalchemy.orm import Session\n\ndef work(tx: Session):\n    tx.commit()"
    ),
    "attribute": (
        "from app.db import SessionLocal\n\nclass Store:\n    def __init__(self):\n"
        "        self.tx = SessionLocal()\n\n    def work(self):\n        self.tx.commit()"
    ),
    "global": (
        "from app.db import SessionLocal\n\ntx = SessionLocal()\n\ndef work():\n    tx.commit()"
    ),
    "name": "def work(request):\n    request.db.commit()",
}  # fmt: skip


@pytest.mark.parametrize(("origin", "source"), ORIGINS.items(), ids=ORIGINS)
def test_a_session_knows_where_it_comes_from(origin: str, source: str) -> None:
    db = f"{DB}\n    def opened():\n        return SessionLocal()\n"
    standard = Standard(sessions=Sessions(providers=("app.db.opened",)))
    project = linked({"app/db.py": db, "app/jobs.py": source}, standard)
    kinds = [
        operation.origin.kind
        for scope, operation in project.operations()
        if operation.own and operation.effect.kind == "commit" and operation.origin
    ]
    assert kinds == [origin]
