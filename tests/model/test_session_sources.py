"""What makes a value a session: annotations, injection, callers, names; and what does not."""

from __future__ import annotations

import pytest

from connlint.config.standard import Sessions, Standard
from model.written import DB, linked, marked, operations, own_places

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


DEPENDS = """
    from typing import Annotated

    from fastapi import APIRouter, Depends
    from sqlalchemy.orm import Session

    from app.db import SessionLocal

    router = APIRouter()

    def get_db():
        with SessionLocal() as session:
            yield session

    DbDep = Annotated[Session, Depends(get_db)]
    Untyped = Annotated[object, Depends(get_db)]
    AsDefault = Depends(get_db)

    @router.post("/named")
    def named(tx: Session = AsDefault):
        tx.commit()  # commits

    @router.post("/default")
    def default(tx=Depends(get_db)):
        tx.commit()  # commits

    @router.post("/typed")
    def typed(tx: Session = Depends(get_db)):
        tx.commit()  # commits

    @router.post("/annotated")
    def annotated(tx: Annotated[Session, Depends(get_db)]):
        tx.commit()  # commits

    @router.post("/alias")
    def alias(tx: DbDep):
        tx.commit()  # commits

    @router.post("/untyped")
    def untyped(tx: Untyped):
        tx.commit()  # commits
"""


def test_an_injected_session_knows_its_provider() -> None:
    files = {"app/db.py": DB, "app/api.py": DEPENDS}
    project = linked(files)
    assert own_places(project, "commit") == marked(files, "commits")
    origins = {
        (operation.origin.kind, operation.origin.name)
        for _, operation in project.operations()
        if operation.own and operation.effect.kind == "commit" and operation.origin
    }
    assert origins == {("injected", "app.api.get_db")}


def test_a_dependency_alias_works_from_another_module() -> None:
    files = {
        "app/db.py": DB,
        "app/deps.py": """
            from typing import Annotated

            from fastapi import Depends
            from sqlalchemy.orm import Session

            from app.db import SessionLocal

            def get_db():
                with SessionLocal() as session:
                    yield session

            SessionDep = Annotated[Session, Depends(get_db)]
        """,
        "app/api.py": """
            from app.deps import SessionDep

            def create(tx: SessionDep, job):
                tx.commit()  # commits
        """,
    }
    project = linked(files)
    assert own_places(project, "commit") == marked(files, "commits")
    (commit,) = operations(project, "app.api.create", "commit")
    assert commit.origin is not None
    assert commit.origin.kind == "injected"


def test_a_class_as_a_dependency_brings_its_session() -> None:
    files = {
        "app/db.py": DB,
        "app/api.py": """
            from fastapi import APIRouter, Depends
            from sqlalchemy.orm import Session

            from app.db import SessionLocal

            router = APIRouter()

            def get_db():
                with SessionLocal() as session:
                    yield session

            class Jobs:
                def __init__(self, tx: Session = Depends(get_db)):
                    self.tx = tx

                def save(self, job):
                    self.tx.add(job)
                    self.tx.commit()  # commits

            @router.post("/jobs")
            def create(job: dict, jobs: Jobs = Depends()):
                jobs.save(job)

            @router.post("/more")
            def more(job: dict, jobs: Jobs = Depends(Jobs)):
                jobs.save(job)
        """,
    }
    project = linked(files)
    assert own_places(project, "commit") == marked(files, "commits")
    assert operations(project, "app.api.create", "commit")
    assert operations(project, "app.api.more", "commit")


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


NO_SESSIONS = {
    "a git repository": """
        import git

        def work(path):
            repo = git.Repo(path)
            repo.index.add([path])
            repo.index.commit("message")
            repo.git.commit("-m", "message")
    """,
    "an unknown repository": """
        def work(repo, message):
            repo.commit(message)
            repo.index.commit(message)
    """,
    "a Kafka consumer": """
        from kafka import KafkaConsumer

        def work():
            consumer = KafkaConsumer("jobs")
            for message in consumer:
                consumer.commit()
    """,
    "another Kafka consumer": """
        from confluent_kafka import Consumer

        def work(settings):
            consumer = Consumer(settings)
            consumer.poll(1)
            consumer.commit(asynchronous=False)
    """,
    "a Redis pipeline": """
        import redis

        def work(job):
            client = redis.Redis()
            pipeline = client.pipeline()
            pipeline.hset("job", mapping=job)
            pipeline.execute()
    """,
    "an HTTP session": """
        import requests

        def work(url):
            session = requests.Session()
            session.get(url)
            session.close()
    """,
    "an HTTP session as a parameter": """
        def work(session, url):
            session.get(url)
            session.post(url)
            return session.delete(url)
    """,
    "an aiohttp session": """
        import aiohttp

        async def work(url):
            async with aiohttp.ClientSession() as session:
                async with session.get(url) as response:
                    return await response.json()
    """,
    "a boto3 session": """
        import boto3

        def work():
            session = boto3.Session()
            return session.client("s3")
    """,
    "a TensorFlow session": """
        import tensorflow as tf

        def work(graph):
            with tf.Session(graph=graph) as session:
                session.run(graph)
    """,
    "Flask's session": """
        from flask import session

        def work(user):
            session["user"] = user
            session.pop("job", None)
            session.clear()
    """,
    "a Whoosh writer": """
        from whoosh.index import open_dir

        def work(path):
            writer = open_dir(path).writer()
            writer.add_document(title="x")
            writer.commit()
    """,
    "a class of the project with a commit": """
        class Form:
            def commit(self):
                self.saved = True

        def work():
            form = Form()
            form.commit()
    """,
    "a parameter that callers pass something else for": """
        import git

        def store(repo):
            repo.commit("message")

        def work(path):
            store(git.Repo(path))
    """,
    "a session by name alone": """
        def work(session):
            session["job"] = 1
            return session.get("user")
    """,
}


@pytest.mark.parametrize("source", NO_SESSIONS.values(), ids=NO_SESSIONS)
def test_what_is_no_session_does_nothing_to_the_database(source: str) -> None:
    project = linked({"app/jobs.py": source})
    kinds = {
        operation.effect.kind
        for _, operation in project.operations()
        if operation.effect.kind != "slow"
    }
    assert kinds == set()


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
