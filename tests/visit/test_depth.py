"""Deep nesting costs a suspect at most, never the process."""

from __future__ import annotations

import ast
import sys
import threading

import pytest

from connlint.visit.confirm import confirm
from connlint.visit.depth import MAX_DEPTH, ROOMY_DEPTH, TooDeepError, depth_of, with_room
from visit.sources import RULES, every_suspect, statements_of, suspect


def _sum(terms: int) -> str:
    return "x = " + " + ".join(["f()"] * terms) + "\n"


def _chain(calls: int) -> str:
    return "x = a" + ".f()" * calls + "\n"


def _elifs(clauses: int) -> str:
    return "if f(): pass\n" + "elif f():\n    pass\n" * clauses


def test_depth_counts_levels() -> None:
    assert depth_of([]) == 0
    assert depth_of([ast.parse("x")]) == 4  # module, statement, name, context
    assert depth_of([ast.parse(_sum(5_00))]) > 500


@pytest.mark.parametrize("source", [_sum(300), _chain(150), _elifs(400)], ids=["+", "()", "elif"])
def test_deep_sources_are_confirmed(source: str) -> None:
    limit, stack = sys.getrecursionlimit(), threading.stack_size()
    suspects = [each for each in every_suspect(source) if each.shape == "call"]
    done = confirm(suspects, source, RULES, statements_of(source))
    assert done.problems == ()
    assert len(done.findings) == len(suspects)
    assert (sys.getrecursionlimit(), threading.stack_size()) == (limit, stack)


@pytest.mark.parametrize("source", [_sum(900), _chain(900), _elifs(900)], ids=["+", "()", "elif"])
def test_deeper_sources_are_a_problem_and_hide_nothing_else(source: str) -> None:
    text = "g()\n" + source
    deep = (
        suspect((2, 4, 2, 7), "call") if source.startswith("x") else suspect((2, 3, 2, 6), "call")
    )
    done = confirm([deep, suspect((1, 0, 1, 3), "call")], text, RULES, statements_of(text))
    assert [each.span.line for each in done.findings] == [1]
    assert [(each.line, each.fatal) for each in done.problems] == [(2, True)]
    assert f"more than the {MAX_DEPTH}" in done.problems[0].message


def test_a_deep_neighbour_is_not_read() -> None:
    text = "def f():\n    " + _chain(900) + "    g()\n"
    done = confirm([suspect((3, 4, 3, 7), "call")], text, RULES, statements_of(text))
    assert len(done.findings) == 1


def test_more_than_there_is_room_for_is_too_deep() -> None:
    def endless() -> int:
        return endless() + 1

    for depth in (1, ROOMY_DEPTH + 1):
        with pytest.raises(TooDeepError):
            with_room(depth, endless)
    with pytest.raises(TooDeepError):
        with_room(MAX_DEPTH + 1, lambda: 1)


def test_what_the_work_raises_comes_out_of_the_thread() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        with_room(ROOMY_DEPTH + 1, fail)
    assert with_room(ROOMY_DEPTH + 1, lambda: 5) == 5
