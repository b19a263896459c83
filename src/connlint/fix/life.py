"""An assignment that opens a session in, how long that session lives out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.body import method_call
from connlint.fix.derived import reach_of
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.site import is_closing
from connlint.fix.stretch import uses_of
from connlint.fix.tree import Block

Try = cst.Try | cst.TryStar


@dataclass(frozen=True, slots=True)
class Held:
    """A session in a local variable.

    ``line`` is the assignment, statement ``at`` of ``block``. ``uses`` are the occurrences of the
    variable that mean this session, ``inits`` the assignments of ``None`` before it. ``release`` is
    the method of a pool that takes it back, for what came from there (empty: it is closed).
    """

    name: str
    line: cst.SimpleStatementLine
    block: Block
    at: int
    uses: Sequence[cst.Name]
    inits: Sequence[cst.SimpleStatementLine]
    release: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """Assigned, then entered: statement ``stop - 1`` of the block is ``with session:``."""

    statement: cst.With
    item: cst.WithItem
    uses: Sequence[cst.Name]


@dataclass(frozen=True, slots=True)
class Finally:
    """Closed by a ``finally``.

    ``closes`` are the statements that close it, ``rest`` says that the ``finally`` does more.
    ``is_inside`` when the session is opened inside the ``try``, else it is opened before it.
    """

    statement: Try
    closes: Sequence[cst.BaseStatement]
    rest: Sequence[cst.CSTNode]
    is_inside: bool
    uses: Sequence[cst.Name]

    @property
    def stays(self) -> bool:
        """Is there still a reason for the ``try`` when the session is closed by another?"""
        return bool(self.statement.handlers or self.statement.orelse or self.rest)


@dataclass(frozen=True, slots=True)
class Straight:
    """Lives until statement ``stop`` of its block; ``close`` is the statement that closes it."""

    stop: int
    close: cst.BaseStatement | None
    uses: Sequence[cst.Name] = field(default_factory=tuple)


Life = Entered | Finally | Straight


def held_by(assignment: cst.Assign | cst.AnnAssign, place: Place, release: str = "") -> Held:
    """The variable that ``assignment`` puts the session into; raises :class:`Refused`."""
    tree, names = place.tree, place.names
    line = tree.statement_of(assignment)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        raise Refused("its assignment shares a line with another statement")
    if isinstance(assignment, cst.Assign):
        target = assignment.targets[0].target
    else:
        target = assignment.target
    assert isinstance(target, cst.Name)
    owner = names.owner(target)
    if isinstance(owner, cst.ClassDef):
        raise Refused("the session is stored in an attribute of the class")
    if names.is_declared_outside(target.value, names.scope(target)):
        raise Refused("the session is stored in a variable of an outer scope")
    others = [each for each in names.of_variable(target.value, owner) if each is not target]
    inits = {each: init for each in others if (init := _init(each, target, place))}
    rest = [each for each in others if each not in inits]
    uses = uses_of(target, line, rest, place)
    block, at = tree.place_in_block(line)
    # An assignment of None that comes before other sessions in the same variable may be for them.
    stale = list(inits.values()) if uses == rest else []
    return Held(target.value, line, block, at, uses, stale, release)


def _init(use: cst.Name, target: cst.Name, place: Place) -> cst.SimpleStatementLine | None:
    """The statement ``session = None`` before ``target`` that ``use`` is in."""
    tree = place.tree
    if not binds(use, tree) or not tree.is_before(use, target):
        return None
    line = tree.statement_of(use)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return None
    match line.body[0]:
        case cst.Assign(targets=[_], value=cst.Name(value="None")):
            return line
        case cst.AnnAssign(value=cst.Name(value="None") | None):
            return line
        case _:
            return None


def life_of(held: Held, place: Place, *, entered_closes: bool = True) -> Life:
    """How long the session lives; raises :class:`Refused` when that is not one stretch of code.

    ``entered_closes``: the end of a ``with`` on the session is its end, too.
    """
    tree = place.tree
    around = next(tree.ancestors(held.block), None)
    if isinstance(around, Try) and around.body is held.block:
        inside = _closed_finally(around, held, place, is_inside=True)
        if inside and all(tree.is_within(use, [around]) for use in held.uses):
            return inside
    after = held.block.body[held.at + 1 :]
    if not held.uses:
        raise Refused("the session is never used")
    using = [at for at, each in enumerate(after) if _in(each, held.uses, place)]
    if not all(tree.is_within(use, after) for use in held.uses):
        raise Refused("the session is used outside the block in which it is opened")
    if entered_closes and (entered := _entered(after[using[0]], held, place)):
        return entered
    for at in using[:-1]:
        if _ends(after[at], held, place):
            raise Refused("the session is used again after it was closed")
    last = after[using[-1]]
    closed = _closed_finally(last, held, place, is_inside=False) if isinstance(last, Try) else None
    stop = held.at + 1 + using[-1]
    if closed:
        return closed
    if is_close(last, held, place):
        return Straight(stop, last, [use for use in held.uses if not _in(last, [use], place)])
    return Straight(reach_of(held.uses, after, place) + held.at + 1, None, held.uses)


def is_close(statement: cst.CSTNode, held: Held, place: Place) -> bool:
    """Does ``statement`` close the session, if there is one, and nothing else?"""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=value)]) | cst.Expr(value=value):
            call = value.expression if isinstance(value, cst.Await) else value
            return isinstance(call, cst.Call) and _is_end(call, held, place)
        case cst.If(orelse=None, body=body):
            is_test = _asks_for(statement.test, held.name)
            return is_test and len(body.body) == 1 and is_close(body.body[0], held, place)
        case _:
            return False


def _is_end(call: cst.Call, held: Held, place: Place) -> bool:
    """Does ``call`` close the session, or give it back to its pool?"""
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=method)), args=[cst.Arg() as first]):
            is_given = isinstance(first.value, cst.Name) and first.value.value == held.name
            return bool(held.release) and method == held.release and is_given
        case cst.Call(func=cst.Attribute(value=cst.Name(value=held.name) as name)):
            return not held.release and method_call(name, place, "close", "aclose") is call
        case _:
            return False


def _asks_for(test: cst.BaseExpression, name: str) -> bool:
    """Is ``test`` the question whether there is a session: ``session``, ``session is not None``?"""
    match test:
        case cst.Name(value=value):
            return value == name
        case cst.Comparison(
            left=cst.Name(value=value),
            comparisons=[cst.ComparisonTarget(operator=cst.IsNot(), comparator=cst.Name("None"))],
        ):
            return value == name
        case _:
            return False


def _ends(statement: cst.BaseStatement, held: Held, place: Place) -> bool:
    closes = isinstance(statement, Try) and _closed_finally(statement, held, place, is_inside=False)
    return bool(closes) or is_close(statement, held, place)


def _closed_finally(statement: Try, held: Held, place: Place, *, is_inside: bool) -> Finally | None:
    """The life of a session that the ``finally`` of ``statement`` closes, if it does."""
    if not statement.finalbody:
        return None
    suite = statement.finalbody.body
    closes = [each for each in suite.body if is_close(each, held, place)]
    rest = [each for each in suite.body if each not in closes]
    if not closes:
        return None
    if rest and isinstance(suite, cst.SimpleStatementSuite):
        raise Refused("its close shares a line with another statement")
    uses = [use for use in held.uses if not place.tree.is_within(use, closes)]
    lines = [each for each in closes if isinstance(each, cst.BaseStatement)]
    return Finally(statement, lines, rest, is_inside, uses)


def _entered(statement: cst.BaseStatement, held: Held, place: Place) -> Entered | None:
    """The life of a session that ``statement`` enters: ``with session:``."""
    if not isinstance(statement, cst.With):
        return None
    tree = place.tree
    for item in statement.items:
        entered = item.item
        if isinstance(entered, cst.Call) and len(entered.args) == 1 and is_closing(entered, place):
            entered = entered.args[0].value
        if isinstance(entered, cst.Name) and entered in held.uses:
            if not all(tree.is_within(use, [statement]) for use in held.uses):
                raise Refused("the session is used again after it was closed")
            uses = [use for use in held.uses if use is not entered]
            return Entered(statement, item, uses)
    return None


def _in(outer: cst.CSTNode, uses: Sequence[cst.Name], place: Place) -> bool:
    return any(place.tree.is_within(use, [outer]) for use in uses)
