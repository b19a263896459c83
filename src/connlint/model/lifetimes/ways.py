"""One way through a function in, the ways behind a test, an assignment or an operation out.

A :class:`Way` holds what is open, what was closed and which tests are known to hold. Unlike the
states of the interpreter, ways that meet stay apart, so that a flag and what it stands for (``owned
= conn is None`` ... ``if owned:``) stay together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import descend
from connlint.model.name_parts import dotted

MAX_WAYS = 48
_NAMESPACES = frozenset({"locals", "globals", "vars", "dir"})
_EMPTY: frozenset[str] = frozenset()


class Fact(NamedTuple):
    """What is known of a name or attribute: whether it is true, or whether it is ``None``."""

    name: str
    about_none: bool
    holds: bool


class Way(NamedTuple):
    """What holds after one way to a point.

    ``opened``: sessions that the function has to close. ``scoped``: sessions that the end of an
    enclosing ``with`` closes. ``ended``: sessions that were ``closed``, ``returned`` to a pool or
    left behind with their block (``scope``). ``busy``: sessions with work in them. ``names``: which
    session a name holds, itself or inside the object that it names. ``failed``: through a handler.
    """

    opened: frozenset[str] = _EMPTY
    scoped: frozenset[str] = _EMPTY
    ended: frozenset[tuple[str, str]] = frozenset()
    busy: frozenset[str] = _EMPTY
    names: frozenset[tuple[str, str]] = frozenset()
    facts: frozenset[Fact] = frozenset()
    failed: bool = False

    # sessions

    def held_by(self, name: str) -> frozenset[str]:
        """The sessions that a name holds."""
        return frozenset(session for held, session in self.names if held == name)

    def open(self, session: str) -> Way:
        """The session was opened, for the first time or anew."""
        return self._replace(
            opened=self.opened | {session},
            ended=frozenset(each for each in self.ended if each[0] != session),
            busy=self.busy - {session},
        )

    def end(self, sessions: Iterable[str], how: str) -> Way:
        """The sessions are not open any more."""
        gone = frozenset(sessions)
        if not gone:
            return self
        return self._replace(
            opened=self.opened - gone,
            ended=self.ended | {(session, how) for session in gone},
            busy=self.busy - gone,
        )

    def release(self, sessions: frozenset[str]) -> Way:
        """Somebody else closes the sessions from now on."""
        return self._replace(opened=self.opened - sessions) if sessions & self.opened else self

    def how_ended(self, session: str) -> str:
        """How the session ended on this way, or nothing."""
        return next((how for each, how in sorted(self.ended) if each == session), "")

    # names

    def bind(self, name: str, sessions: frozenset[str]) -> Way:
        """The name holds these sessions, or something else when there are none."""
        names = frozenset(each for each in self.names if each[0] != name)
        facts = frozenset(each for each in self.facts if not _is_part(each.name, name))
        if sessions:
            names |= {(name, session) for session in sessions}
            facts |= {Fact(name, False, True), Fact(name, True, False)}
        return self._replace(names=names, facts=facts)

    def known(self, name: str, *, about_none: bool) -> bool | None:
        """Whether the name is true (or ``None``) on this way, as far as it is known."""
        if Fact(name, about_none, True) in self.facts:
            return True
        return False if Fact(name, about_none, False) in self.facts else None

    def learn(self, name: str, *, about_none: bool, holds: bool) -> Way:
        """A test came out; what follows from it is known too.

        What is not ``None`` counts as true, and what is not true as ``None``: these tests are about
        sessions.
        """
        learned = {Fact(name, about_none, holds), Fact(name, not about_none, not holds)}
        return self._replace(facts=self.facts | learned)

    def hold(self, name: str, value: object) -> Way:
        """A constant was assigned."""
        learned = {Fact(name, False, bool(value)), Fact(name, True, value is None)}
        return self._replace(facts=self.facts | learned)


Ways = dict[Way, None]
"""Ways in the order in which they were found."""


def limited(ways: Ways) -> Ways:
    """At most :data:`MAX_WAYS`; where there are more, what is known of tests goes first."""
    if len(ways) <= MAX_WAYS:
        return ways
    fewer = dict.fromkeys(_without_flags(way) for way in ways)
    return dict.fromkeys(list(fewer)[:MAX_WAYS])


def _without_flags(way: Way) -> Way:
    holders = {name for name, _ in way.names}
    return way._replace(facts=frozenset(each for each in way.facts if each.name in holders))


def _is_part(name: str, owner: str) -> bool:
    return name == owner or name.startswith(f"{owner}.")


def decide(test: f.Expr, ways: Ways, watched: frozenset[str]) -> tuple[Ways, Ways]:
    """The ways on which a test holds, and those on which it does not.

    Only tests of ``watched`` names are remembered.
    """
    if isinstance(test, f.Not):
        yes, no = decide(test.value, ways, watched)
        return no, yes
    if isinstance(test, f.BoolOp):
        return _decide_chain(test, ways, watched)
    if isinstance(test, f.Const):
        return (ways, {}) if test.value else ({}, ways)
    name, about_none, holds = _atom(test)
    if name not in watched:
        return ways, ways
    yes_: Ways = {}
    no_: Ways = {}
    for way in ways:
        known = way.known(name, about_none=about_none)
        if known is not False:
            side = yes_ if holds else no_
            side[way.learn(name, about_none=about_none, holds=True)] = None
        if known is not True:
            side = no_ if holds else yes_
            side[way.learn(name, about_none=about_none, holds=False)] = None
    return yes_, no_


def _decide_chain(test: f.BoolOp, ways: Ways, watched: frozenset[str]) -> tuple[Ways, Ways]:
    done: Ways = {}
    rest = ways
    for value in test.values:
        yes, no = decide(value, rest, watched)
        left, rest = (no, yes) if test.op == "and" else (yes, no)
        done = {**done, **left}
    return (rest, done) if test.op == "and" else (done, rest)


def _atom(test: f.Expr) -> tuple[str, bool, bool]:
    """The name that a test is about, whether it asks for ``None``, and what yes means."""
    if isinstance(test, f.Bind):
        return test.name, False, True
    if isinstance(test, (f.Name, f.Attr)):
        return dotted(test), False, True
    if isinstance(test, f.Compare) and len(test.ops) == 1:
        right = test.rights[0]
        is_none = isinstance(right, f.Const) and right.value is None
        if is_none and test.ops[0] in ("is", "=="):
            return _tested(test.left), True, True
        if is_none and test.ops[0] in ("is not", "!="):
            return _tested(test.left), True, False
        if test.ops[0] in ("in", "not in") and isinstance(test.left, f.Const):
            return _bound_name(test.left, right), False, test.ops[0] == "in"
    return "", False, True


def _tested(node: f.Expr) -> str:
    return node.name if isinstance(node, f.Bind) else dotted(node)


def _bound_name(left: f.Const, right: f.Expr) -> str:
    """The name in ``"name" in locals()``: bound means that it holds what was assigned to it."""
    if not isinstance(right, f.Call) or right.args or dotted(right.func) not in _NAMESPACES:
        return ""
    return left.value if isinstance(left.value, str) else ""


def is_decidable(test: f.Expr) -> bool:
    """Whether a test is made of names and comparisons with ``None`` only."""
    if isinstance(test, f.Not):
        return is_decidable(test.value)
    if isinstance(test, f.BoolOp):
        return all(is_decidable(value) for value in test.values)
    return isinstance(test, f.Const) or bool(_atom(test)[0])


def tested_names(test: f.Expr) -> list[str]:
    """The names that a test is made of, as far as it can be decided."""
    if isinstance(test, f.Not):
        return tested_names(test.value)
    if isinstance(test, f.BoolOp):
        return [name for value in test.values for name in tested_names(value)]
    name = _atom(test)[0]
    return [name] if name else []


def asks_session(test: f.Expr, way: Way) -> frozenset[str]:
    """The sessions of which a test asks something that only they know (``conn.closed``)."""
    found: set[str] = set()
    for node in descend(test):
        if isinstance(node, f.Attr) and isinstance(node.value, f.Name):
            found |= way.held_by(node.value.id)
    return frozenset(found)
