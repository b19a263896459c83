"""Suspects are confirmed on the node at their place, with its range and that of its statement."""

from __future__ import annotations

import sys

import pytest
from msgspec.structs import replace

from connlint.findings import FixIntent, TraceStep
from connlint.location import Span
from connlint.visit.confirm import RuleTitle, confirm
from visit.sources import RULES, every_suspect, statements_of, suspect

SOURCE = '''\
"""Doc."""
from app.db import (
    SessionLocal,  # the factory
    Base as B,
)
from app.models import *
import os; make = SessionLocal


@decorate(
    SessionLocal,
)
@plain
class Store(Base):
    factory = make

    @property
    async def größe(self, s=SessionLocal):
        if self.a: return SessionLocal()
        elif (SessionLocal)():
            pass
        else:
            ü = SessionLocal(); ü.close()
        try:
            with (
                SessionLocal() as one,
                SessionLocal().begin() as two,
            ):
                for each in one:
                    yield f"""{
                        SessionLocal()} text
                    {each.name}"""
        except* (
            ValueError
        ) as error:
            pass
        finally:
            del one
        match self.a:
            case [x] if SessionLocal():
                pass
'''
if sys.version_info < (3, 11):  # exception groups came later; all places stay
    SOURCE = SOURCE.replace("except* (", "except  (")


@pytest.mark.parametrize("statements", [(), statements_of(SOURCE)], ids=["unknown", "known"])
def test_every_node_is_confirmed_where_the_parser_saw_it(
    statements: tuple[tuple[int, int], ...],
) -> None:
    suspects = list(every_suspect(SOURCE))
    assert {each.shape for each in suspects} == {
        "call", "name", "import", "def", "statement", "except",
    }  # fmt: skip
    done = confirm(suspects, SOURCE, RULES, statements)
    assert done.problems == ()
    moved = [
        (before, after.span)
        for before, after in zip(suspects, done.findings, strict=True)
        if before.shape != "def" and before.span != after.span
    ]
    assert moved == []


@pytest.mark.parametrize(
    ("place", "shape", "statement"),
    [
        pytest.param((3, 4, 3, 16), "import", (2, 0, 5, 1), id="imported name"),
        pytest.param((4, 4, 4, 13), "import", (2, 0, 5, 1), id="imported under another name"),
        pytest.param((6, 23, 6, 24), "import", (6, 0, 6, 24), id="star"),
        pytest.param((7, 18, 7, 30), "name", (7, 11, 7, 30), id="second statement of a line"),
        pytest.param((11, 4, 11, 16), "name", (10, 0, 12, 1), id="decorator"),
        pytest.param((15, 14, 15, 18), "name", (15, 4, 15, 18), id="class body"),
        pytest.param((18, 28, 18, 40), "name", (18, 4, 41, 20), id="default"),
        pytest.param((19, 26, 19, 40), "call", (19, 19, 19, 40), id="statement in a header's line"),
        pytest.param((20, 13, 20, 29), "call", (20, 8, 23, 41), id="elif"),
        pytest.param((23, 16, 23, 30), "call", (23, 12, 23, 30), id="after a wide character"),
        pytest.param((26, 16, 26, 30), "call", (25, 12, 32, 34), id="item of a with"),
        pytest.param((27, 16, 27, 38), "call", (25, 12, 32, 34), id="chain of calls"),
        pytest.param((31, 24, 31, 38), "call", (30, 20, 32, 34), id="inside an f-string"),
        pytest.param((33, 8, 36, 16), "except", (33, 8, 36, 16), id="handler"),
        pytest.param((34, 12, 34, 22), "name", (33, 8, 36, 16), id="type of a handler"),
        pytest.param((40, 24, 40, 38), "call", (40, 12, 41, 20), id="guard of a case"),
        pytest.param((38, 12, 38, 19), "statement", (38, 12, 38, 19), id="statement"),
        pytest.param((24, 8, 38, 19), "statement", (24, 8, 38, 19), id="statement with blocks"),
    ],
)
def test_the_statement_is_the_innermost_one(
    place: tuple[int, int, int, int], shape: str, statement: tuple[int, int, int, int]
) -> None:
    done = confirm([suspect(place, shape)], SOURCE, RULES, statements_of(SOURCE))
    assert done.problems == ()
    assert (done.findings[0].span, done.findings[0].statement) == (place, statement)


@pytest.mark.parametrize(
    "place", [(18, 4, 41, 20), (18, 14, 18, 19), (18, 4, 18, 9)], ids=["whole", "name", "start"]
)
def test_a_definition_is_its_name(place: tuple[int, int, int, int]) -> None:
    done = confirm([suspect(place, "def")], SOURCE, RULES)
    assert [each.span for each in done.findings] == [Span(18, 14, 18, 19)]


@pytest.mark.parametrize(
    ("place", "shape"),
    [
        pytest.param((26, 16, 26, 28), "call", id="a name, not a call"),
        pytest.param((26, 16, 26, 29), "call", id="too short"),
        pytest.param((26, 15, 26, 30), "call", id="off by one"),
        pytest.param((26, 16, 26, 30), "name", id="a call, not a name"),
        pytest.param((26, 16, 26, 30), "import", id="a call, not an import"),
        pytest.param((25, 12, 32, 34), "except", id="a with, not a handler"),
        pytest.param((9, 0, 9, 5), "statement", id="a blank line"),
        pytest.param((99, 0, 99, 5), "call", id="behind the end"),
        pytest.param((0, 0, 0, 0), "call", id="before the start"),
        pytest.param((26, 16, 26, 30), "expression", id="an unknown shape"),
    ],
)
def test_a_suspect_without_its_node_becomes_a_fatal_problem(
    place: tuple[int, int, int, int], shape: str
) -> None:
    good = suspect((26, 16, 26, 30), "call")
    done = confirm([good, suspect(place, shape, "SessionLocal")], SOURCE, RULES)
    assert [each.span for each in done.findings] == [good.span]
    (problem,) = done.problems
    assert problem.fatal
    assert (problem.path, problem.line) == ("app/a.py", place[0])
    assert f"DBC101 can't be confirmed at line {place[0]}" in problem.message
    assert f"(SessionLocal): there is no {shape}" in problem.message


def test_a_finding_takes_over_what_the_rule_said() -> None:
    step = TraceStep("app/b.py", 1, 0, "app.b", "calls it")
    intent = FixIntent("use-provider", "safe", "use it", {"provider": "app.db.get_session"})
    (given,) = [each for each in every_suspect("f()\n") if each.shape == "call"]
    rich = replace(given, priority="high", certainty="likely", trace=(step,), intent=intent)
    (finding,) = confirm([rich], "f()\n", {"DBC101": RuleTitle("name", "info")}).findings
    assert (finding.name, finding.severity) == ("name", "info")
    assert (finding.priority, finding.certainty) == ("high", "likely")
    assert (finding.trace, finding.intent) == ((step,), intent)
    assert (finding.message, finding.symbol, finding.matched) == ("why", "app.a.f", "Call")


def test_a_suspect_about_the_file_needs_no_syntax() -> None:
    done = confirm([suspect((3, 1, 3, 9), "file")], "this is no ( Python", RULES)
    assert [each.span for each in done.findings] == [Span(3, 1, 3, 9)]


def test_source_that_is_no_python_is_a_problem() -> None:
    done = confirm([suspect((1, 0, 1, 3), "call")], "f() (\n", RULES)
    assert not done.findings
    assert done.problems[0].fatal


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_line_ends_do_not_matter(end: str) -> None:
    suspects = list(every_suspect(SOURCE))
    done = confirm(suspects, SOURCE.replace("\n", end), RULES)
    assert done.problems == ()
    assert done == confirm(suspects, SOURCE, RULES)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = 1\n\x0c\ndef f():\n    \x0c\n    g()\n", id="form feeds"),
        pytest.param("if x:\n\tif y:\n\t    f()\n\telse: g()\n", id="tabs"),
        pytest.param(
            "class A:\n  def f(self):\n         return g()\n  x = h()\n", id="odd indents"
        ),
        pytest.param("if x: \\\n  f()\ny = \\\n    g()\n", id="continued lines"),
        pytest.param("# a comment that ends in \\\nf()\n", id="comment that seems continued"),
        pytest.param("f()", id="no newline at the end"),
        pytest.param("x = '''\nf()\n''' ; g(); h(\n)\n", id="a string over lines, then more"),
        pytest.param("if 1: f(); g()\nelse: h()\n", id="blocks on the line of the header"),
        pytest.param("@a\n\n# c\n@b()\nclass C: pass\n", id="gaps between decorators"),
        pytest.param("lambda: f(lambda: g())\n", id="lambdas"),
        pytest.param("async def f():\n    return [await g(x) async for x in h()]\n", id="async"),
        pytest.param("def f[T](x: T) -> T: return g(x)\n", id="type parameters"),
        pytest.param("try:\n  f()\nexcept g():\n  h()\nelse:\n  i()\nfinally:\n  j()\n", id="try"),
        pytest.param("while f():\n  g()\nelse:\n  h()\nfor x in i():\n  j()\n", id="loops"),
        pytest.param("if f():\n  pass\nelse:\n  if g():\n    h()\n", id="if in else is no elif"),
        pytest.param(
            "def f():\n  if x:\n    pass\n# low\n  elif g():\n    h()\n", id="low comment"
        ),
    ],
)
def test_odd_layouts_are_confirmed(source: str) -> None:
    try:
        suspects = list(every_suspect(source))
    except SyntaxError:
        pytest.skip("needs a newer Python")
    assert suspects
    for chosen in (suspects, *([each] for each in suspects)):
        done = confirm(chosen, source, RULES, statements_of(source))
        assert done.problems == ()
        assert len(done.findings) == len(chosen)
