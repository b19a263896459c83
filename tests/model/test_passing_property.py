"""Decorators that are said to pass a session in do just that, whatever else their wrappers do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import update_wrapper, wraps
from typing import Any, cast

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connlint.model.passing import Passing, passing_of
from model.written import linked, scope_of

HEAD = """\
from contextlib import contextmanager, suppress
from functools import update_wrapper, wraps
from typing import cast

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite://"))


@contextmanager
def opened():
    with SessionLocal() as session:
        yield session


@contextmanager
def silent():
    session = SessionLocal()
    try:
        yield session
    except ValueError:
        pass
"""
UNIT = "    "
Lines = list[str]
HANDED = st.sampled_from(
    ["function(session, *args, **kwargs)"] * 3 + ["function(*args, session=session, **kwargs)"] * 3
    + ["function(*args, **kwargs)", "function(session, *args)",
       "function(*args, session, **kwargs)", "function(self, session, *args, **kwargs)",
       "function(1, session, *args, **kwargs)",
       "function(*args, db=session, session=session, **kwargs)"]
)  # fmt: skip
FILLERS = st.sampled_from(
    [["note('x')"], ["if asked():", f"{UNIT}note('y')"], ["args = args[1:]"],
     ["kwargs.pop('b', 0)"],
     ["kwargs['session'] = session"], ["if asked():", f"{UNIT}return None"],
     ["if 'session' in kwargs:", f"{UNIT}return function(*args, **kwargs)"],
     ["if asked():", f"{UNIT}raise ValueError"], ["result = 1"], ["result = None"], ["del args"],
     ["session.commit()"], ["for turn in range(2):", f"{UNIT}note('z')"]]
)  # fmt: skip


def _deeper(lines: Lines) -> Lines:
    return [f"{UNIT}{line}" for line in lines]


@st.composite
def bodies(draw: st.DrawFn) -> Lines:
    """What a wrapper does around the call of the function."""
    nothing: st.SearchStrategy[list[Lines]] = st.just([])
    few = st.one_of(nothing, nothing, nothing, st.lists(FILLERS, max_size=1))

    def some() -> Lines:
        return [line for lines in draw(few) for line in lines]

    call = draw(HANDED)
    end = draw(
        st.sampled_from(
            [[f"return {call}"]] * 4
            + [[f"result = {call}", "return result"]] * 2
            + [[f"result = {call}"], [call], [f"return [{call}]"], [f"return {call} or {call}"],
               [f"return next({call} for _ in 'a')"], [f"later = lambda: {call}", "return later()"]]
        )
    )  # fmt: skip
    lines = [*some(), *end[:1], *some(), *end[1:]] if draw(st.booleans()) else end
    for _ in range(draw(st.integers(0, 2))):
        around = draw(
            st.sampled_from(
                ["try", "finally", "else", "if", "else of if", "not in", "for", "suppress"]
            )
        )
        if around in {"try", "finally", "else"}:
            clauses = {
                "try": [f"except ValueError: {draw(st.sampled_from(['raise', 'pass']))}"],
                "finally": ["finally:", f"{UNIT}{draw(st.sampled_from(['note(1)', 'return 2']))}"],
                "else": ["except ValueError:", f"{UNIT}raise", "else:", f"{UNIT}note('else')"],
            }[around]  # fmt: skip
            lines = ["try:", *_deeper(lines), *clauses]
        else:
            if around == "else of if":
                passed_on = ["if 'session' in kwargs:", f"{UNIT}return function(*args, **kwargs)"]
                lines = [*passed_on, "else:", *_deeper(lines), *some()]
                continue
            header = {
                "if": "if asked():",
                "not in": "if 'session' not in kwargs:",
                "for": "for turn in range(2):",
                "suppress": "with suppress(ValueError):",
            }
            lines = [header[around], *_deeper(lines)]  # fmt: skip
        lines += some()
    opening = draw(
        st.sampled_from(
            [
                "with SessionLocal() as session:",
                "with opened() as session:",
                "with silent() as session:",
                "session = SessionLocal()",
            ]
        )
    )
    if opening.startswith("with"):
        lines = [*some(), opening, *_deeper(lines), *some()]
    else:
        lines = [opening, *some(), *lines]
    if draw(st.integers(0, 3)) == 3:
        lines.append("return result")
    return lines


@st.composite
def decorators(draw: st.DrawFn) -> str:
    """A decorator, or what looks like one."""
    leading = draw(st.sampled_from(["*args, **kwargs"] * 4 + ["self, *args, **kwargs", "*args"]))
    marks = draw(st.sampled_from([["@wraps(function)"], ["@wraps(function)"], []]))
    given_back = draw(
        st.sampled_from(
            ["run", "run", "cast(type, run)", "function", "update_wrapper(run, function)"]
        )
    )
    inner = [*marks, f"def run({leading}):", *_deeper(draw(bodies())), f"return {given_back}"]
    lines = ["def provide(function):", *_deeper(inner)]
    if draw(st.integers(0, 2)) == 2:
        lines = ["def provide(name='x'):", *_deeper(["def decorate(function):", *_deeper(inner),
                                                     "return decorate"])]  # fmt: skip
    return "\n".join(lines) + "\n"


class _Session:
    def __enter__(self) -> _Session:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def commit(self) -> None:
        pass


@contextmanager
def _opened() -> Any:
    yield _Session()


@contextmanager
def _silent() -> Any:
    with suppress(ValueError):
        yield _Session()


def _is_kept(source: str, passing: Passing, *, asked: bool, fails: bool) -> None:
    """Run a function under the decorator and look at all that comes in and out."""
    names: dict[str, Any] = {
        "SessionLocal": _Session, "opened": _opened, "silent": _silent, "suppress": suppress,
        "wraps": wraps, "update_wrapper": update_wrapper, "cast": cast,
        "note": lambda _: None, "asked": lambda: asked,
    }  # fmt: skip
    # The code is what the strategies above put together.
    exec(source, names)
    provide = names["provide"]() if passing.is_made else names["provide"]
    calls: list[tuple[tuple[object, ...], dict[str, object]]] = []

    def function(*args: object, **kwargs: object) -> object:
        calls.append((args, kwargs))
        if fails:
            raise ValueError("of the function")
        return "result"

    wrapped: Callable[..., object] = provide(function)
    assert (wrapped.__name__ == "function") is passing.is_marked
    arguments = ("first", "second", "third")
    try:
        result = wrapped(*arguments, b=1)
    except ValueError as error:
        result = str(error)
    except UnboundLocalError:
        return  # it can't have worked for any function
    assert result == ("of the function" if fails else "result")
    ((args, kwargs),) = calls
    if passing.keyword:
        assert isinstance(kwargs.pop(passing.keyword), _Session)
        assert args == arguments
    else:
        at = passing.before
        assert isinstance(args[at], _Session)
        assert args[:at] + args[at + 1 :] == arguments
    assert kwargs == {"b": 1}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(decorators(), st.booleans(), st.booleans())
def test_a_decorator_does_what_is_read_from_it(source: str, asked: bool, fails: bool) -> None:
    project = linked({"app/db.py": f"{HEAD}\n\n{source}"})
    passing = passing_of(project.engine, scope_of(project, "app.db.provide"))
    assume(passing is not None and not passing.obstacle)
    assert passing is not None
    if not passing.depends:
        _is_kept(source, passing, asked=asked, fails=fails)
