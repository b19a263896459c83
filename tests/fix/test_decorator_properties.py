"""Whatever a function does with its session, one that a decorator hands over sees the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fix.analyser import SYNC, fix
from visit.programs import UNIT, Lines, text_of

SIGNATURES = {
    "load()": ["load()"],
    "load(n)": ["load(1)", "load(n=2)"],
    "load(n, m=2) ": ["load(1)", "load(1, 3)", "load(m=1, n=2)"],
    "load(*n)": ["load()", "load(1, 2)"],
    "load(n, /, m=1, *, k: int = 2)": ["load(1)", "load(1, 2, k=3)"],
    "load(\n    n: int,  # first\n    m: int = 2,\n) -> str": ["load(1)", "load(n=1, m=3)"],
}
"""Functions, each with calls of it."""
BEFORE = [[], ["'''Loads.'''"], ["if quiet: return 'early'"], ["step('before')"], ["x = quiet, 1"],
          ["with lock():", f"{UNIT}step('locked')"]]  # fmt: skip
AFTER = [[], ["return"], ["return 'done'"], ["x = quiet"], ["return quiet"], ["step('after')"]]
DECORATORS = {
    "by_position": {"passed_as": "", "passed_behind": "0"},
    "by_keyword": {"passed_as": "session", "passed_behind": "0"},
    "committing": {"passed_as": "", "passed_behind": "0", "provider_commits": "yes"},
}


def _deeper(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" for line in lines]


_SIMPLE = st.sampled_from(
    [["step('a')"], ["step(db.read('b'))"], ["db.add('c')"], ["db.commit()"], ["x = db.read('d')"],
     ["step([f'{db.read(each)}' for each in 'ef'])"], ["later = lambda: db.read('g')", "later()"]]
)  # fmt: skip


@st.composite
def _compound(draw: st.DrawFn, inner: st.SearchStrategy[Lines]) -> Lines:
    header = draw(st.sampled_from(["if asked():", "for i in range(2):", "try:", "with lock():"]))
    lines = [header, *_deeper(draw(inner))]
    if header == "try:":
        lines += draw(
            st.sampled_from(
                [
                    ["except FailureError:", f"{UNIT}step('caught')"],
                    ["except FailureError:", f"{UNIT}db.rollback()", f"{UNIT}raise"],
                    ["finally:", f"{UNIT}note('at last')"],
                ]
            )
        )
    return lines


_body = st.lists(
    st.recursive(_SIMPLE, _compound, max_leaves=4), min_size=1, max_size=4
).map(lambda every: [line for lines in every for line in lines])  # fmt: skip
_ENDS = st.sampled_from([[], ["return step('result')"], ["raise FailureError"], ["db.commit()"],
                         ["return db.read('last')"]])  # fmt: skip


@st.composite
def functions(draw: st.DrawFn) -> tuple[Lines, list[str]]:
    """A function that opens a session for some of what it does, and calls of it."""
    signature = draw(st.sampled_from(sorted(SIGNATURES)))
    body = [*draw(_body), *draw(_ENDS)]
    closing = ["finally:", f"{UNIT}db.close()"]
    forms = [
        ["with SessionLocal() as db:  # open", *_deeper(body)],
        ["with SessionLocal() as db, lock():", *_deeper(body)],
        ["db = SessionLocal()", "with db:", *_deeper(body)],
        ["db = SessionLocal()", "try:", *_deeper(body), *closing],
        ["db = None", "try:", f"{UNIT}db = SessionLocal()", *_deeper(body), "finally:",
         f"{UNIT}if db is not None:", f"{UNIT}{UNIT}db.close()"],
        ["if asked():", f"{UNIT}with SessionLocal() as db:", *_deeper(_deeper(body))],
    ]  # fmt: skip
    whole = [
        *draw(st.sampled_from(BEFORE)),
        *draw(st.sampled_from(forms)),
        *draw(st.sampled_from(AFTER)),
    ]
    return [*f"def {signature.strip()}:".split("\n"), *_deeper(whole)], SIGNATURES[signature]


class FailureError(Exception):
    """What some steps raise."""


class World:
    """What the code can see and do: the steps that it took, and what the database holds then."""

    def __init__(self, answers: list[int]) -> None:
        self.steps: list[object] = []
        self.stored: list[str] = []
        self.sessions: list[Session] = []
        self._answers = iter(answers)

    def run(self, source: str, calls: list[str]) -> tuple[object, ...]:
        """All that can be seen of running ``calls``."""
        names: dict[str, Any] = {
            "SessionLocal": lambda: Session(self),
            "by_position": self.by_position,
            "by_keyword": self.by_keyword,
            "committing": self.committing,
            "note": self.steps.append,
            "step": self.step,
            "asked": lambda: next(self._answers, 0) > 0,
            "quiet": next(self._answers, 0),
            "lock": self.lock,
            "FailureError": FailureError,
        }
        imports, _, code = source.partition("\n")
        assert imports.startswith("from app.db import ")
        # The code is what the strategies above put together.
        exec(code, names)
        results: list[object] = [names["load"].__name__, names["load"].__doc__]
        for call in calls:
            try:
                results.append(eval(call, names))
            except FailureError as error:
                results.append(type(error).__name__)
        assert not any(each.is_open for each in self.sessions)
        return (*results, *self.steps, *self.stored)

    def step(self, what: object) -> object:
        self.steps.append(what)
        if next(self._answers, 0) == 2:
            raise FailureError
        return what

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.steps.append("lock")
        yield
        self.steps.append("unlock")

    def by_position(self, function: Callable[..., object]) -> Callable[..., object]:
        @wraps(function)
        def run(*args: object, **kwargs: object) -> object:
            with Session(self) as session:
                return function(session, *args, **kwargs)

        return run

    def by_keyword(self, function: Callable[..., object]) -> Callable[..., object]:
        @wraps(function)
        def run(*args: object, **kwargs: object) -> object:
            with Session(self) as session:
                return function(*args, session=session, **kwargs)

        return run

    def committing(self, function: Callable[..., object]) -> Callable[..., object]:
        @wraps(function)
        def run(*args: object, **kwargs: object) -> object:
            with Session(self) as session:
                result = function(session, *args, **kwargs)
                session.commit()
                return result

        return run


class Session:
    """A session that keeps what is added until it is committed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.is_open = True
        self.pending: list[str] = []
        world.sessions.append(self)

    def read(self, what: str) -> str:
        assert self.is_open
        return f"{what} of {self.world.stored + self.pending}"

    def add(self, what: str) -> None:
        assert self.is_open
        self.pending.append(what)

    def commit(self) -> None:
        self.world.stored += self.pending
        self.pending.clear()

    def rollback(self) -> None:
        self.pending.clear()

    def close(self) -> None:
        self.pending.clear()
        self.is_open = False

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    functions(),
    st.sampled_from(sorted(DECORATORS)),
    st.lists(st.lists(st.integers(0, 2), max_size=12), min_size=1, max_size=4),
)
def test_decorated_functions_do_the_same(
    function: tuple[Lines, list[str]], decorator: str, runs: list[list[int]]
) -> None:
    lines, calls = function
    source = text_of(["from app.db import SessionLocal", *lines])
    data = {
        **SYNC,
        "provider": f"app.db.{decorator}",
        "provider_shape": "decorator",
        "decorator_marks": "yes",
        **DECORATORS[decorator],
    }
    # What a commit at the end changes is for a person to see, the rest is not.
    unsafe = decorator != "committing"
    with tempfile.TemporaryDirectory() as folder:
        result = fix(Path(folder), source, data, unsafe=unsafe)
    compile(result.text, "service.py", "exec")
    assume(result.outcome.changes)
    assert f"@{decorator}\ndef load" in result.text
    for answers in runs:
        assert World(answers).run(result.text, calls) == World(answers).run(source, calls)
