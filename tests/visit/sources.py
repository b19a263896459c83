"""Sources and the suspects that are in them, made with the standard library's parser alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from connlint.findings import Suspect
from connlint.location import Span
from connlint.source import CharacterColumns
from connlint.visit.confirm import RuleTitle

RULES = {"DBC101": RuleTitle("forbidden-session-factory", "error")}
SHAPES: dict[type[ast.AST], str] = {
    ast.Call: "call",
    ast.Name: "name",
    ast.Attribute: "name",
    ast.alias: "import",
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "def",
    ast.ClassDef: "def",
    ast.ExceptHandler: "except",
}


def suspect(span: tuple[int, int, int, int], shape: str, matched: str = "it") -> Suspect:
    return Suspect("DBC101", "app/a.py", Span(*span), shape, "why", "app.a.f", matched)


def shape_of(node: ast.AST) -> str | None:
    """What kind of suspect ``node`` would be."""
    if isinstance(node, ast.stmt) and type(node) not in SHAPES:
        return "statement"
    return SHAPES.get(type(node))


def every_suspect(text: str) -> Iterator[Suspect]:
    """One suspect for each node that one can be about."""
    columns = CharacterColumns(text)
    for node in ast.walk(ast.parse(text)):
        shape = shape_of(node)
        if shape and isinstance(node, ast.expr | ast.stmt | ast.alias | ast.ExceptHandler):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            start = columns.column(node.lineno, node.col_offset)
            end = columns.column(node.end_lineno, node.end_col_offset)
            place = (node.lineno, start, node.end_lineno, end)
            yield suspect(place, shape, type(node).__name__)


def statements_of(text: str) -> tuple[tuple[int, int], ...]:
    """The first and last lines of the top-level statements, as facts have them."""
    return tuple(
        (
            min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]),
            node.end_lineno or node.lineno,
        )
        for node in ast.parse(text).body
    )
