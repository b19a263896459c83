"""The states that entities may have at a commit, on the path that leads to it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from connlint.config.standard import Standard, States
from model.written import linked, operations

STANDARD = Standard(
    states=States(fields=("status",), persist=("DONE", "FAILED"), transient=("NEW", "BUSY"))
)
MODELS = """
    import enum

    from sqlalchemy import Column, Enum, Integer, String
    from sqlalchemy.orm import DeclarativeBase

    class Status(enum.Enum):
        NEW = "new"
        BUSY = "busy"
        DONE = "done"
        FAILED = "failed"

    class Base(DeclarativeBase):
        pass

    class Job(Base):
        __tablename__ = "jobs"
        id = Column(Integer, primary_key=True)
        status = Column(String)

    class Queued(Base):
        __tablename__ = "queued"
        id = Column(Integer, primary_key=True)
        status = Column(Enum(Status), default=Status.NEW)
"""
HEAD = """
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.models import Job, Queued, Status
"""


def _states(body: str, standard: Standard = STANDARD) -> set[str | None]:
    """The states at the last commit of ``work``."""
    project = linked({"app/models.py": MODELS, "app/jobs.py": f"{HEAD}{dedent(body)}"}, standard)
    return set(operations(project, "app.jobs.work", "commit")[-1].effect.states)


WRITTEN = {
    "an assignment": """
        def work(tx: Session, job):
            job.status = "BUSY"
            tx.commit()
    """,
    "an enum member": """
        def work(tx: Session, job):
            job.status = Status.BUSY
            tx.commit()
    """,
    "an enum member's value": """
        def work(tx: Session, job):
            job.status = Status.BUSY.value
            tx.commit()
    """,
    "an enum member in brackets": """
        def work(tx: Session, job):
            job.status = Status["BUSY"]
            tx.commit()
    """,
    "a constant of the module": """
        STATE = "BUSY"

        def work(tx: Session, job):
            job.status = STATE
            tx.commit()
    """,
    "a local variable": """
        def work(tx: Session, job):
            state = Status.BUSY
            job.status = state
            tx.commit()
    """,
    "a constructor keyword": """
        def work(tx: Session):
            job = Job(id=1, status="BUSY")
            tx.add(job)
            tx.commit()
    """,
    "a constructor inside a call": """
        def work(tx: Session):
            tx.add(Job(id=1, status=Status.BUSY))
            tx.commit()
    """,
    "keywords from a dictionary": """
        def work(tx: Session):
            fields = {"status": "BUSY"}
            tx.add(Job(**fields))
            tx.commit()
    """,
    "values of a statement": """
        def work(tx: Session, key):
            tx.execute(update(Job).where(Job.id == key).values(status="BUSY"))
            tx.commit()
    """,
    "values from a dictionary": """
        def work(tx: Session, key):
            tx.execute(insert(Job).values({"status": "BUSY"}))
            tx.commit()
    """,
    "an update of a query": """
        def work(tx: Session, key):
            tx.query(Job).filter(Job.id == key).update({"status": "BUSY"})
            tx.commit()
    """,
    "an update by column": """
        def work(tx: Session, key):
            tx.query(Job).filter(Job.id == key).update({Job.status: "BUSY"})
            tx.commit()
    """,
    "setattr": """
        def work(tx: Session, job):
            setattr(job, "status", "BUSY")
            tx.commit()
    """,
    "a helper that takes the state": """
        def enter(job, state):
            job.status = state

        def work(tx: Session, job):
            enter(job, "BUSY")
            tx.commit()
    """,
    "a helper with a default": """
        def enter(job, state=Status.BUSY):
            job.status = state

        def work(tx: Session, job):
            enter(job)
            tx.commit()
    """,
    "a nested function that sets it": """
        def work(tx: Session, job):
            def enter():
                job.status = "BUSY"

            enter()
            tx.commit()
    """,
    "a nested function that sets that of a new one": """
        def work(tx: Session):
            job = Job(id=1, status="DONE")

            def enter():
                job.status = "BUSY"

            enter()
            tx.add(job)
            tx.commit()
    """,
    "a method that sets its own state": """
        class Upload(Job):
            def begin(self):
                self.status = "BUSY"

        def work(tx: Session, upload: Upload):
            upload.begin()
            tx.commit()
    """,
    "a function that makes the entity": """
        def made():
            return Job(status="BUSY")

        def work(tx: Session):
            tx.add(made())
            tx.commit()
    """,
    "the last of several assignments": """
        def work(tx: Session, job):
            job.status = "DONE"
            job.status = "BUSY"
            tx.commit()
    """,
    "a match": """
        def work(tx: Session, job, kind):
            match kind:
                case "a":
                    job.status = "BUSY"
                case _:
                    return
            tx.commit()
    """,
    "both branches alike": """
        def work(tx: Session, job, first):
            if first:
                job.status = Status.BUSY
            else:
                job.status = "BUSY"
            tx.commit()
    """,
}


@pytest.mark.parametrize("body", WRITTEN.values(), ids=WRITTEN)
def test_a_state_is_known_however_it_is_written(body: str) -> None:
    assert _states(body) == {"BUSY"}


SEVERAL = {
    "a conditional expression": (
        """
        def work(tx: Session, job, ok):
            job.status = "DONE" if ok else "BUSY"
            tx.commit()
        """,
        {"DONE", "BUSY"},
    ),
    "two branches": (
        """
        def work(tx: Session, job, ok):
            if ok:
                job.status = "DONE"
            else:
                job.status = "BUSY"
            tx.commit()
        """,
        {"DONE", "BUSY"},
    ),
    "one branch": (
        """
        def work(tx: Session, job, ok):
            job.status = "BUSY"
            if ok:
                job.status = "DONE"
            tx.commit()
        """,
        {"DONE", "BUSY"},
    ),
    "a failure": (
        """
        def work(tx: Session, job):
            try:
                job.status = "DONE"
                job.check()
            except ValueError:
                job.status = "FAILED"
            tx.commit()
        """,
        {"DONE", "FAILED"},
    ),
    "two entities": (
        """
        def work(tx: Session, job, other):
            job.status = "DONE"
            other.status = "BUSY"
            tx.commit()
        """,
        {"DONE", "BUSY"},
    ),
    "a loop": (
        """
        def work(tx: Session, jobs):
            for job in jobs:
                job.status = "BUSY"
            tx.commit()
        """,
        {"BUSY"},
    ),
    "a state from data": (
        """
        def work(tx: Session, job, data):
            job.status = data["status"]
            tx.commit()
        """,
        {None},
    ),
    "the commit before": (
        """
        def work(tx: Session, job):
            job.status = "BUSY"
            tx.commit()
            job.status = "DONE"
            tx.commit()
        """,
        {"DONE"},
    ),
    "no state at all": (
        """
        def work(tx: Session, job):
            job.size = 3
            tx.commit()
        """,
        set(),
    ),
    "another field of the same value": (
        """
        def work(tx: Session, job):
            job.label = "BUSY"
            tx.commit()
        """,
        set(),
    ),
}


@pytest.mark.parametrize(("body", "states"), SEVERAL.values(), ids=SEVERAL)
def test_states_of_all_paths_meet(body: str, states: set[str | None]) -> None:
    assert _states(body) == states


GUARDS = {
    "equal": ('if job.status == "BUSY":', {"BUSY"}),
    "equal, turned round": ('if "BUSY" == job.status:', {"BUSY"}),
    "an enum member": ("if job.status == Status.BUSY:", {"BUSY"}),
    "a member's value": ("if job.status == Status.BUSY.value:", {"BUSY"}),
    "is": ("if job.status is Status.BUSY:", {"BUSY"}),
    "one of several": ('if job.status in ("BUSY", "DONE"):', {"BUSY", "DONE"}),
    "one of a list": ("if job.status in [Status.BUSY, Status.DONE]:", {"BUSY", "DONE"}),
    "and": ('if job.size and job.status == "BUSY":', {"BUSY"}),
    "or": ('if job.status == "BUSY" or job.status == "DONE":', {"BUSY", "DONE"}),
    "not": ('if not job.status != "BUSY":', {"BUSY"}),
}


@pytest.mark.parametrize(("test", "states"), GUARDS.values(), ids=GUARDS)
def test_a_guard_narrows(test: str, states: set[str | None]) -> None:
    body = f"""
        def work(tx: Session, job):
            {test}
                job.size = 3
                tx.commit()
    """
    assert _states(body) == states


def test_a_guard_that_leaves_narrows_what_follows() -> None:
    body = """
        def work(tx: Session, job):
            if job.status not in ("DONE", "FAILED"):
                return
            job.size = 3
            tx.commit()
    """
    assert _states(body) == {"DONE", "FAILED"}


def test_a_guard_on_what_is_known_cuts_the_path() -> None:
    body = """
        def work(tx: Session, job):
            job.status = "BUSY"
            if job.status == "DONE":
                tx.add(job)
                job.status = "FAILED"
            tx.commit()
    """
    assert _states(body) == {"BUSY"}


def test_a_match_narrows_its_subject() -> None:
    body = """
        def work(tx: Session, job):
            match job.status:
                case "BUSY" | "NEW":
                    job.size = 3
                    tx.commit()
    """
    assert _states(body) == {"BUSY", "NEW"}


def test_the_column_says_what_a_new_entity_starts_with() -> None:
    body = """
        def work(tx: Session):
            tx.add(Queued(id=1))
            tx.commit()
    """
    assert _states(body) == {"NEW"}


@pytest.mark.parametrize(
    ("persist", "label"), [(("DONE",), "BUSY"), (("done", "busy"), "busy")], ids=["name", "value"]
)
def test_an_enum_member_goes_by_the_declared_word(persist: tuple[str, ...], label: str) -> None:
    body = """
        def work(tx: Session, job):
            job.status = Status.BUSY
            tx.commit()
    """
    assert _states(body, Standard(states=States(persist=persist))) == {label}


def test_the_standard_says_which_fields_hold_a_state() -> None:
    body = """
        def work(tx: Session, job):
            job.status = "BUSY"
            job.phase = "NEW"
            tx.commit()
    """
    standard = Standard(states=States(fields=("phase",), persist=("DONE",)))
    assert _states(body, standard) == {"NEW"}


def test_without_declared_states_nothing_is_judged() -> None:
    body = """
        def work(tx: Session, job):
            job.status = "BUSY"
            tx.commit()
    """
    assert _states(body, Standard()) == set()


def test_a_callee_commits_what_its_caller_set() -> None:
    body = """
        def store(tx: Session):
            tx.commit()

        def work(tx: Session, job):
            job.status = "BUSY"
            store(tx)
    """
    assert _states(body) == {"BUSY"}
