"""A call or a dictionary in, the same with more or other values in the layout that it has out.

Works on text: what stands between the brackets stays as it is, comments and blanks included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.tree import Tree

_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMA = re.compile(r"\s*,")
_NARROW, _WIDE = 88, 120


@dataclass(slots=True)
class Brackets:
    """What is to become of ``node``.

    ``replaced`` holds what nodes inside give way to, ``added`` elements that come after the others.
    """

    tree: Tree
    node: cst.Call | cst.Dict
    replaced: dict[cst.CSTNode, str | Brackets] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)

    def expression(self) -> cst.BaseExpression:
        """The node as it is to be; raises :class:`Refused` when its layout is not understood."""
        try:
            new = cst.parse_expression(self.text(), self.tree.module.config_for_parsing)
        except cst.ParserSyntaxError as error:
            raise Refused("its arguments are laid out in a way that is not understood") from error
        placed = new.visit(_Indented(self._block_indent()))
        assert isinstance(placed, cst.BaseExpression)
        return placed.with_changes(lpar=self.node.lpar, rpar=self.node.rpar)

    def text(self) -> str:
        """The text of the node as it is to be, without parentheses around it.

        Where its elements share a line that gets too long, each is given one of its own.
        """
        start, stop = self._extent(self.node)
        text = self.line()
        is_kept = self._is_on_lines() or len(text) <= stop - start
        if is_kept or self._fits(f"{self._line_until(start)}{text}{self._line_after(stop)}"):
            return text
        line = self._line_until(start)
        return self._spread(line[: len(line) - len(line.lstrip())]) or text

    def line(self) -> str:
        """The same, with what is new right behind the last element, or below it on its own line."""
        start, stop = self._extent(self.node)
        if self._is_on_lines():
            return self._with_lines(start, stop)
        elements = self._elements
        last = self._extent(elements[-1])[1] if elements else stop - 1
        more = "".join(f", {each}" for each in self.added)
        more = more if elements else more.removeprefix(", ")
        return f"{self._with_replaced(start, last, Brackets.line)}{more}{self._source[last:stop]}"

    @property
    def _elements(self) -> Sequence[cst.CSTNode]:
        return self.node.args if isinstance(self.node, cst.Call) else self.node.elements

    @property
    def _source(self) -> str:
        return self.tree.source.text

    def _is_on_lines(self) -> bool:
        """Has the last element a line of its own?"""
        elements = self._elements
        return bool(elements) and not self._line_until(self._extent(elements[-1])[0]).strip()

    def _with_replaced(self, start: int, stop: int, show: Callable[[Brackets], str]) -> str:
        """The text between two places with what is replaced there."""
        text = self._source[start:stop]
        places = {self._extent(node): new for node, new in self.replaced.items()}
        for (first, last), new in sorted(places.items(), key=lambda each: each[0], reverse=True):
            if start <= first and last <= stop:
                shown = show(new) if isinstance(new, Brackets) else new
                text = text[: first - start] + shown + text[last - start :]
        return text

    def _with_lines(self, start: int, stop: int) -> str:
        """The new elements on lines of their own, below the last one and its comment."""
        if not self.added:
            return self._with_replaced(start, stop, Brackets.text)
        first, last = self._extent(self._elements[-1])
        tail = self._source[last : stop - 1]
        comma = _COMMA.match(tail)
        tail = tail[comma.end() :] if comma else tail
        end = _LINE_END.search(tail)
        comment = tail[: end.start()] if end else ""
        between = f"{self.tree.module.default_newline}{self._line_until(first)}"
        lines = "".join(f"{between}{each}," for each in self.added)
        if comma is None and end is None:
            lines = lines.removesuffix(",")
        rest = tail[end.start() :] if end else tail
        before = self._with_replaced(start, last, Brackets.text)
        return f"{before},{comment}{lines}{rest}{self._source[stop - 1]}"

    def _spread(self, indent: str) -> str:
        """All elements on lines of their own; nothing where that would move more than them."""
        start, stop = self._extent(self.node)
        extents = [self._extent(each) for each in self._elements]
        bounds = [start, *(place for each in extents for place in each), stop]
        gaps = [self._source[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
        texts = [self._with_replaced(*each, Brackets.line) for each in extents]
        if any("#" in each for each in gaps) or any(map(_LINE_END.search, texts)):
            return ""
        inner = f"{indent}{self.tree.module.default_indent}"
        for number, text in enumerate(texts):
            if not self._fits(f"{inner}{text},"):
                texts[number] = self._with_replaced(
                    *extents[number], lambda each: each._spread(inner) or each.line()
                )
        newline = self.tree.module.default_newline
        body = "".join(f"{newline}{inner}{each}," for each in (*texts, *self.added))
        return f"{gaps[0].rstrip()}{body}{newline}{indent}{self._source[stop - 1]}"

    def _fits(self, text: str) -> bool:
        """Are all lines of ``text`` as short as lines are in this file?"""
        longest = max(map(len, _LINE_END.split(self._source)))
        limit = min(max(longest, _NARROW), _WIDE)
        return all(len(line) <= limit for line in _LINE_END.split(text))

    def _line_until(self, at: int) -> str:
        """What stands on the line before a place."""
        return _LINE_END.split(self._source[:at])[-1]

    def _line_after(self, at: int) -> str:
        return _LINE_END.split(self._source[at:], maxsplit=1)[0]

    def _extent(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where ``node`` starts and ends in the text."""
        span = self.tree.span(node)
        starts = [0, *(found.end() for found in _LINE_END.finditer(self._source))]
        return starts[span.line - 1] + span.column, starts[span.end_line - 1] + span.end_column

    def _block_indent(self) -> str:
        """How far the block around the node is indented."""
        default = self.tree.module.default_indent
        blocks = (b for b in self.tree.ancestors(self.node) if isinstance(b, cst.IndentedBlock))
        return "".join(default if b.indent is None else b.indent for b in reversed(list(blocks)))


class _Indented(cst.CSTTransformer):
    """Takes the indentation of the block out of the lines of an expression that was parsed alone.

    LibCST writes it in front of every line that says so.
    """

    def __init__(self, indent: str) -> None:
        super().__init__()
        self._indent = indent

    def leave_ParenthesizedWhitespace(  # noqa: N802
        self, original_node: cst.ParenthesizedWhitespace, updated_node: cst.ParenthesizedWhitespace
    ) -> cst.ParenthesizedWhitespace:
        is_inside, rest = self._split(updated_node.last_line)
        return updated_node.with_changes(indent=is_inside, last_line=rest)

    def leave_EmptyLine(  # noqa: N802
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.EmptyLine:
        is_inside, rest = self._split(updated_node.whitespace)
        return updated_node.with_changes(indent=is_inside, whitespace=rest)

    def _split(self, space: cst.SimpleWhitespace) -> tuple[bool, cst.SimpleWhitespace]:
        if not space.value.startswith(self._indent):
            return False, space
        return True, cst.SimpleWhitespace(space.value.removeprefix(self._indent))
