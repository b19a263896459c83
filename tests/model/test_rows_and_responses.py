"""Which expressions give rows as they are, and what routes declare and return."""

from __future__ import annotations

import pytest

from connlint.facts import types as f
from connlint.model.names import walk
from model.written import linked, scope_of

MODELS = """
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Job(Base):
        __tablename__ = "jobs"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
"""
HEAD = """
import sqlite3
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from app.models import Job


def load(session: Session):
    return session.query(Job).all()


def work(session: Session, job: Job, key):
    connection = sqlite3.connect("jobs.db")
"""
ROWS = {
    "the first of a query": "session.query(Job).first()",
    "all of a query": "session.query(Job).filter(Job.id == key).all()",
    "by key": "session.get(Job, key)",
    "columns of a query": "session.query(Job.id, Job.name).all()",
    "a result's rows": "session.execute(select(Job)).all()",
    "objects of a result": "session.execute(select(Job)).scalars().all()",
    "one object of a result": "session.execute(select(Job)).scalar_one_or_none()",
    "an object at once": "session.scalar(select(Job))",
    "a new object": "Job(name='x')",
    "a parameter": "job",
    "rows of a driver": "connection.execute('SELECT 1').fetchall()",
    "a row of a driver": "connection.cursor().fetchone()",
    "from a function": "load(session)",
    "in a list": "[job, None]",
    "in a dictionary": "{'job': session.get(Job, key)}",
    "one or nothing": "job if key else None",
    "copied": "list(load(session))",
    "gone over": "[each for each in load(session)]",
}
PLAIN = {
    "a count": "session.query(Job).count()",
    "a count at once": "session.scalar(select(func.count()).select_from(Job))",
    "a column": "session.scalars(select(Job.name)).all()",
    "a column of one": "session.execute(select(Job.name)).scalar_one()",
    "a field": "job.name",
    "something made of a row": "dict(name=job.name)",
    "something made of each row": "[each.name for each in load(session)]",
    "what is not known": "key.find(session)",
    "a text": "'job'",
}


def _gives_rows(expression: str) -> bool:
    source = f"{HEAD}    return {expression}\n"
    project = linked({"app/models.py": MODELS, "app/work.py": source})
    scope = scope_of(project, "app.work.work")
    returned = [
        each.value
        for each in walk(project.module(scope[0]).body(scope[1]))
        if isinstance(each, f.Return) and each.value is not None
    ]
    return project.rows.are_given(scope, returned[-1])


@pytest.mark.parametrize("expression", ROWS.values(), ids=ROWS)
def test_rows_are_known(expression: str) -> None:
    assert _gives_rows(expression)


@pytest.mark.parametrize("expression", PLAIN.values(), ids=PLAIN)
def test_what_is_no_row_is_not_taken_for_one(expression: str) -> None:
    assert not _gives_rows(expression)


def test_a_name_stands_for_what_it_was_assigned() -> None:
    source = f"{HEAD}    found = session.get(Job, key)\n    return found\n"
    project = linked({"app/models.py": MODELS, "app/work.py": source})
    scope = scope_of(project, "app.work.work")
    assert project.rows.are_given(scope, f.Name("found", 0))


ROUTES = """
    from typing import Any, List, Optional

    from fastapi import APIRouter
    from flask import Blueprint
    from pydantic import BaseModel, Field

    router = APIRouter(prefix="/api")
    bp = Blueprint("bp", __name__)

    class Inner(BaseModel):
        id: int

    class Parent(BaseModel):
        owner: str
        secret: str

    class Out(Parent):
        inner: "Optional[List[Inner]]" = None
        hidden: str = Field(exclude=True)
        renamed: str = Field(alias="public")
        secret: str = Field(exclude=True)

    class Other(BaseModel):
        other: str

    @router.get("/model", response_model=Out, response_model_exclude={"owner"})
    def by_model() -> Other:
        return {"plain": 1}

    @router.get("/annotated")
    def by_annotation() -> list[Other]:
        return []

    @router.get("/any")
    def anything() -> Any:
        return {"key": 1}

    @bp.get("/flask")
    def of_flask() -> Other:
        return {"key": 1}
"""


def _fields(name: str) -> set[str]:
    project = linked({"app/routes.py": ROUTES})
    for route in project.responses.routes(project.entry_points):
        if route.entry.symbol == f"app.routes.{name}":
            return {field.name for field in project.responses.fields(route)}
    raise LookupError(name)


def test_a_response_model_has_the_fields_of_bases_and_of_models_inside() -> None:
    assert _fields("by_model") == {"owner", "inner", "id"}


def test_an_annotation_is_a_response_model_with_fastapi_only() -> None:
    assert _fields("by_annotation") == {"other"}
    assert _fields("anything") == set()
    assert _fields("of_flask") == set()


def test_fields_can_be_left_out_by_the_route() -> None:
    project = linked({"app/routes.py": ROUTES})
    routes = project.responses.routes(project.entry_points)
    excluded = {route.entry.symbol: route.excluded for route in routes}
    assert excluded["app.routes.by_model"] == {"owner"}
    assert excluded["app.routes.anything"] == set()


DICTIONARIES = {
    "as it is": ("{'a': job.a, 'b': {'c': job.c}}", {"a", "b.c"}),
    "in a list": ("[{'a': job.a} for job in jobs]", {"a"}),
    "either": ("{'a': job.a} if job else {'b': job.b}", {"a", "b"}),
    "wrapped": ("jsonify({'a': job.a})", {"a"}),
    "by keyword": ("jsonify(a=job.a)", {"a"}),
    "from a function": ("shown(job)", {"d"}),
    "as an argument of something else": ("find({'a': job.a})", set()),
}


@pytest.mark.parametrize(("expression", "keys"), DICTIONARIES.values(), ids=DICTIONARIES)
def test_the_keys_of_what_is_returned(expression: str, keys: set[str]) -> None:
    source = f"""
def shown(job):
    return {{"d": job.d}}


def view(jsonify, find, jobs, job):
    return {expression}
"""
    project = linked({"app/views.py": source})
    entries = project.responses.entries(scope_of(project, "app.views.view"))
    assert {each.key for each in entries} == {key.rpartition(".")[2] for key in keys}
