"""A file's text in, its LibCST tree out, with the place of each node and what it is in."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from connlint.fix.outcome import Refused
from connlint.location import Span
from connlint.source import Source

Node = TypeVar("Node", bound=cst.CSTNode)
Block = cst.Module | cst.IndentedBlock
Scope = cst.Module | cst.FunctionDef | cst.ClassDef | cst.Lambda | cst.BaseComp


@dataclass(slots=True)
class _Links:
    """Every node in the order of the source, its parent, and where the nodes inside it are."""

    nodes: list[cst.CSTNode] = field(default_factory=list)
    parents: dict[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    extents: dict[cst.CSTNode, range] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed file. Nodes are told apart by identity."""

    source: Source
    module: cst.Module
    places: Mapping[cst.CSTNode, CodeRange]
    links: _Links

    @property
    def nodes(self) -> Sequence[cst.CSTNode]:
        """Every node, in the order of the source, outer before inner ones."""
        return self.links.nodes

    def inside(self, *outer: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """``outer`` and all nodes in them, in order."""
        for each in outer:
            extent = self.links.extents[each]
            yield from self.links.nodes[extent.start : extent.stop]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """What ``node``, which is not the module, is directly in."""
        return self.links.parents[node]

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What ``node`` is in, from the inside out."""
        while above := self.links.parents.get(node):
            yield above
            node = above

    def is_within(self, node: cst.CSTNode, outer: Iterable[cst.CSTNode]) -> bool:
        """Is ``node`` one of ``outer`` or inside one of them?"""
        at = self.links.extents[node].start
        return any(at in self.links.extents[each] for each in outer)

    def enclosing(self, node: cst.CSTNode, *kinds: type[Node]) -> Node | None:
        """The innermost node of one of these ``kinds`` around ``node``."""
        return next((above for above in self.ancestors(node) if isinstance(above, kinds)), None)

    def is_before(self, one: cst.CSTNode, other: cst.CSTNode) -> bool:
        """Does ``one`` start before ``other``?"""
        return self.links.extents[one].start < self.links.extents[other].start

    def node_at(self, span: Span, *kinds: type[Node]) -> Node | None:
        """The outermost node of one of these ``kinds`` at ``span``."""
        for node in self.nodes:
            if isinstance(node, kinds) and self.span(node) == span:
                return node
        return None

    def span(self, node: cst.CSTNode) -> Span:
        """Where ``node`` is."""
        place = self.places[node]
        return Span(place.start.line, place.start.column, place.end.line, place.end.column)

    def line(self, node: cst.CSTNode) -> int:
        """The line on which ``node`` starts."""
        return self.places[node].start.line

    def statement_of(self, node: cst.CSTNode) -> cst.BaseStatement:
        """The whole statement, with its line or lines, that ``node`` is in.

        Raises :class:`Refused` for a statement on the line of its header (``if x: f()``).
        """
        inner = node
        for above in (node, *self.ancestors(node)):
            if isinstance(above, cst.SimpleStatementSuite):
                raise Refused("it shares a line with the header of its block")
            if isinstance(above, cst.IndentedBlock | cst.Module):
                break
            inner = above
        assert isinstance(inner, cst.BaseStatement)
        return inner

    def place_in_block(self, statement: cst.BaseStatement) -> tuple[Block, int]:
        """The block that holds ``statement``, and its number there."""
        block = self.parent(statement)
        assert isinstance(block, cst.Module | cst.IndentedBlock)
        return block, next(at for at, each in enumerate(block.body) if each is statement)


class _Linker(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.links = _Links()
        self._above: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._above:
            self.links.parents[node] = self._above[-1]
        self.links.extents[node] = range(len(self.links.nodes), 0)
        self.links.nodes.append(node)
        self._above.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._above.pop()
        start = self.links.extents[original_node].start
        self.links.extents[original_node] = range(start, len(self.links.nodes))


def open_tree(source: Source) -> Tree:
    """Parse a file; raises :class:`Refused` when it could not be written back faithfully."""
    try:
        module = cst.parse_module(source.text)
    except cst.ParserSyntaxError as error:
        raise Refused(f"LibCST can't parse the file (line {error.raw_line})") from error
    if module.code != source.text:
        raise Refused("the file does not survive a round trip through LibCST")
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    linker = _Linker()
    module.visit(linker)
    return Tree(source, module, places, linker.links)


def parse_python(text: str) -> ast.Module:
    """The standard library's tree of ``text``; raises :class:`Refused` when it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise Refused(f"line {error.lineno}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Refused(f"it can't be parsed ({type(error).__name__})") from error
