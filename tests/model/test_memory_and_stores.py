"""What functions do to dictionaries that outlive them, which facts go to the database as well, and
what happens to rows."""

from __future__ import annotations

import pytest

from connlint.model.caches import Caches
from connlint.model.memory import Memory
from model.written import linked, scope_of

STORE = """
    from collections import defaultdict

    JOBS: dict = {}
    GROUPS = defaultdict(list)
    LIMIT = 10

    class Service:
        def __init__(self):
            self.jobs = {}
            self.name = "x"

        def work(self, key, value, **fields):
            BODY
"""

ACCESSES = {
    "a new item": ("JOBS[key] = {'status': 'new'}", {("create", "app.store.JOBS", "status")}),
    "a new item of an instance": (
        "self.jobs[key] = Job(status=value)",
        {("create", "app.store.Service.jobs", "status")},
    ),
    "a field of an item": (
        "JOBS[key]['status'] = value",
        {("update", "app.store.JOBS", "status"), ("read", "app.store.JOBS", "")},
    ),
    "an attribute of an item": (
        "self.jobs[key].status = value",
        {("update", "app.store.Service.jobs", "status"), ("read", "app.store.Service.jobs", "")},
    ),
    "through a name": (
        "job = JOBS.get(key)\njob.status = value",
        {("read", "app.store.JOBS", ""), ("update", "app.store.JOBS", "status")},
    ),
    "through the name of what is put in": (
        "job = Job()\nJOBS[key] = job\njob.status = value",
        {("create", "app.store.JOBS", ""), ("update", "app.store.JOBS", "status")},
    ),
    "going over the values": (
        "for job in JOBS.values():\n    job.status = value",
        {("read", "app.store.JOBS", ""), ("update", "app.store.JOBS", "status")},
    ),
    "fields by name": (
        "for name, each in fields.items():\n    setattr(JOBS[key], name, each)",
        {("update", "app.store.JOBS", "*"), ("read", "app.store.JOBS", "")},
    ),
    "update of an item": (
        "JOBS[key].update(status=value)",
        {("update", "app.store.JOBS", "status"), ("read", "app.store.JOBS", "")},
    ),
    "removing": ("JOBS.pop(key)\ndel self.jobs[key]", {
        ("delete", "app.store.JOBS", ""), ("delete", "app.store.Service.jobs", ""),
    }),
    "a default": (
        "JOBS.setdefault(key, {'status': value})",
        {("create", "app.store.JOBS", "status")},
    ),
    "a variable of the function": ("JOBS = {}\nJOBS[key] = {'status': value}", set()),
    "what is no container": ("self.name = value\nvalue[key] = LIMIT", set()),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), ACCESSES.values(), ids=ACCESSES)
def test_what_a_function_does_to_containers(body: str, expected: set[tuple[str, str, str]]) -> None:
    indented = body.replace("\n", "\n" + " " * 12)
    project = linked({"app/store.py": STORE.replace("BODY", indented)})
    accesses = Memory(project.program).accesses(scope_of(project, "app.store.Service.work"))
    assert {
        (each.action, each.container, name)
        for found in accesses.values()
        for each in found
        for name in [fact.name for fact in each.facts] or [""]
    } == expected


def test_a_container_is_the_same_wherever_it_is_imported() -> None:
    files = {
        "app/store.py": "JOBS = {}\n",
        "app/use.py": "def put(key):\n    from app.store import JOBS as jobs\n    jobs[key] = 1\n",
    }
    project = linked(files)
    accesses = Memory(project.program).accesses(scope_of(project, "app.use.put"))
    assert [each.container for found in accesses.values() for each in found] == ["app.store.JOBS"]


DUAL = """
    from sqlalchemy.orm import Session
    from app.repository import save, update

    JOBS: dict = {}

    def work(session: Session, row_class, key, status, error):
        BODY
"""
REPOSITORY = """
    from sqlalchemy.orm import Session

    def save(session: Session, row, status):
        row.status = status
        session.add(row)
        session.flush()

    def update(session: Session, row, **fields):
        for name, value in fields.items():
            setattr(row, name, value)
        session.commit()
"""
PAIRS = {
    "memory first": (
        "JOBS[key]['status'] = status\nsession.add(row_class(status=status))",
        {"status"},
    ),
    "in the transaction": (
        "session.add(row_class(status=status))\nJOBS[key]['status'] = status\nsession.commit()",
        {"status"},
    ),
    "by position": ("JOBS[key]['status'] = status\nsave(session, row_class, status)", {"status"}),
    "through a function that commits": (
        "JOBS[key]['status'] = status\nupdate(session, row_class, status=status)",
        {"status"},
    ),
    "a stored attribute": (
        "r = session.get(row_class, 1)\nr.status = 1\nJOBS[key]['status'] = 1\nsession.commit()",
        {"status"},
    ),
    "SQL": (
        "JOBS[key]['status'] = status\nsession.execute('UPDATE jobs SET status = 1')",
        {"status"},
    ),
    "the same constant": (
        "JOBS[key]['status'] = 'done'\nupdate(session, row_class, status='done')",
        {"status"},
    ),
    "other constants": (
        "JOBS[key]['status'] = 'sent'\nupdate(session, row_class, status='done')",
        set(),
    ),
    "after the commit": (
        "update(session, row_class, status=status)\nJOBS[key]['status'] = status",
        set(),
    ),
    "after leaving the block": (
        "with session.begin():\n    session.add(row_class(status=1))\nJOBS[key]['status'] = 1",
        set(),
    ),
    "on another way": (
        "if key:\n    JOBS[key]['status'] = 1\nelse:\n    session.add(row_class(status=1))",
        set(),
    ),
    "other fields": (
        "JOBS[key]['progress'] = status\nsession.add(row_class(status=status))",
        set(),
    ),
    "keys alone": (
        "JOBS[key] = {'job_id': key, 'id': 1}\nsession.add(row_class(job_id=key, id=1))",
        set(),
    ),
    "which rows, not what is written": (
        "JOBS[key]['status'] = status\nsession.query(row_class).filter_by(status=status).delete()",
        set(),
    ),
}


@pytest.mark.parametrize(("body", "expected"), PAIRS.values(), ids=PAIRS)
def test_which_facts_go_to_both(body: str, expected: set[str]) -> None:
    indented = body.replace("\n", "\n" + " " * 8)
    project = linked(
        {"app/jobs.py": DUAL.replace("BODY", indented), "app/repository.py": REPOSITORY}
    )
    found = project.dual_writes.of(scope_of(project, "app.jobs.work"))
    assert {fact.name for each in found for fact in each.facts} == expected


MODELS = """
    from sqlalchemy.orm import DeclarativeBase

    class Base(DeclarativeBase):
        pass

    class Job(Base):
        __tablename__ = "jobs"
"""
ROWS = """
    from sqlalchemy import delete, insert, select, update
    from sqlalchemy.orm import Session
    from app.models import Job

    def add(session: Session):
        session.add(Job())

    def put(session: Session):
        session.execute(insert(Job))

    def find(session: Session, key):
        return session.query(Job).filter(Job.key == key).first()

    def load(session: Session, key):
        return session.scalar(select(Job).where(Job.key == key))

    def rename(session: Session, key):
        job = session.get(Job, key)
        job.name = "x"

    def change(session: Session):
        session.execute(update(Job))

    def drop(session: Session):
        session.execute(delete(Job))

    def purge(session: Session):
        session.query(Job).filter(Job.old).delete()
"""
DONE = {
    "add": {"create"}, "put": {"create"}, "find": {"read"}, "load": {"read"},
    "rename": {"update"}, "change": {"update"}, "drop": {"delete"}, "purge": {"delete"},
}  # fmt: skip


@pytest.mark.parametrize("function", DONE)
def test_what_a_function_does_to_rows_counts_when_it_is_used(function: str) -> None:
    caller = f"from app.rows import {function}\n\ndef main(session):\n    {function}(session)\n"
    files = {"app/models.py": MODELS, "app/rows.py": ROWS, "app/main.py": caller}
    project = linked(files)
    models = project.stores.models_of([scope_of(project, f"app.rows.{function}")])
    assert set(project.stores.in_database(models).names) == DONE[function]


def test_what_only_tests_use_does_not_count() -> None:
    caller = "from app.rows import add\n\ndef test_add(session):\n    add(session)\n"
    project = linked({"app/models.py": MODELS, "app/rows.py": ROWS, "tests/test_rows.py": caller})
    models = project.stores.models_of([scope_of(project, "app.rows.add")])
    assert models
    assert project.stores.in_database(models).names == ()


CACHED = """
    import redis
    import redis.asyncio as aio

    CLIENT = redis.from_url("redis://localhost")

    class Jobs:
        def __init__(self, client: redis.Redis):
            self.client = client
            self.later = aio.from_url("redis://localhost")
            self.repo = Repo()

        async def work(self, key, value):
            BODY
"""
CACHE_ACCESSES = {
    "a value": ("self.client.set(key, value)", [("create", "app.store.Jobs.client")]),
    "a value that was looked for": (
        "if self.client.exists(key):\n    self.client.hset(key, mapping=value)",
        [("read", "app.store.Jobs.client"), ("update", "app.store.Jobs.client")],
    ),
    "a counter": ("self.client.incr(key)", [("update", "app.store.Jobs.client")]),
    "through a pipeline": (
        "pipe = self.client.pipeline()\npipe.delete(key)\npipe.execute()",
        [("delete", "app.store.Jobs.client")],
    ),
    "in a pipeline block": (
        "with self.client.pipeline() as pipe:\n    pipe.hgetall(key)",
        [("read", "app.store.Jobs.client")],
    ),
    "an asynchronous client": (
        "await self.later.get(key)",
        [("read", "app.store.Jobs.later")],
    ),
    "a client of the module": ("CLIENT.delete(key)", [("delete", "app.store.CLIENT")]),
    "methods of something else": ("self.repo.get(key)\nvalue.set(key)", []),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), CACHE_ACCESSES.values(), ids=CACHE_ACCESSES)
def test_what_a_function_does_to_caches(body: str, expected: list[tuple[str, str]]) -> None:
    indented = body.replace("\n", "\n" + " " * 12)
    project = linked({"app/store.py": CACHED.replace("BODY", indented)})
    accesses = Caches(project.program).accesses(scope_of(project, "app.store.Jobs.work"))
    assert [(each.action, each.container) for each in accesses] == expected


SQL_ROWS = """
    import sqlite3

    class Files:
        def __init__(self):
            self.connection = sqlite3.connect("files.db")

        def run(self, sql, *values):
            return self.connection.execute(sql, values)

        def work(self, key, value):
            BODY
"""
SQL_ACTIONS = {
    "a query": ("self.connection.execute('SELECT a FROM Files')", {"files": {"read"}}),
    "through a method": (
        "self.run('INSERT OR REPLACE INTO files VALUES (?)', key)",
        {"files": {"create"}},
    ),
    "looking and changing": (
        "self.run('SELECT a FROM files')\nself.run('DELETE FROM files')",
        {"files": {"delete"}},
    ),
    "several tables": (
        "self.run('UPDATE files SET a = 1')\nself.run('DELETE FROM parts')",
        {"files": {"update"}, "parts": {"delete"}},
    ),
    "what is not executed": ("print('DELETE FROM files')", {}),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), SQL_ACTIONS.values(), ids=SQL_ACTIONS)
def test_what_sql_text_does_to_rows(body: str, expected: dict[str, set[str]]) -> None:
    indented = body.replace("\n", "\n" + " " * 12)
    project = linked({"app/files.py": SQL_ROWS.replace("BODY", indented)})
    scope = scope_of(project, "app.files.Files.work")
    rows = {model: set(each) for model, each in project.stores.rows_through(scope).items()}
    assert rows == expected
