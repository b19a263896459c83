"""Whatever happens around a count by fetching, counting in the database changes nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fix.counted_jobs import MODELS, in_memory
from fix.fixed_project import Project
from visit.programs import UNIT, Lines, text_of

orm = pytest.importorskip("sqlalchemy.orm")

HEAD = """
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import Job
"""
FETCHES = st.sampled_from(
    [
        ["rows = session.query(Job).all()  # all of them"],
        ["rows = session.query(Job).filter(Job.status == 'DONE').all()"],
        ["rows = session.query(Job.status).distinct().all()"],
        ["rows = session.scalars(select(Job)).all()"],
        [
            "rows = (",
            "    session.execute(select(Job.id)  # ids",
            "    .order_by(Job.id)).all()",
            ")",
        ],
        ["rows: list = session.scalars(", "    select(Job.status)", ").all()"],
    ]
)
USES = st.sampled_from(
    [
        ["step(len(rows))"], ["return len(rows)"], ["if len(rows) > 2: step('many')"],
        ["count = len(rows)  # so many", "step(count)"], ["step(f'{len(rows)} jobs')"],
        ["while len(rows) > 20: step(1)"], ["assert len(rows) >= 0, len(rows)"],
        ["step([len(rows) for _ in range(2)])"], ["step(len(session.query(Job).all()))"],
        ["step(len(rows) + len(session.scalars(select(Job)).all()))"],
        ["later = lambda: len(rows)", "step(later())"],
    ]
)  # fmt: skip
OTHERS = st.sampled_from(
    [
        ["step('a')"], ["step('a')"], ["session.add(Job(status='DONE'))"], ["session.commit()"],
        ["session.execute(delete(Job))"], ["session.rollback()"], ["rows = []"],
        ["step(rows[0])"], ["if rows: step('some')"], ["for row in rows: step(bool(row))"],
        ["session.flush(); step('b')"], ["del rows", "rows = [1]"], ["rows = list(rows)"],
    ]
)  # fmt: skip


def _deeper(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" for line in lines]


@st.composite
def functions(draw: st.DrawFn) -> Lines:
    """A function that fetches rows, and somewhere asks how many there are."""
    some = st.lists(OTHERS, max_size=2).map(lambda each: [x for lines in each for x in lines])
    nothing: st.SearchStrategy[Lines] = st.just([])
    rarely = st.one_of(nothing, nothing, some)
    start = ["rows = []"] if draw(st.booleans()) else []
    work = [*draw(FETCHES), *draw(rarely), *draw(USES), *draw(rarely)]
    if draw(st.booleans()):
        work += draw(USES)
    while draw(st.integers(0, 2)) == 2:
        header = draw(st.sampled_from(["if asked():", "for turn in range(2):", "try:"]))
        work = [header, *_deeper([*draw(rarely), *work])]
        if header == "try:":
            work += ["except FailureError:", f"{UNIT}step('failed')"]
    return ["def load(session: Session):", *_deeper([*start, *draw(rarely), *work])]


class FailureError(Exception):
    """What some steps raise."""


def _done(source: str, answers: list[int]) -> list[object]:
    """What the function tells, and the rows that are there when it has been left."""
    told: list[object] = []
    turns = iter(answers)

    def step(what: object) -> None:
        told.append(what if isinstance(what, (int, str, list)) else "a row")
        if next(turns, 0) == 2:
            raise FailureError

    models, engine = in_memory()
    Job = models["Job"]  # noqa: N806  (a class)
    names = {"Job": Job, "step": step, "asked": lambda: next(turns, 0) > 0}
    names["FailureError"] = FailureError
    # The code is what the strategies above put together, and what the fixes make of it.
    exec(source.replace("from app.models import Job\n", ""), names)
    with orm.Session(engine) as session:
        session.add_all(Job(status=each) for each in ("DONE", "DONE", "NEW"))
        session.commit()
        try:
            told.append(names["load"](session))
        except (FailureError, IndexError, NameError) as error:
            told.append(type(error).__name__)
        session.commit()
        told.append(session.query(Job.id, Job.status).order_by(Job.id).all())
    engine.dispose()
    return told


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(functions(), st.lists(st.lists(st.integers(0, 2), max_size=6), min_size=1, max_size=3))
def test_counted_rows_are_as_many_as_fetched(lines: Lines, runs: list[list[int]]) -> None:
    source = HEAD + text_of(["", "", *lines])
    files = {"app/__init__.py": "", "app/models.py": MODELS, "app/counts.py": source}
    with tempfile.TemporaryDirectory() as folder:
        project = Project.of(Path(folder), "DBC306", "", files)
        project.fix(unsafe=True)
        after = project.read("app/counts.py")
        assert project.fix(unsafe=True).changes == ()
    compile(after, "counts.py", "exec")
    for answers in runs:
        assert _done(after, answers) == _done(source, answers)
