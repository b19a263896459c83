"""Which functions are proposed as dependencies, and what that makes of the factory behind them."""

from __future__ import annotations

from detect.written_programs import FACTORY, SETTINGS, detected, users

ROUTES = """
    from fastapi import APIRouter, Depends

    from app.deps import get_db

    router = APIRouter()


    @router.get("/a{n}")
    def read_{n}(db=Depends(get_db)):
        return db.query(object).all()
"""
DEPENDENCY = """
    from app.db import SessionLocal


    def get_db():
        db = SessionLocal()
        try:
            yield db
        finally:
            db.close()
"""


def test_what_a_framework_injects_is_a_dependency() -> None:
    files = {"app/settings.py": SETTINGS, "app/db.py": FACTORY, "app/deps.py": DEPENDENCY}
    sessions = detected(files | users(5, ROUTES)).standard.sessions
    assert sessions.dependencies == ("app.deps.get_db",)
    assert sessions.providers == ()
    assert set(sessions.owners) == {"app/db.py", "app/deps.py"}


def test_a_factory_that_only_a_dependency_wraps_may_be_called_directly() -> None:
    task = """
        from app.db import SessionLocal


        def run_{n}():
            with SessionLocal() as session:
                session.commit()
    """
    files = {"app/settings.py": SETTINGS, "app/db.py": FACTORY, "app/deps.py": DEPENDENCY}
    found = detected(files | users(3, ROUTES) | users(3, task, "app/tasks")).standard.sessions
    assert found.providers == ("app.db.SessionLocal",)
    assert found.forbidden == ()


def test_injections_through_an_alias_of_the_annotation_count() -> None:
    deps = (
        DEPENDENCY
        + """

    from typing import Annotated

    from fastapi import Depends
    from sqlalchemy.orm import Session

    SessionDep = Annotated[Session, Depends(get_db)]
    """
    )
    route = """
        from app.deps import SessionDep


        def read_{n}(session: SessionDep):
            return session.query(object).all()
    """
    files = {"app/settings.py": SETTINGS, "app/db.py": FACTORY, "app/deps.py": deps}
    found = detected(files | users(4, route))
    assert found.standard.sessions.dependencies == ("app.deps.get_db",)
    assert (
        found.reasons("sessions.dependencies")[0].reason == "generator, injected into 4 functions"
    )
