"""A statement that has to go in, the rewrite that takes it out and leaves its block sound out.

What is left empty goes along when it had no other purpose: an ``if`` whose test only looks, the
``else`` of anything, a ``try`` whose clauses only undo and report. Any other block gets a ``pass``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.quiet import Try, only_looks, only_undoes
from connlint.fix.rewrite import Rewrite, comment_lines, gone, leading_lines
from connlint.fix.tree import Tree

_STEMS = {"rollback": "roll"}


def statement_of_call(call: cst.Call, place: Place) -> cst.Expr:
    """The statement that is the call, awaited or not, and nothing else.

    Raises :class:`Refused` when something is made of the result.
    """
    above = place.tree.parent(call)
    if isinstance(above, cst.Await):
        above = place.tree.parent(above)
    if not isinstance(above, cst.Expr):
        raise Refused("something is made of its result")
    return above


def remove(statement: cst.BaseSmallStatement, place: Place, word: str) -> Rewrite:
    """The rewrite that takes out ``statement``, which does what ``word`` says (``commit``).

    A comment on its line goes as well, and so does a single comment line directly above it that
    begins with the word. Raises :class:`Refused` when a ``try`` would lose what it is for.
    """
    return _Removal(place.tree, word).of_small(statement)


class _Removal:
    """One removal. Where blocks become empty it works its way outwards."""

    def __init__(self, tree: Tree, word: str) -> None:
        self._tree = tree
        stem = _STEMS.get(word, word.partition("_")[0])
        self._about = re.compile(rf"#+\W*{re.escape(stem)}\w*\b(?!.*\band\b)", re.IGNORECASE)
        self._rewrite = Rewrite()

    def of_small(self, statement: cst.BaseSmallStatement) -> Rewrite:
        line = self._tree.parent(statement)
        assert isinstance(line, cst.SimpleStatementLine | cst.SimpleStatementSuite)
        if len(line.body) > 1:
            at = next(at for at, each in enumerate(line.body) if each is statement)
            self._rewrite.changes[line] = _without(at)
        elif isinstance(line, cst.SimpleStatementLine):
            self._statement(line)
        else:
            self._emptied(line, None)
        return self._rewrite

    def _statement(self, statement: cst.BaseStatement) -> None:
        """Take out a whole statement of a block."""
        block, _ = self._tree.place_in_block(statement)
        if len(block.body) > 1 or isinstance(block, cst.Module):
            self._go(statement)
        else:
            self._emptied(block, statement)

    def _go(self, statement: cst.BaseStatement) -> None:
        self._rewrite.replace(statement, gone(self._lines_left(statement)))

    def _emptied(self, suite: cst.BaseSuite, last: cst.BaseStatement | None) -> None:
        """Deal with a block of which nothing would be left; ``last`` is what it holds so far."""
        owner = self._tree.parent(suite)
        if isinstance(owner, cst.Try | cst.TryStar) and owner.body is suite:
            self._try(owner)
        elif self._has_comments(suite, last):
            self._leave_pass(suite, last)
        elif isinstance(owner, cst.Else):
            self._rewrite.changes[self._tree.parent(owner)] = _without_else
        elif (
            isinstance(owner, cst.If)
            and owner.orelse is None
            and only_looks(owner.test, self._tree)
        ):
            above = self._tree.parent(owner)
            if isinstance(above, cst.If):
                self._rewrite.changes[above] = _without_else
            else:
                self._statement(owner)
        else:
            self._leave_pass(suite, last)

    def _try(self, statement: Try) -> None:
        """Take out a ``try`` that has nothing to try any more."""
        if statement.orelse or statement.finalbody:
            raise Refused("its try would have nothing left to do")
        if not all(only_undoes(handler.body) for handler in statement.handlers):
            raise Refused("it is all that its try does, and a clause answers its failure")
        self._statement(statement)

    def _leave_pass(self, suite: cst.BaseSuite, last: cst.BaseStatement | None) -> None:
        if last is not None:
            self._go(last)
        else:
            assert isinstance(suite, cst.SimpleStatementSuite)
            self._rewrite.replace(suite.body[0], cst.Pass())

    def _has_comments(self, suite: cst.BaseSuite, last: cst.BaseStatement | None) -> bool:
        """Is there a comment in the block that is not about what goes?"""
        lines = self._lines_left(last) if last is not None else []
        if isinstance(suite, cst.IndentedBlock):
            lines = [*lines, *comment_lines(suite.header), *suite.footer]
        return any(line.comment for line in lines)

    def _lines_left(self, statement: cst.BaseStatement) -> list[cst.EmptyLine]:
        """The lines above ``statement`` without a comment that is about it alone."""
        lines = leading_lines(statement)
        comment = lines[-1].comment if lines else None
        is_alone = len(lines) < 2 or not lines[-2].comment
        if comment and is_alone and self._about.match(comment.value):
            return lines[:-1]
        return lines


def _without(at: int) -> Callable[[cst.CSTNode], cst.CSTNode]:
    """What takes statement ``at`` out of its line."""

    def change(line: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(line, cst.SimpleStatementLine | cst.SimpleStatementSuite)
        kept: Sequence[cst.BaseSmallStatement] = [*line.body[:at], *line.body[at + 1 :]]
        last = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
        return line.with_changes(body=[*kept[:-1], last])

    return change


def _without_else(statement: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(statement, cst.If | cst.For | cst.While | cst.Try | cst.TryStar)
    return statement.with_changes(orelse=None)
