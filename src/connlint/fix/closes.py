"""A session and the code that uses it in, the closes there that another end makes needless out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from connlint.fix.life import Finally, Held, Straight, is_close
from connlint.fix.outcome import Refused
from connlint.fix.place import Place

_LEAVES = (cst.Return, cst.Raise)


@dataclass(frozen=True, slots=True)
class Closes:
    """The statements that close a session: ``ending`` at the end of its life, ``early`` before."""

    ending: Sequence[cst.BaseStatement]
    early: Sequence[cst.BaseStatement]

    def __bool__(self) -> bool:
        return bool(self.ending or self.early)


def closes_of(held: Held, life: Finally | Straight, place: Place) -> Closes:
    """The closes of a session that another end of its life makes needless.

    Raises :class:`Refused` when one closes it although it is used afterwards.
    """
    if isinstance(life, Finally):
        return Closes(life.closes, _early(held, [life.statement], life.closes, place))
    ending = [life.close] if life.close else []
    region = held.block.body[held.at + 1 : life.stop]
    return Closes(ending, _early(held, region, ending, place))


def _early(
    held: Held,
    region: Sequence[cst.BaseStatement],
    ending: Sequence[cst.BaseStatement],
    place: Place,
) -> list[cst.BaseStatement]:
    """The closes right after which ``region`` is left."""
    tree = place.tree
    using = [each for each in region if any(tree.is_within(use, [each]) for use in held.uses)]
    last = list(_last(held, using, place))
    found: list[cst.BaseStatement] = []
    for node in tree.inside(*region):
        if not isinstance(node, cst.BaseStatement | cst.BaseSmallStatement):
            continue
        if not is_close(node, held, place) or tree.is_within(node, [*ending, *found]):
            continue
        statement = tree.statement_of(node)
        if statement not in last and not _is_left_behind(statement, place):
            raise Refused(f"line {tree.line(node)} closes it in the middle of what it is open for")
        found.append(statement)
    return found


def _last(
    held: Held, statements: Sequence[cst.CSTNode], place: Place
) -> Iterator[cst.BaseStatement]:
    """The closes after which nothing of ``statements`` is run."""
    end = statements[-1] if statements else None
    if isinstance(end, cst.BaseStatement) and is_close(end, held, place):
        yield end
        return
    match end:
        case cst.If():
            branch: cst.If | cst.Else | None = end
            while branch:
                yield from _last(held, branch.body.body, place)
                branch = branch.orelse if isinstance(branch, cst.If) else None
        case cst.Try() | cst.TryStar():
            clause = end.orelse or end
            yield from _last(held, clause.body.body, place)
            for handler in end.handlers:
                yield from _last(held, handler.body.body, place)
        case cst.With():
            yield from _last(held, end.body.body, place)
        case _:
            return


def _is_left_behind(statement: cst.BaseStatement, place: Place) -> bool:
    """Does the function end right after ``statement``?"""
    block, at = place.tree.place_in_block(statement)
    after = block.body[at + 1 : at + 2]
    return any(
        isinstance(each, cst.SimpleStatementLine) and isinstance(each.body[0], _LEAVES)
        for each in after
    )
