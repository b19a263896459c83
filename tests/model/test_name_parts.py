"""What an expression is called: each function looks through what it says, and through no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connlint.facts import types as f
from connlint.facts.extract import parse_expression
from connlint.model.name_parts import (
    callee_of,
    dotted,
    generic_name,
    last_name,
    root_name,
    source_name,
)


@pytest.mark.parametrize(
    ("name_of", "named"),
    [
        (last_name, {"a": "a", "a.b.c": "c", "f().c": "c", "c()": "", "c[0]": "", "'c'": ""}),
        (generic_name, {"a.b": "b", "a.b[T]": "b", "b[T][U]": "", "b()": "", "b[T]()": ""}),
        (
            source_name,
            {"a.b": "b", "a.b()": "b", "b[x][y]": "b", "b[x]()": "b", "b()()": "", "b()[x]": ""},
        ),
        (root_name, {"a": "a", "a.b(x)[0].c": "a", "(await a.b()).c": "a", "'a'.b": ""}),
        (dotted, {"a": "a", "a.b.c": "a.b.c", "a().b": "", "a[0].b": "", "a()": ""}),
    ],
)
def test_names(name_of: Callable[[f.Expr], str], named: dict[str, str]) -> None:
    expressions = {code: parse_expression(code) for code in named}
    assert {code: node and name_of(node) for code, node in expressions.items()} == named


def test_no_expression_has_no_name() -> None:
    assert last_name(None) == generic_name(None) == ""


@pytest.mark.parametrize(("code", "callee"), [("a.b(x)", "a.b"), ("a.b", "a.b"), ("a()()", "")])
def test_a_decorator_is_called_or_not(code: str, callee: str) -> None:
    decorator = parse_expression(code)
    assert decorator is not None
    assert dotted(callee_of(decorator)) == callee
