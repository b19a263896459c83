"""A parsed excerpt in, the places of the nodes that suspects can be about out, by shape."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from connlint.location import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from libcst.metadata import CodeRange

    from connlint.visit.excerpt import Excerpt

_SMALL_STATEMENTS = (
    cst.AnnAssign, cst.Assert, cst.Assign, cst.AugAssign, cst.Break, cst.Continue, cst.Del,
    cst.Expr, cst.Global, cst.Import, cst.ImportFrom, cst.Nonlocal, cst.Pass, cst.Raise,
    cst.Return, cst.TypeAlias,
)  # fmt: skip
_BLOCK_STATEMENTS = (cst.For, cst.If, cst.Match, cst.Try, cst.TryStar, cst.While, cst.With)
_DEFINITIONS = (cst.ClassDef, cst.FunctionDef)
_HANDLERS = (cst.ExceptHandler, cst.ExceptStarHandler)

_EXACT: Mapping[type[cst.CSTNode], str] = {
    cst.Call: "call",
    **dict.fromkeys((cst.Name, cst.Attribute), "name"),
    **dict.fromkeys((cst.ImportAlias, cst.ImportStar), "import"),
}
"""Nodes that have to end where the suspect says: several may start at one place."""
_STARTING: Mapping[type[cst.CSTNode], str] = {
    **dict.fromkeys(_DEFINITIONS, "def"),
    **dict.fromkeys((*_SMALL_STATEMENTS, *_BLOCK_STATEMENTS), "statement"),
    **dict.fromkeys(_HANDLERS, "except"),
}
SHAPES = frozenset((*_EXACT.values(), *_STARTING.values()))
# Decorators and clauses count as statements: a suppression comment stands on their first line.
_ENCLOSING = frozenset((*_STARTING, cst.Decorator, cst.MatchCase))


class Places:
    """Where the nodes of one excerpt are, in the lines and columns of the file."""

    def __init__(self, excerpt: Excerpt) -> None:
        """Parse ``excerpt`` and go through its nodes once.

        Raises ``libcst.ParserSyntaxError`` and, for deep nesting, ``RecursionError``.
        """
        self._exact: set[tuple[str, Span]] = set()
        self._starting: dict[tuple[str, int, int], Span] = {}
        self._statements: list[Span] = []
        # The excerpt is parsed for this alone, so that no one minds when its nodes are not copied.
        module = MetadataWrapper(cst.parse_module(excerpt.text), unsafe_skip_copy=True)
        places = module.resolve(PositionProvider)
        for node, place in places.items():
            kind = type(node)
            if shape := _EXACT.get(kind):
                self._exact.add((shape, _span(excerpt, place)))
            elif kind in _ENCLOSING and excerpt.origins[place.start.line - 1]:
                span = _span(excerpt, place)
                self._statements.append(span)
                if isinstance(node, _DEFINITIONS):
                    name = _span(excerpt, places[node.name])
                    self._starting["def", name.line, name.column] = name
                    span_found = name
                else:
                    span_found = span
                if shape := _STARTING.get(kind):
                    self._starting[shape, span.line, span.column] = span_found
        self._statements.sort()

    def find(self, shape: str, wanted: Span) -> Span | None:
        """The place of the node of this shape at ``wanted``, if there is one.

        A definition is found by where it or its name starts, and its name is its place.
        """
        if (shape, wanted) in self._exact:
            return wanted
        return self._starting.get((shape, wanted.line, wanted.column))

    def statement_around(self, place: Span) -> Span:
        """The innermost statement, clause or decorator that ``place`` starts in."""
        start = (place.line, place.column)
        after = bisect_right(self._statements, start, key=lambda span: (span.line, span.column))
        for span in reversed(self._statements[:after]):
            if (span.end_line, span.end_column) >= start:
                return span
        return place


def _span(excerpt: Excerpt, place: CodeRange) -> Span:
    start, end = place.start, place.end
    return excerpt.origin(start.line, start.column, end.line, end.column)
