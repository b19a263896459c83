"""Wherever a forbidden factory stands, its fix applies cleanly or is refused: files never break."""

from __future__ import annotations

import ast
import io
import re
import tempfile
import tokenize
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.source import split_lines
from fix.analyser import ASYNC, COMMITTING, COMMITTING_ASYNC, SYNC, fix
from visit.programs import UNIT, Lines, layouts, statements, text_of

PROVIDERS = st.sampled_from([SYNC, COMMITTING, ASYNC, COMMITTING_ASYNC])
ENDINGS = st.sampled_from(
    [[], ["db.commit()"], ["return db.get(1)"], ["return"], ["db.rollback()"], ["raise ValueError"]]
)
HEADS = st.sampled_from(
    [
        ["from app.db import SessionLocal"],
        ["import os", "", "from app.db import (", "    SessionLocal,  # way in", "    x,", ")"],
        ['"""größe."""', "from __future__ import annotations", "from .db import SessionLocal, z"],
        ["# only a comment", "import app.db as d", "SessionLocal = d.SessionLocal"],
    ]
)


def _deeper(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" if line else line for line in lines]


@st.composite
def sessions(draw: st.DrawFn) -> Lines:
    """A session with some code inside, in one of the forms that are met."""
    body = [*draw(statements), "db.execute('ü')  # work", *draw(statements), *draw(ENDINGS)]
    return draw(
        st.sampled_from(
            [
                ["with SessionLocal() as db:", *_deeper(body)],
                ["with open(1) as f, SessionLocal() as db:  # both", *_deeper(body)],
                ["db = SessionLocal()  # open", "", "try:", *_deeper(body), "finally:",
                 f"{UNIT}# always", f"{UNIT}db.close()"],
                ["db = None", "try:", f"{UNIT}db = SessionLocal()", *_deeper(body), "finally:",
                 f"{UNIT}log('end')", f"{UNIT}if db:", f"{UNIT}{UNIT}db.close()"],
                ["db = SessionLocal()", "try:", *_deeper(body), "except ValueError:",
                 f"{UNIT}db.rollback()", f"{UNIT}raise", "else:", f"{UNIT}f()", "finally:",
                 f"{UNIT}db.close()"],
                ["db = SessionLocal()", *body, "db.close()"],
                ["db = SessionLocal()", *body],
                ["db = SessionLocal()", "with db:", *_deeper(body)],
                ["make = SessionLocal", "with make() as db:", *_deeper(body)],
            ]
        )
    )  # fmt: skip


@st.composite
def programs(draw: st.DrawFn) -> Lines:
    """A file with a session or two somewhere in a function."""
    inner: Lines = []
    for _ in range(draw(st.integers(1, 2))):
        inner += [*draw(statements), *draw(sessions())]
    while draw(st.integers(0, 2)) == 2:
        header = draw(st.sampled_from(["if f():", "for x in f():", "def inner(a=1):", "class A:"]))
        inner = [header, *_deeper([*inner, "pass"])]
    return [
        *draw(HEADS),
        *draw(statements),
        "@decorated  # on a line",
        "def load(y):",
        *_deeper([*inner, *draw(statements), "pass"]),
    ]


_OF_SESSIONS = re.compile(
    r"SessionLocal|get_session|provide_session|make|db\b"
    r"|^(try|finally|except|else|with|raise|async with)\b|log|# always|# way in|^[()x,]+$|^$"
)


def _others(source: str) -> list[str]:
    """The lines that a fix of a session has no reason to touch, but for their indentation."""
    return [line.strip() for line in split_lines(source) if not _OF_SESSIONS.search(line.strip())]


def _texts(source: str) -> list[str]:
    """What the strings and comments of ``source`` say."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    wanted = {tokenize.STRING, tokenize.COMMENT}
    return sorted(token.string for token in tokens if token.type in wanted)


def _asynchronous(line: str) -> str:
    """The same line for an asynchronous session."""
    words = r"\b(with (?:.*SessionLocal|make|db)|def (?:load|inner))\b"
    line = re.sub(words, r"async \1", line)
    return re.sub(r"\b(db\.\w+\()", r"await \1", line)


@settings(max_examples=60, deadline=None)
@given(programs(), layouts, PROVIDERS, st.booleans())
def test_fixes_apply_cleanly_or_are_refused(
    lines: Lines, layout: tuple[str, str], data: dict[str, str], unsafe: bool
) -> None:
    if data["factory_async"] == "yes":
        lines = [_asynchronous(line) for line in lines]
    source = text_of(lines, *layout)
    with tempfile.TemporaryDirectory() as folder:
        result = fix(Path(folder), source, data, unsafe=unsafe)
    assert all(reason for reason in result.reasons)
    if not result.outcome.changes:
        assert result.text == source
        return
    ast.parse(result.text)
    assert (set(re.findall(r"\r?\n", result.text))) == {layout[1]}
    lost = set(_texts(source)) - set(_texts(result.text))
    assert lost <= {"# always", "# way in"}
    assert _others(result.text) == _others(source)
    new = set(split_lines(result.text)) - set(split_lines(source))
    assert not any(line != line.rstrip() for line in new)
