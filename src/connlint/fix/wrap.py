"""A session in a local variable in, the rewrite that opens it with the provider's block out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from connlint.fix.body import Body
from connlint.fix.closes import Closes
from connlint.fix.derived import check_finished
from connlint.fix.life import Finally, Held, Straight
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import (
    Rewrite,
    Splice,
    Statements,
    comment_lines,
    gone,
    indent_of,
    indented,
    leading_lines,
    statements_of,
    without_blank_start,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """The block that opens a session from now on: ``with expression as name:``."""

    expression: cst.BaseExpression
    provider: Provider
    held: Held
    place: Place

    def around(
        self, statements: Statements, indent: str | None, above: Sequence[cst.EmptyLine]
    ) -> Statements:
        """The block with ``statements`` in it, below the lines ``above``.

        The comment behind the assignment stays, and so does its annotation.
        """
        line = self.held.line
        body = indented(_without_gap(statements), cst.IndentedBlock(body=(), indent=indent))
        annotation = _annotation(line)
        if line.trailing_whitespace.comment and not annotation:
            body = body.with_changes(header=line.trailing_whitespace)
        opened = cst.With(
            items=[cst.WithItem(self.expression, cst.AsName(cst.Name(self.held.name)))],
            body=body,
            asynchronous=cst.Asynchronous() if self.provider.is_async else None,
        )
        if annotation:
            return [line.with_changes(body=[annotation], leading_lines=above), opened]
        return [opened.with_changes(leading_lines=above)]

    def leave_out_assignment(self, rewrite: Rewrite) -> None:
        """Remove the assignment, but for its comments and its annotation."""
        line = self.held.line
        if annotation := _annotation(line):
            rewrite.replace(line, line.with_changes(body=[annotation]))
        else:
            comments = [*line.leading_lines, *comment_lines(line.trailing_whitespace)]
            rewrite.replace(line, gone(comments))

    def rewrite(self, body: Body) -> Rewrite:
        """A rewrite on the terms of ``body``, without the assignments of ``None`` before it."""
        terms = body.terms(self.provider)
        is_global = isinstance(self.place.names.function(self.held.line), cst.Module)
        inits = [] if is_global else [each for each in self.held.inits if _is_assigned(each)]
        return Rewrite(removed=[*terms.removed, *inits], unsafe=terms.unsafe)


class Releasing(Opening):
    """The same with a ``finally`` that ends the session: ``expression`` is what it does there."""

    def around(
        self, statements: Statements, indent: str | None, above: Sequence[cst.EmptyLine]
    ) -> Statements:
        """The assignment below the lines ``above``, and a ``try`` with ``statements`` in it."""
        line = self.held.line.with_changes(leading_lines=above)
        release = cst.SimpleStatementLine([cst.Expr(self.expression)])
        last = cst.Finally(cst.IndentedBlock([release], indent=indent))
        first = statements[0]
        if len(statements) == 1 and isinstance(first, cst.Try) and not first.finalbody:
            return [line, first.with_changes(finalbody=last)]
        body = indented(_without_gap(statements), cst.IndentedBlock(body=(), indent=indent))
        return [line, cst.Try(body=body, finalbody=last)]


class Given(Opening):
    """No block at all: the session is there already, under the same name."""

    def around(
        self, statements: Statements, indent: str | None, above: Sequence[cst.EmptyLine]
    ) -> Statements:
        """``statements`` as they are; of the assignment, its comments stay."""
        return [gone([*above, *comment_lines(self.held.line.trailing_whitespace)]), *statements]


def wrap(opening: Opening, life: Finally | Straight, closes: Closes) -> Rewrite:
    """For a session that is closed, in part or on some ways, by ``closes``, which go."""
    if isinstance(life, Finally):
        rewrite = wrap_finally(opening, life)
    else:
        rewrite = wrap_straight(opening, life)
    rewrite.removed += closes.early
    return rewrite


def wrap_straight(opening: Opening, life: Straight) -> Rewrite:
    """For a session that lives in a stretch of its block: that stretch moves into the ``with``."""
    held = opening.held
    region = held.block.body[held.at + 1 : life.stop]
    if not life.uses:
        raise Refused("the session is never used")
    rewrite = opening.rewrite(Body(opening.place, _statements(region), life.uses))
    if life.close:
        rewrite.removed.append(life.close)
        rewrite.unsafe.append("it is closed at the end only, not when something fails")
    else:
        check_finished(life.uses, region, opening.place)
        rewrite.unsafe.append("nothing closes it so far")

    def build(old: Statements) -> Statements:
        return opening.around(old[1:], indent_of(held.block), leading_lines(held.line))

    stop = life.stop + bool(life.close)
    rewrite.splices.append(Splice(held.block, held.at, stop, build))
    return rewrite


def wrap_finally(opening: Opening, life: Finally) -> Rewrite:
    """For a session that a ``finally`` closes: the ``with`` takes over, the rest of it stays."""
    if not life.is_inside:
        return _wrap_following_try(opening, life)
    tree = opening.place.tree
    if all(tree.is_within(use, [life.statement.body]) for use in life.uses):
        return _wrap_inside_try(opening, life)
    return _wrap_whole_try(opening, life)


def _wrap_following_try(opening: Opening, life: Finally) -> Rewrite:
    """``s = f()``, then ``try: ... finally: s.close()``."""
    held, statement = opening.held, life.statement
    block, at = opening.place.tree.place_in_block(statement)
    region = [*block.body[held.at + 1 : at], *_inner(life)]
    rewrite = opening.rewrite(Body(opening.place, _statements(region), life.uses))
    _take_over_close(rewrite, life)

    def build(old: Statements) -> Statements:
        inside = [*old[1:-1], *_without_close(old[-1], life)]
        own = isinstance(statement.body, cst.IndentedBlock)
        indent = indent_of(statement.body if own else block)
        return opening.around(inside, indent, leading_lines(held.line))

    rewrite.splices.append(Splice(block, held.at, at + 1, build))
    return rewrite


def _wrap_whole_try(opening: Opening, life: Finally) -> Rewrite:
    """``try: s = f() ... except: s.rollback() ... finally: s.close()``."""
    held, statement = opening.held, life.statement
    if held.at:
        raise Refused("the session is opened in the middle of a try whose clauses use it")
    rewrite = opening.rewrite(Body(opening.place, _statements(_inner(life)), life.uses))
    rewrite.removed.append(held.line)
    _take_over_close(rewrite, life)
    if statement.handlers:
        rewrite.unsafe.append("its except clauses no longer see an error while it is opened")
    block, at = opening.place.tree.place_in_block(statement)

    def build(old: Statements) -> Statements:
        inside = _without_close(old[0], life, comments=())
        return opening.around(inside, indent_of(statement.body), leading_lines(statement))

    rewrite.splices.append(Splice(block, at, at + 1, build))
    return rewrite


def _wrap_inside_try(opening: Opening, life: Finally) -> Rewrite:
    """``try: ... s = f() ... finally: s.close()``, the session used in the ``try`` alone."""
    held, statement = opening.held, life.statement
    region = held.block.body[held.at + 1 :]
    if not region:
        raise Refused("the session is never used")
    rewrite = opening.rewrite(Body(opening.place, _statements(region), life.uses))
    if life.rest:
        rewrite.removed += life.closes
    if life.rest or statement.handlers:
        rewrite.unsafe.append("it is closed before its except and finally clauses run")

    def build(old: Statements) -> Statements:
        return opening.around(old[1:], indent_of(held.block), leading_lines(held.line))

    rewrite.splices.append(Splice(held.block, held.at, held.at + 1 + len(region), build))
    block, at = opening.place.tree.place_in_block(statement)
    rewrite.splices.append(Splice(block, at, at + 1, lambda old: _without_close(old[0], life)))
    return rewrite


def _inner(life: Finally) -> Sequence[cst.CSTNode]:
    """The ``try`` if it stays, else what is in it."""
    return [life.statement] if life.stays else list(life.statement.body.body)


def _take_over_close(rewrite: Rewrite, life: Finally) -> None:
    """The ``with`` closes when all of the ``finally`` is done, so its closes go."""
    if not life.rest:
        return
    rewrite.removed += life.closes
    assert life.statement.finalbody
    if life.statement.finalbody.body.body[-1] in life.rest:
        rewrite.unsafe.append("it is closed after the rest of its finally clause, not before")


def _without_close(
    statement: cst.BaseStatement, life: Finally, comments: Sequence[cst.EmptyLine] | None = None
) -> list[cst.BaseStatement]:
    """The ``try`` without a ``finally`` that has nothing left to do, or what was in it.

    ``comments`` stand for the lines above the ``try`` where those are used elsewhere.
    """
    assert isinstance(statement, cst.Try | cst.TryStar)
    above = leading_lines(statement) if comments is None else list(comments)
    if life.rest:
        return [statement.with_changes(leading_lines=above)]
    below = _comments_around(statement.finalbody)
    if life.stays:
        return [statement.with_changes(finalbody=None, leading_lines=above), gone(below)]
    return [gone(above), *statements_of(statement.body), gone(below)]


def _comments_around(clause: cst.Finally | None) -> list[cst.EmptyLine]:
    """The comments above a ``finally`` and below what is in it."""
    if clause is None:
        return []
    footer = clause.body.footer if isinstance(clause.body, cst.IndentedBlock) else ()
    return without_blank_start([*clause.leading_lines, *footer])


def _without_gap(statements: Statements) -> Statements:
    """``statements`` without blank lines in front."""
    first, *rest = statements
    return [first.with_changes(leading_lines=without_blank_start(leading_lines(first))), *rest]


def _annotation(line: cst.SimpleStatementLine) -> cst.AnnAssign | None:
    """The annotation of the variable, without its value."""
    only = line.body[0]
    if not isinstance(only, cst.AnnAssign):
        return None
    return only.with_changes(value=None, equal=cst.MaybeSentinel.DEFAULT)


def _is_assigned(init: cst.SimpleStatementLine) -> bool:
    """Is this ``session = None``, and not only ``session: Session``?"""
    only = init.body[0]
    return isinstance(only, cst.Assign) or (isinstance(only, cst.AnnAssign) and bool(only.value))


def _statements(
    nodes: Sequence[cst.CSTNode],
) -> Sequence[cst.BaseStatement | cst.BaseSmallStatement]:
    return [each for each in nodes if isinstance(each, cst.BaseStatement | cst.BaseSmallStatement)]
