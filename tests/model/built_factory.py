"""The module that makes the session factory and the one that uses it, built node by node."""

from __future__ import annotations

from model.built import File, call, const, let

FACTORY = "app.db.SessionLocal"


def factory_file() -> File:
    """``SessionLocal = sessionmaker(bind=create_engine(...))``."""
    file = File("app/db.py", "app.db")
    return file.holds(
        file.take("sqlalchemy", "create_engine"),
        file.take("sqlalchemy.orm", "sessionmaker"),
        let("SessionLocal", call("sessionmaker", bind=call("create_engine", const("sqlite://")))),
    )


def jobs() -> File:
    """The file that is to open sessions; empty still."""
    return File("app/jobs.py", "app.jobs")
