"""Sessions that a framework injects, and the provider that each of them comes from."""

from __future__ import annotations

from model.written import DB, linked, marked, operations, own_places

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
