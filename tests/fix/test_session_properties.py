"""Wherever a session is opened wrongly, its fix applies cleanly or is refused; no file breaks."""

from __future__ import annotations

import ast
import io
import re
import tempfile
import tokenize
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fix.decorators import DECORATORS
from fix.fixed_project import Project
from fix.providers import DATABASE, STANDARD
from visit.programs import UNIT, Lines, layouts, statements, text_of

DECORATED = """\
[sessions]
providers = ["app.db.by_keyword"]
owners = ["app/db.py"]
"""
ENDINGS = st.sampled_from(
    [[], ["return db.scalar(1)"], ["return"], ["db.rollback()"], ["raise ValueError"],
     ["rows = db.execute(1)", "return rows"], ["return [each for each in db.scalars(1)]"]]
)  # fmt: skip
READING = st.sampled_from([[], ["return db.get(A, 2)"], ["return"], ["raise ValueError"]])
HEADS = [
    "from fastapi import FastAPI",
    "from sqlalchemy.orm import Session",
    "from app.db import SessionLocal, get_db, get_session  # ways in",
    "",
    "app = FastAPI()",
]


def _deeper(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" if line else line for line in lines]


@st.composite
def openings(draw: st.DrawFn) -> tuple[str, Lines]:
    """A session with some code around and inside, and the rule that has a word on it."""
    body = [*draw(statements), "db.execute('ü')  # work", *draw(statements), *draw(ENDINGS)]
    reads = [*draw(statements), "db.get(A, 1)  # work", *draw(statements), *draw(READING)]
    closing = ["finally:", f"{UNIT}db.close()"]
    forms = {
        "DBC101": [
            ["with SessionLocal() as db:  # own", *_deeper(body)],
            ["db = SessionLocal()", "try:", *_deeper(body), *closing],
        ],
        "DBC105": [
            ["with get_session() as db:  # own", *_deeper(body)],
            ["db = SessionLocal()", "try:", *_deeper(body), *closing],
        ],
        "DBC106": [
            ["with get_session() as db:", *_deeper(reads)],
            ["db = SessionLocal()  # own", "try:", *_deeper(reads), *closing],
        ],
        "DBC109": [
            ["db = SessionLocal()  # open", *body],
            ["db = SessionLocal()", *body, "db.close()"],
            ["db = SessionLocal()", "f()", "try:", *_deeper(body), *closing],
            ["try:", f"{UNIT}db = SessionLocal()", *_deeper(body), f"{UNIT}db.close()",
             "except ValueError:", f"{UNIT}f()"],
        ],
        "DBC110": [
            ["db = next(get_db())", *body],
            ["db = get_session()  # wrong", *body],
            ["for db in get_db():  # once", *_deeper(body)],
            ["with get_db() as db, open(1) as f:", *_deeper(body)],
        ],
        "DBC306": [
            ["rows = db.query(A).all()  # all", *draw(statements), "g(len(rows))"],
            ["return len(db.query(A)", "    .all())  # so many"],
        ],
    }  # fmt: skip
    code = draw(st.sampled_from(sorted(forms)))
    return code, draw(st.sampled_from(forms[code]))


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, Lines]:
    """A file with a session in a function, which is a route for the rule on routes."""
    code, opening = draw(openings())
    inner = opening if code == "DBC101" else [*draw(statements), *opening]
    if code not in {"DBC101", "DBC105"}:
        while draw(st.integers(0, 2)) == 2:
            inner = [draw(st.sampled_from(["if f():", "for x in f():"])), *_deeper(inner)]
    header = {"DBC105": ["@app.get('/x')", "def load(y):"],
              "DBC306": ["def load(y, db: Session):"],
              "DBC106": ["def load(y, given: Session):"]}.get(code, ["def load(y):"])  # fmt: skip
    before, after = draw(statements), draw(statements)
    if code == "DBC101":
        before = after = []  # the session is the whole function's
    return code, [*HEADS, *before, "", *header, *_deeper([*inner, *after])]


def _texts(source: str) -> list[str]:
    """What the strings and comments of ``source`` say."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    wanted = {tokenize.STRING, tokenize.COMMENT}
    return sorted(token.string for token in tokens if token.type in wanted)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), layouts)
def test_fixes_apply_cleanly_or_are_refused(
    program: tuple[str, Lines], layout: tuple[str, str]
) -> None:
    code, lines = program
    source = text_of(lines, *layout)
    with tempfile.TemporaryDirectory() as folder:
        standard, database = (DECORATED, DECORATORS) if code == "DBC101" else (STANDARD, DATABASE)
        project = Project.of(Path(folder), code, standard, {"app/db.py": database})
        place = Path(folder) / "app/service.py"
        place.write_bytes(source.encode())
        outcome = project.fix(unsafe=True)
        text = place.read_bytes().decode()
        again = project.fix(unsafe=True)
    assert again.changes == ()
    unfixed = [*outcome.refused, *outcome.left]
    assert not [each.reason for each in unfixed if "failed" in each.reason]
    if not outcome.changes:
        assert text == source
        return
    ast.parse(text)
    assert set(re.findall(r"\r?\n", text)) == {layout[1]}
    assert set(_texts(source)) - set(_texts(text)) <= {"# ways in"}
