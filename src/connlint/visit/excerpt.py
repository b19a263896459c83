"""A file's lines and the lines of interest in, the little source that LibCST has to parse out.

Parsing with LibCST and computing positions cost 2 to 3 s a megabyte, ``ast`` 0.08 s. So ``ast``
finds the innermost statement around each line of interest, and only these statements go into the
excerpt, their blocks replaced by ``pass``. A statement keeps its indentation below an ``if 1:`` of
its own, so that columns stay as they are; lines are mapped back.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from connlint.location import Span
from connlint.source import CharacterColumns
from connlint.visit.depth import depth_of

_FRAME = "if 1:"


@dataclass(slots=True)
class Excerpt:
    """Source made of whole statements of a file, and where each of its lines comes from.

    ``origins[n]`` is the line in the file of line ``n + 1``, 0 for a line that was added.
    ``block_ends`` maps the line of a ``pass`` that stands for a block to where that block ends.
    """

    lines: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    block_ends: dict[int, tuple[int, int]] = field(default_factory=dict)
    depth: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def add(self, line: str, origin: int) -> None:
        self.lines.append(line)
        self.origins.append(origin)

    def origin(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """The place in the file of a node at this place of the excerpt."""
        end = self.block_ends.get(end_line) or (self.origins[end_line - 1], end_column)
        return Span(self.origins[line - 1], column, *end)


@dataclass(frozen=True, slots=True)
class _Unit:
    """Statements that share lines: usually one, more where ``;`` separates them."""

    statements: tuple[ast.stmt, ...]

    @property
    def first_line(self) -> int:
        return _first_line(self.statements[0])

    @property
    def last_line(self) -> int:
        return _last_line(self.statements[-1])


def whole(lines: Sequence[str]) -> list[Excerpt]:
    """All lines as they are, as one excerpt; none when they are no Python."""
    tree = _parse(lines)
    if tree is None:
        return []
    return [Excerpt(list(lines), list(range(1, len(lines) + 1)), depth=depth_of([tree]))]


def around(
    lines: Sequence[str], statements: Sequence[tuple[int, int]], wanted: Iterable[int]
) -> list[Excerpt] | None:
    """One excerpt for each innermost statement around one of the ``wanted`` lines, in order.

    ``statements`` are the first and last lines of the file's top-level statements (empty: unknown).
    Returns ``None`` when a line is in no statement that can be parsed by itself.
    """
    wanted = sorted(set(wanted))
    tree = _parse(_blank_others(lines, statements, wanted) if statements else lines)
    if tree is None:
        return None
    units: dict[int, _Unit] = {}
    for line in wanted:
        unit = _innermost(tree, lines, line)
        if unit is None:
            return None
        units[unit.first_line] = unit
    columns = CharacterColumns("\n".join(lines))
    return [_excerpt(units[first], lines, columns) for first in sorted(units)]


def join(excerpts: Iterable[Excerpt]) -> Excerpt:
    """One excerpt that holds all of ``excerpts``, one below the other."""
    joined = Excerpt()
    for excerpt in excerpts:
        offset = len(joined.lines)
        joined.lines += excerpt.lines
        joined.origins += excerpt.origins
        joined.block_ends.update((line + offset, end) for line, end in excerpt.block_ends.items())
        joined.depth = max(joined.depth, excerpt.depth)
    return joined


def _blank_others(
    lines: Sequence[str], statements: Sequence[tuple[int, int]], wanted: Iterable[int]
) -> list[str]:
    """The same number of lines, empty but for the top-level statements around ``wanted``."""
    kept = [""] * len(lines)
    firsts = [first for first, _ in statements]
    for line in wanted:
        needed, at = line, bisect_right(firsts, line) - 1
        # Statements joined by ";" share a line: all of them are needed.
        while at >= 0 and statements[at][1] >= needed:
            needed, last = statements[at]
            kept[needed - 1 : last] = lines[needed - 1 : last]
            at -= 1
    return kept


def _parse(lines: Sequence[str]) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse("\n".join(lines) + "\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _innermost(tree: ast.Module, lines: Sequence[str], line: int) -> _Unit | None:
    """The innermost unit around ``line`` that consists of whole lines."""
    found: _Unit | None = None
    blocks: list[list[ast.stmt]] = [tree.body]
    while unit := next(filter(None, (_unit_at(block, line) for block in blocks)), None):
        if _starts_line(unit, lines):
            found = unit
        blocks = [block for statement in unit.statements for block in _blocks(statement)]
    return found


def _unit_at(block: list[ast.stmt], line: int) -> _Unit | None:
    if not block or not _first_line(block[0]) <= line <= _last_line(block[-1]):
        return None
    at = bisect_right(block, line, key=_first_line) - 1
    first = last = at
    while first and _last_line(block[first - 1]) >= _first_line(block[first]):
        first -= 1
    while last + 1 < len(block) and _first_line(block[last + 1]) <= _last_line(block[last]):
        last += 1
    return _Unit(tuple(block[first : last + 1])) if _last_line(block[last]) >= line else None


def _starts_line(unit: _Unit, lines: Sequence[str]) -> bool:
    """Is the unit's first line its own, and not that of a header?"""
    before = lines[unit.first_line - 1][: unit.statements[0].col_offset]
    return not before.strip(" \t")


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks below ``statement``; those of an ``elif`` belong to its ``if``."""
    for clause in _clauses(statement):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(clause, name, None)
            if block and not (name == "orelse" and _elif(clause)):
                yield block


def _clauses(statement: ast.stmt) -> Iterator[ast.AST]:
    yield statement
    yield from getattr(statement, "handlers", ())
    yield from getattr(statement, "cases", ())
    clause = _elif(statement)
    while clause:
        yield clause
        clause = _elif(clause)


def _elif(clause: ast.AST) -> ast.If | None:
    """The ``elif`` of an ``if``: its test is on the column of the ``if``, where no block can be."""
    if isinstance(clause, ast.If) and len(clause.orelse) == 1:
        other = clause.orelse[0]
        if isinstance(other, ast.If) and other.col_offset <= clause.col_offset:
            return other
    return None


def _excerpt(unit: _Unit, lines: Sequence[str], columns: CharacterColumns) -> Excerpt:
    """The unit's lines, each block that has lines of its own replaced by ``pass``."""
    excerpt = Excerpt()
    if lines[unit.first_line - 1][:1] in {" ", "\t", "\f"}:
        excerpt.add(_FRAME, 0)
    stubs = {_first_line(block[0]): block for block in _cuttable_blocks(unit, lines)}
    at = unit.first_line
    while at <= unit.last_line:
        if block := stubs.get(at):
            indentation = lines[at - 1][: block[0].col_offset]
            excerpt.add(f"{indentation}pass", at)
            last, end = _last_line(block[-1]), block[-1].end_col_offset or 0
            excerpt.block_ends[len(excerpt.lines)] = (last, columns.column(last, end))
            at = last
        else:
            excerpt.add(lines[at - 1], at)
        at += 1
    excerpt.depth = _depth(unit, stubs.values())
    return excerpt


def _cuttable_blocks(unit: _Unit, lines: Sequence[str]) -> Iterator[list[ast.stmt]]:
    if len(unit.statements) == 1:
        for block in _blocks(unit.statements[0]):
            if _starts_line(_Unit((block[0],)), lines):
                yield block


def _depth(unit: _Unit, cut: Iterable[list[ast.stmt]]) -> int:
    """How deep the nodes are nested that stay in the excerpt.

    The clauses of an ``elif`` chain are nested in one another, in LibCST's tree as well.
    """
    gone = {id(statement) for block in cut for statement in block}
    deepest = 0
    for statement in unit.statements:
        for level, clause in enumerate(_clauses(statement), 1):
            gone.add(id(_elif(clause)))
            staying = [child for child in ast.iter_child_nodes(clause) if id(child) not in gone]
            deepest = max(deepest, level + depth_of(staying))
    return deepest


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return decorators[0].lineno if decorators else statement.lineno


def _last_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno
