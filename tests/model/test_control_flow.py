"""What happens to the database is told for paths: branches, loops, failures and early exits."""

from __future__ import annotations

import pytest

from connlint.config.standard import Standard, States
from connlint.model.project import Project
from model.written import lines, linked, marked, operations, own_places

STATES = Standard(states=States(persist=("DONE", "FAILED"), transient=("NEW", "BUSY")))


def _run(body: str, standard: Standard | None = None) -> Project:
    return linked({"app/jobs.py": f"from sqlalchemy.orm import Session\n{body}"}, standard)


REACHED = {
    "both branches": """
def work(tx: Session, job, urgent):
    if urgent:
        tx.add(job)
    else:
        tx.delete(job)
    tx.commit()  # commits
""",
    "a loop that may run": """
def work(tx: Session, jobs):
    for job in jobs:
        tx.add(job)
    tx.commit()  # commits
""",
    "a while loop": """
def work(tx: Session, queue):
    while queue:
        tx.add(queue.pop())
        if len(queue) == 3:
            break
    else:
        tx.commit()  # commits
    tx.commit()  # commits
""",
    "try, except, else and finally": """
def work(tx: Session, job):
    try:
        tx.add(job)
    except ValueError:
        tx.commit()  # commits
    else:
        tx.commit()  # commits
    finally:
        tx.commit()  # commits
""",
    "match": """
def work(tx: Session, job, kind):
    tx.add(job)
    match kind:
        case "now":
            tx.commit()  # commits
        case {"later": when} if when:
            tx.commit()  # commits
        case _:
            tx.commit()  # commits
""",
    "comprehensions": """
def work(tx: Session, jobs):
    [tx.add(job) for job in jobs]
    {job: tx.commit() for job in jobs}  # commits
""",
    "a nested function": """
def work(tx: Session, job):
    def store():
        tx.add(job)
        tx.commit()  # commits

    store()
""",
    "a lambda": """
def work(tx: Session, job):
    store = lambda: tx.commit()  # commits
    tx.add(job)
    store()
""",
    "behind an exit that is not taken": """
def work(tx: Session, job):
    if job is None:
        return
    tx.add(job)
    tx.commit()  # commits
""",
    "in an operand": """
def work(tx: Session, job):
    tx.add(job)
    return job and tx.commit()  # commits
""",
    "in a nested with": """
def work(tx: Session, job, lock):
    with lock, open("log") as log:
        tx.add(job)
        tx.commit()  # commits
""",
    "in an async loop": """
async def work(tx: Session, jobs):
    async for job in jobs:
        tx.add(job)
        tx.commit()  # commits
""",
}


@pytest.mark.parametrize("body", REACHED.values(), ids=REACHED)
def test_every_path_is_followed(body: str) -> None:
    files = {"app/jobs.py": f"from sqlalchemy.orm import Session\n{body}"}
    assert own_places(linked(files), "commit") == marked(files, "commits")


NEVER = {
    "behind return": """
def work(tx: Session, job):
    return job
    tx.commit()
""",
    "behind raise": """
def work(tx: Session, job):
    raise ValueError(job)
    tx.commit()
""",
    "behind branches that all leave": """
def work(tx: Session, job):
    if job:
        return 1
    else:
        raise ValueError(job)
    tx.commit()
""",
    "behind a loop without an end": """
def work(tx: Session, queue):
    while True:
        queue.get()
    tx.commit()
""",
    "behind continue": """
def work(tx: Session, jobs):
    for job in jobs:
        continue
        tx.commit()
""",
    "behind sys.exit": """
import sys

def work(tx: Session, job):
    sys.exit(1)
    tx.commit()
""",
    "behind a call that always raises": """
def refuse(job):
    raise ValueError(job)

def work(tx: Session, job):
    refuse(job)
    tx.commit()
""",
    "in a function that is only defined": """
def work(tx: Session, job):
    def store(other: Session):
        other.close()

    return 3
""",
    "behind a match that always leaves": """
def work(tx: Session, job):
    match job:
        case 1:
            return 1
        case _:
            return 2
    tx.commit()
""",
    "behind try and finally that leave": """
def work(tx: Session, job):
    try:
        return job
    finally:
        job.done()
    tx.commit()
""",
}


@pytest.mark.parametrize("body", NEVER.values(), ids=NEVER)
def test_what_no_path_reaches_does_not_happen(body: str) -> None:
    assert operations(_run(body), "app.jobs.work", "commit") == []


WRITES = {
    "on the same path": ("""
def work(tx: Session, job):
    tx.add(job)
    tx.commit()
""", True),
    "on one of two paths": ("""
def work(tx: Session, job, urgent):
    if urgent:
        tx.add(job)
    tx.commit()
""", True),
    "in the iteration before": ("""
def work(tx: Session, jobs):
    for job in jobs:
        tx.commit()
        tx.add(job)
""", True),
    "in what failed": ("""
def work(tx: Session, job):
    try:
        tx.add(job)
        job.check()
    except ValueError:
        tx.commit()
""", True),
    "reads only": ("""
from sqlalchemy import select, text

def work(tx: Session, Job):
    tx.execute(select(Job))
    tx.execute(text("SELECT 1"))
    tx.query(Job).all()
    tx.commit()
""", False),
    "on another path": ("""
def work(tx: Session, job, urgent):
    if urgent:
        tx.add(job)
        return
    tx.commit()
""", False),
    "before the last commit": ("""
def work(tx: Session, job):
    tx.add(job)
    tx.flush()
    tx.rollback()
    tx.commit()
""", False),
    "on another session": ("""
def work(tx: Session, other: Session, job):
    other.add(job)
    tx.commit()
""", False),
    "text that writes": ("""
from sqlalchemy import text

def work(tx: Session):
    tx.execute(text("WITH old AS (SELECT 1) DELETE FROM jobs"))
    tx.commit()
""", True),
    "a statement that is not known": ("""
def work(tx: Session, statement):
    tx.execute(statement)
    tx.commit()
""", True),
    "an unknown function that is given the session": ("""
from elsewhere import store

def work(tx: Session, job):
    store(tx, job)
    tx.commit()
""", True),
    "an attribute of what was loaded": ("""
def work(tx: Session, Job, key):
    job = tx.get(Job, key)
    job.size = 3
    tx.commit()
""", True),
}  # fmt: skip


@pytest.mark.parametrize(("body", "writes"), WRITES.values(), ids=WRITES)
def test_a_commit_knows_whether_there_is_something_to_commit(body: str, writes: bool) -> None:
    last = operations(_run(body), "app.jobs.work", "commit")[-1]
    assert last.effect.writes is writes


LOOPS = {
    "none": ("tx.commit()", []),
    "for": ("for job in jobs:\n        tx.commit()", ["for"]),
    "while": ("while jobs:\n        tx.commit()", ["while"]),
    "a comprehension": ("[tx.commit() for job in jobs]", ["comprehension"]),
    "two": ("for job in jobs:\n        while job:\n            tx.commit()", ["for", "while"]),
    "the else of a loop": ("for job in jobs:\n        pass\n    else:\n        tx.commit()", []),
    "behind a loop": ("for job in jobs:\n        job()\n    tx.commit()", []),
    "the loop's source": ("for job in tx.commit() or jobs:\n        pass", []),
}


@pytest.mark.parametrize(("body", "loops"), LOOPS.values(), ids=LOOPS)
def test_an_operation_knows_its_loops(body: str, loops: list[str]) -> None:
    project = _run(f"\ndef work(tx: Session, jobs):\n    {body}\n")
    (commit,) = operations(project, "app.jobs.work", "commit")
    assert [loop.kind for loop in commit.loops] == loops


def test_a_nested_function_is_a_function_of_its_own() -> None:
    project = _run("""
def work(tx: Session, jobs):
    for job in jobs:
        def store():
            tx.commit()

        job.on_done(store)
""")
    (inner,) = operations(project, "app.jobs.work.<locals>.store", "commit")
    assert inner.own
    assert inner.loops == ()


CLOSURES = {
    "what is bound before": """
def work(tx: Session, job):
    job.status = "BUSY"

    def store():
        tx.commit()

    store()
""",
    "what is passed on": """
def work(tx: Session, job):
    def store(other):
        other.status = "BUSY"
        tx.commit()

    store(job)
""",
    "two levels": """
def work(tx: Session, job):
    job.status = "BUSY"

    def outer():
        def inner():
            tx.commit()

        inner()

    outer()
""",
    "an object that only the function around it holds": """
def work(tx: Session, job):
    def store():
        job.status = "BUSY"
        tx.commit()

    store()
""",
}


@pytest.mark.parametrize("body", CLOSURES.values(), ids=CLOSURES)
def test_closures_see_what_is_around_them(body: str) -> None:
    (commit,) = operations(_run(body, STATES), "app.jobs.work", "commit")
    assert commit.effect.states | commit.effect.latest == {"BUSY"}


def test_a_return_inside_a_with_block_leaves_through_its_exit() -> None:
    project = _run("""
def work(engine, job):
    with Session(engine) as tx, tx.begin():
        tx.add(job)
        if job:
            return job
        tx.add(job)
    return None
""")
    assert lines(project, "app.jobs.work", "commit") == [4]
    assert lines(project, "app.jobs.work", "close") == [4]
    assert all(each.effect.writes for each in operations(project, "app.jobs.work", "commit"))


def test_an_exception_drops_what_the_block_did_not_commit() -> None:
    project = _run("""
def work(engine, other: Session, job):
    try:
        with Session(engine) as tx:
            tx.add(job)
            tx.commit()
    except ValueError:
        other.commit()
""")
    inner, outer = operations(project, "app.jobs.work", "commit")
    assert inner.effect.writes
    assert not outer.effect.writes
