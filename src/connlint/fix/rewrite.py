"""Rewrites of single places in, one rewritten tree out.

A rewrite is data: which nodes change and how, which statements give way to others, what the file
has to import. So rewrites of one file can be compared, left out, and applied in one traversal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.tree import Block, Scope, Tree

# LibCST drops lines without statements by itself, and the comments above them: so this marks them.
_GONE = cst.Pass()

Statements = Sequence[cst.BaseStatement]
Changed = cst.CSTNode | cst.FlattenSentinel[cst.CSTNode] | cst.RemovalSentinel


@dataclass(frozen=True, slots=True)
class Splice:
    """Statements ``start`` to ``stop`` of ``block`` give way to what ``build`` makes of them."""

    block: Block
    start: int
    stop: int
    build: Callable[[Statements], Statements]


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A name to import: ``attribute`` of ``module`` as ``local``, in ``scope``.

    ``site`` is where the name is used. ``beside`` is the import of what the name replaces: the new
    one goes next to it. ``within`` tells apart imports that serve different blocks of one scope.
    """

    module: str
    attribute: str
    local: str
    scope: Scope
    site: cst.CSTNode = field(compare=False)
    beside: cst.Import | cst.ImportFrom | None = field(default=None, compare=False)
    within: cst.BaseStatement | None = None


@dataclass(slots=True)
class Rewrite:
    """What has to happen for one finding.

    ``removed`` are statements that go and leave only the comments above them. ``vanished`` are the
    occurrences of names that will be gone. ``unsafe`` says why a person has to look at the result
    (empty: safe).
    """

    changes: dict[cst.CSTNode, Callable[[cst.CSTNode], Changed]] = field(default_factory=dict)
    splices: list[Splice] = field(default_factory=list)
    removed: list[cst.BaseStatement] = field(default_factory=list)
    imports: list[ImportRequest] = field(default_factory=list)
    unimports: list[cst.ImportAlias] = field(default_factory=list)
    vanished: list[cst.Name] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)

    def replace(self, old: cst.CSTNode, new: cst.CSTNode) -> None:
        """Put ``new`` where ``old`` is."""
        self.changes[old] = lambda _: new

    def add(self, other: Rewrite) -> None:
        """Do what ``other`` does, too; the two must not change the same nodes."""
        self.changes.update(other.changes)
        self.splices += other.splices
        self.removed += other.removed
        self.imports += other.imports
        self.unimports += other.unimports
        self.vanished += other.vanished
        self.unsafe += other.unsafe

    def touched(self) -> Iterator[cst.CSTNode]:
        """The nodes that change, go or move."""
        yield from self.changes
        yield from self.removed
        for splice in self.splices:
            yield from splice.block.body[splice.start : splice.stop]

    def collides(self, other: Rewrite, tree: Tree) -> bool:
        """Do the two touch the same lines, or one the line of an import that the other needs?"""
        own, others = lines_of(self.touched(), tree), lines_of(other.touched(), tree)
        needed = lines_of(self._needed(), tree)
        return bool(own & others or needed & others or own & lines_of(other._needed(), tree))

    def _needed(self) -> Iterator[cst.CSTNode]:
        yield from (request.beside for request in self.imports if request.beside)
        yield from self.unimports


def lines_of(nodes: Iterable[cst.CSTNode], tree: Tree) -> set[int]:
    """The numbers of all lines on which ``nodes`` stand."""
    places = (tree.places[node] for node in nodes)
    return {line for at in places for line in range(at.start.line, at.end.line + 1)}


def apply(module: cst.Module, rewrites: Iterable[Rewrite]) -> cst.Module:
    """``module`` with all of ``rewrites`` done; they must not touch the same nodes."""
    changed = module.visit(_Transformer(rewrites))
    assert isinstance(changed, cst.Module)
    return changed


def indented(statements: Statements, like: cst.BaseSuite | None = None) -> cst.IndentedBlock:
    """A block of ``statements``, indented and commented as the block ``like``."""
    settled, left = _settle(statements)
    base = like if isinstance(like, cst.IndentedBlock) else cst.IndentedBlock(body=())
    return base.with_changes(body=settled or [_pass()], footer=[*left, *base.footer])


def statements_of(suite: cst.BaseSuite) -> list[cst.BaseStatement]:
    """The statements of ``suite`` for use in another block, with all comments of ``suite``."""
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(suite.body, trailing_whitespace=suite.trailing_whitespace)]
    assert isinstance(suite, cst.IndentedBlock)
    return [gone(comment_lines(suite.header)), *suite.body, gone(suite.footer)]


def lift(statement: cst.With, tree: Tree) -> Splice:
    """Put what is in ``statement`` in its place."""
    block, at = tree.place_in_block(statement)

    def build(old: Statements) -> Statements:
        changed = old[0]
        assert isinstance(changed, cst.With)
        return [gone(leading_lines(changed)), *statements_of(changed.body)]

    return Splice(block, at, at + 1, build)


def indent_of(block: cst.BaseSuite | Block) -> str | None:
    """The indentation of a block, where it has one of its own."""
    return block.indent if isinstance(block, cst.IndentedBlock) else None


def comment_lines(end: cst.TrailingWhitespace) -> list[cst.EmptyLine]:
    """The comment at the end of a line as a line of its own."""
    return [cst.EmptyLine(comment=end.comment, newline=end.newline)] if end.comment else []


def without_blank_start(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """``lines`` from the first comment on."""
    first = next((at for at, line in enumerate(lines) if line.comment), len(lines))
    return list(lines[first:])


def leading_lines(statement: cst.BaseStatement) -> list[cst.EmptyLine]:
    """The blank lines and comments above ``statement``."""
    assert isinstance(statement, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    return list(statement.leading_lines)


def gone(lines: Sequence[cst.EmptyLine]) -> cst.SimpleStatementLine:
    """Stands for a removed statement until its block is put together: ``lines`` are left of it."""
    return cst.SimpleStatementLine(body=[_GONE], leading_lines=lines)


class _Transformer(cst.CSTTransformer):
    """Applies changes bottom up, so that what is inside a moved statement is changed already."""

    def __init__(self, rewrites: Iterable[Rewrite]) -> None:
        super().__init__()
        self._changes: dict[cst.CSTNode, Callable[[cst.CSTNode], Changed]] = {}
        self._splices: dict[cst.CSTNode, list[Splice]] = defaultdict(list)
        for rewrite in rewrites:
            self._changes.update(rewrite.changes)
            self._changes.update(dict.fromkeys(rewrite.removed, _remove))
            for splice in rewrite.splices:
                self._splices[splice.block].append(splice)

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> Changed:
        if change := self._changes.get(original_node):
            return change(updated_node)
        if isinstance(updated_node, cst.Module | cst.IndentedBlock):
            return self._block(updated_node, self._splices.get(original_node, []))
        return updated_node

    def _block(self, block: Block, splices: list[Splice]) -> Block:
        if not splices and not any(map(_is_gone, block.body)):
            return block
        statements: list[cst.BaseStatement] = []
        at = 0
        for splice in sorted(splices, key=lambda each: (each.start, each.stop)):
            statements += block.body[at : splice.start]
            statements += splice.build(block.body[splice.start : splice.stop])
            at = splice.stop
        statements += block.body[at:]
        if isinstance(block, cst.IndentedBlock):
            return indented(statements, block)
        settled, left = _settle(statements)
        return block.with_changes(body=settled, footer=[*left, *block.footer])


def _remove(statement: cst.CSTNode) -> cst.SimpleStatementLine:
    assert isinstance(statement, cst.BaseStatement)
    return gone(leading_lines(statement))


def _is_gone(statement: cst.BaseStatement) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and statement.body[0] is _GONE


def _settle(statements: Statements) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
    """What is left of ``statements``, the comments above removed ones with what comes next.

    The second part are the comments that nothing comes after.
    """
    settled: list[cst.BaseStatement] = []
    pending: list[cst.EmptyLine] | None = None
    for statement in statements:
        lines = leading_lines(statement)
        if pending is not None:
            lines = _merged(pending, lines, is_first=not settled)
        pending = None
        if _is_gone(statement):
            pending = lines
        else:
            settled.append(statement.with_changes(leading_lines=lines))
    return settled, without_blank_start(pending or ())


def _merged(
    above: list[cst.EmptyLine], lines: list[cst.EmptyLine], *, is_first: bool
) -> list[cst.EmptyLine]:
    """The lines above a removed statement and those above the next, without blanks from both."""
    if any(line.comment for line in above):
        return above + lines
    rest = without_blank_start(lines)
    blanks = lines[: len(lines) - len(rest)]
    return (above if is_first or len(above) > len(blanks) else blanks) + rest


def _pass() -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Pass()])
