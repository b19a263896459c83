"""The body of a module in, the states that entities may have at its last commit out."""

from __future__ import annotations

from textwrap import dedent

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


def states_at_commit(body: str, standard: Standard = STANDARD) -> set[str | None]:
    """The states at the last commit of ``work``."""
    project = linked({"app/models.py": MODELS, "app/jobs.py": f"{HEAD}{dedent(body)}"}, standard)
    return set(operations(project, "app.jobs.work", "commit")[-1].effect.states)
