"""What a test of an entity's state says about the state on the path behind it."""

from __future__ import annotations

import pytest

from model.entity_states import states_at_commit

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
    assert states_at_commit(body) == states


def test_a_guard_that_leaves_narrows_what_follows() -> None:
    body = """
        def work(tx: Session, job):
            if job.status not in ("DONE", "FAILED"):
                return
            job.size = 3
            tx.commit()
    """
    assert states_at_commit(body) == {"DONE", "FAILED"}


def test_a_guard_on_what_is_known_cuts_the_path() -> None:
    body = """
        def work(tx: Session, job):
            job.status = "BUSY"
            if job.status == "DONE":
                tx.add(job)
                job.status = "FAILED"
            tx.commit()
    """
    assert states_at_commit(body) == {"BUSY"}


def test_a_match_narrows_its_subject() -> None:
    body = """
        def work(tx: Session, job):
            match job.status:
                case "BUSY" | "NEW":
                    job.size = 3
                    tx.commit()
    """
    assert states_at_commit(body) == {"BUSY", "NEW"}
