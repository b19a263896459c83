"""Safe fixes keep the order of everything that happens, on every way through the code."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fix.analyser import COMMITTING, SYNC, fix
from visit.programs import UNIT, Lines, text_of


def _deeper(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" for line in lines]


_SIMPLE = st.sampled_from(
    [["step('a')"], ["db.work('b')"], ["x = db.work('c'); step(x)"], ["db.commit()"]]
)


@st.composite
def _compound(draw: st.DrawFn, inner: st.SearchStrategy[Lines]) -> Lines:
    header = draw(st.sampled_from(["if asked():", "for i in range(2):", "try:", "with lock():"]))
    lines = [header, *_deeper(draw(inner))]
    if header == "if asked():" and draw(st.booleans()):
        lines += ["else:", *_deeper(draw(inner))]
    if header == "try:":
        lines += draw(
            st.sampled_from(
                [
                    ["except FailureError:", f"{UNIT}step('caught')"],
                    ["except FailureError:", f"{UNIT}db.rollback()", f"{UNIT}raise"],
                    ["finally:", f"{UNIT}step('at last')"],
                ]
            )
        )
    return lines


_statement = st.recursive(_SIMPLE, _compound, max_leaves=5)
_body = st.lists(_statement, min_size=1, max_size=4).map(
    lambda every: [x for each in every for x in each]
)
_ENDS = st.sampled_from([[], ["return step('result')"], ["raise FailureError"], ["db.commit()"]])


@st.composite
def functions(draw: st.DrawFn) -> Lines:
    """A function that works with a session until the end of a block or a ``finally``.

    What a ``finally`` does besides does not fail: the session would stay open, which a fix mends.
    """
    body = [*draw(_body), *draw(_ENDS)]
    closing = [f"{UNIT}db.close()"]
    rest = draw(st.sampled_from([[], [f"{UNIT}note('end')"]]))
    handlers = draw(
        st.sampled_from(
            [
                [],
                ["except FailureError:", f"{UNIT}db.rollback()", f"{UNIT}raise"],
                ["except FailureError:", f"{UNIT}step('handled')", "else:", f"{UNIT}step('else')"],
            ]
        )
    )
    forms = [
        ["with SessionLocal() as db:", *_deeper(body)],
        ["with lock(), SessionLocal() as db:", *_deeper(body)],
        ["db = SessionLocal()", "step('0')", "with db:", *_deeper(body)],
        ["db = SessionLocal()", "try:", *_deeper(body), *handlers, "finally:", *rest, *closing],
        ["db = SessionLocal()", "try:", *_deeper(body), *handlers, "finally:", *closing, *rest],
        ["db = None", "try:", f"{UNIT}step('1')", f"{UNIT}db = SessionLocal()", *_deeper(body),
         *handlers, "finally:", f"{UNIT}if db is not None:", *_deeper(closing)],
    ]  # fmt: skip
    return ["def load():", *_deeper([*draw(_body_without_session), *draw(st.sampled_from(forms))])]


_body_without_session = st.sampled_from([[], ["step('before')"]])


class FailureError(Exception):
    """What some steps raise."""


class World:
    """What the code can see and do, with every deed written down."""

    def __init__(self, answers: list[int]) -> None:
        self.log: list[str] = []
        self._answers = iter(answers)

    def run(self, source: str) -> list[str]:
        names = {
            "SessionLocal": lambda: Session(self),
            "get_session": self.get_session,
            "note": self.log.append,
            "step": self.step,
            "asked": lambda: next(self._answers, 0) > 0,
            "lock": self.lock,
            "FailureError": FailureError,
        }
        # The code is what the strategies above put together.
        exec(source.partition("\n")[2], names)
        load: Any = names["load"]
        try:
            self.log.append(f"result {load()}")
        except (FailureError, AttributeError, UnboundLocalError) as error:
            self.log.append(type(error).__name__)
        return self.log

    def step(self, what: str) -> str:
        self.log.append(what)
        if next(self._answers, 0) == 2:
            raise FailureError
        return what

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.log.append("lock")
        yield
        self.log.append("unlock")

    @contextmanager
    def get_session(self) -> Iterator[Session]:
        with Session(self) as session:
            yield session


class Session:
    """A session that writes down what is done with it; closing it again does nothing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.is_open = True
        world.log.append("open")

    def work(self, what: str) -> str:
        assert self.is_open
        return self.world.step(f"work {what}")

    def commit(self) -> None:
        self.world.step("commit")

    def rollback(self) -> None:
        self.world.log.append("rollback")

    def close(self) -> None:
        if self.is_open:
            self.world.log.append("close")
        self.is_open = False

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@settings(max_examples=60, deadline=None)
@given(
    functions(),
    st.sampled_from([SYNC, COMMITTING]),
    st.lists(st.lists(st.integers(0, 2), max_size=12), min_size=1, max_size=6),
)
def test_safe_fixes_keep_the_order_of_things(
    lines: Lines, data: dict[str, str], runs: list[list[int]]
) -> None:
    source = text_of(["from app.db import SessionLocal", *lines])
    with tempfile.TemporaryDirectory() as folder:
        result = fix(Path(folder), source, data)
    assume(result.outcome.changes)
    for answers in runs:
        assert World(answers).run(result.text) == World(answers).run(source)
