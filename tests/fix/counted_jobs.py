"""Jobs and their parts: the models, as text for a project and as tables in memory."""

from __future__ import annotations

from typing import Any

MODELS = """
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Job(Base):
    __tablename__ = "jobs"
    id = Column(Integer, primary_key=True)
    status = Column(String)


class Part(Base):
    __tablename__ = "parts"
    id = Column(Integer, primary_key=True)
    job_id = Column(ForeignKey("jobs.id"))
    name = Column(String)
"""


def in_memory() -> tuple[dict[str, Any], Any]:
    """The models by name, and an engine whose database has their tables."""
    import sqlalchemy

    models: dict[str, Any] = {}
    exec(MODELS, models)
    engine = sqlalchemy.create_engine("sqlite://")
    models["Base"].metadata.create_all(engine)
    return models, engine
