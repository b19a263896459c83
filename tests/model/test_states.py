"""The states that entities may have at a commit, on the path that leads to it."""

from __future__ import annotations

import pytest

from connlint.config.standard import Standard, States
from model.entity_states import states_at_commit

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
    assert states_at_commit(body) == {"BUSY"}


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
    assert states_at_commit(body) == states


def test_the_column_says_what_a_new_entity_starts_with() -> None:
    body = """
        def work(tx: Session):
            tx.add(Queued(id=1))
            tx.commit()
    """
    assert states_at_commit(body) == {"NEW"}


@pytest.mark.parametrize(
    ("persist", "label"), [(("DONE",), "BUSY"), (("done", "busy"), "busy")], ids=["name", "value"]
)
def test_an_enum_member_goes_by_the_declared_word(persist: tuple[str, ...], label: str) -> None:
    body = """
        def work(tx: Session, job):
            job.status = Status.BUSY
            tx.commit()
    """
    assert states_at_commit(body, Standard(states=States(persist=persist))) == {label}


def test_the_standard_says_which_fields_hold_a_state() -> None:
    body = """
        def work(tx: Session, job):
            job.status = "BUSY"
            job.phase = "NEW"
            tx.commit()
    """
    standard = Standard(states=States(fields=("phase",), persist=("DONE",)))
    assert states_at_commit(body, standard) == {"NEW"}


def test_without_declared_states_nothing_is_judged() -> None:
    body = """
        def work(tx: Session, job):
            job.status = "BUSY"
            tx.commit()
    """
    assert states_at_commit(body, Standard()) == set()


def test_a_callee_commits_what_its_caller_set() -> None:
    body = """
        def store(tx: Session):
            tx.commit()

        def work(tx: Session, job):
            job.status = "BUSY"
            store(tx)
    """
    assert states_at_commit(body) == {"BUSY"}
