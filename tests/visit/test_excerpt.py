"""What LibCST has to parse is small, and says the same about places as the whole file."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import shlex
import types

import libcst
import pytest
from hypothesis import given, settings

from connlint.source import split_lines
from connlint.visit.confirm import confirm
from connlint.visit.excerpt import around, join, whole
from visit.programs import Lines, layouts, statements, text_of
from visit.sources import RULES, every_suspect, statements_of, suspect

LONG = "\n".join(
    [
        "import a",
        "class Store:",
        "    def before(self):",
        *(f"        x{n} = {n}" for n in range(500)),
        "    def wanted(self):",
        "        with open_it() as it:  # here",
        *(f"            it.use({n})" for n in range(500)),
        "        return 1",
        *(f"y{n} = {n}" for n in range(500)),
        "",
    ]
)
WANTED = 505


def test_a_header_stands_for_its_block() -> None:
    excerpts = around(split_lines(LONG), statements_of(LONG), [WANTED])
    assert excerpts is not None
    assert join(excerpts).text == (
        "if 1:\n        with open_it() as it:  # here\n            pass\n"
    )


def test_statements_that_share_a_line_stay_together() -> None:
    text = "a()\nx = '''\n'''; f(); g(\n)\nb()\n"
    excerpts = around(split_lines(text), statements_of(text), [4])
    assert excerpts is not None
    assert join(excerpts).text == "x = '''\n'''; f(); g(\n)\n"


def test_the_end_of_a_block_is_kept() -> None:
    (finding,) = confirm([suspect((WANTED, 13, WANTED, 22), "call")], LONG, RULES).findings
    assert finding.statement == (WANTED, 8, WANTED + 500, 23)


def test_statements_that_are_no_python_by_themselves_are_given_up() -> None:
    assert around(["f(", ")"], [(1, 1)], [1]) is None
    assert around(["f()"], [(1, 1)], [2]) is None
    assert whole(["f("]) == []


def test_a_statement_that_libcst_cannot_read_hides_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parse = libcst.parse_module

    def fussy(source: str) -> libcst.Module:
        if "odd" in source:
            raise KeyError(source)
        return parse(source)

    monkeypatch.setattr(libcst, "parse_module", fussy)
    source = "a()\nodd()\nb()\n"
    places = [(1, 0, 1, 3), (2, 0, 2, 5), (3, 0, 3, 3)]
    done = confirm([suspect(place, "call") for place in places], source, RULES)
    assert [each.span.line for each in done.findings] == [1, 3]
    assert [(each.line, each.fatal) for each in done.problems] == [(2, True)]
    assert "LibCST can't read it (KeyError)" in done.problems[0].message


@pytest.mark.parametrize("module", [dataclasses, enum, shlex, types], ids=lambda m: m.__name__)
def test_real_modules_are_confirmed_node_by_node(module: types.ModuleType) -> None:
    text = inspect.getsource(module)
    suspects = list(every_suspect(text))[::23]
    done = confirm(suspects, text, RULES, statements_of(text))
    assert done.problems == ()
    lines = [finding.span.line for finding in done.findings]
    assert lines == [each.span.line for each in suspects]


@settings(max_examples=80, deadline=None)
@given(statements, layouts)
def test_whatever_python_accepts_is_confirmed(lines: Lines, layout: tuple[str, str]) -> None:
    text = text_of(lines, *layout)
    suspects = list(every_suspect(text))
    done = confirm(suspects, text, RULES, statements_of(text))
    assert done.problems == ()
    assert done == confirm(suspects, text, RULES)
