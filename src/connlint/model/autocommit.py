"""A connection and the path to a statement in, whether the statement commits by itself out.

Autocommit is what a driver does anyway (asyncpg), what an argument of the connection or its engine
asks for, or an attribute set on the way. A transaction that was begun on purpose suspends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from connlint.model import values as v
from connlint.model.catalog.types import Switch
from connlint.model.program import Program
from connlint.model.seams import Arguments, Keywords
from connlint.model.state import State

_KINDS = frozenset({"connection", "cursor", "engine", "pool"})
_CHANGES_ROWS = re.compile(r"[\s(]*(?:insert|update|delete|merge|replace)\b", re.IGNORECASE)
_SWITCHED = "autocommit"


def is_switched_on(switches: Iterable[Switch], args: Arguments, keywords: Keywords) -> bool:
    """Whether one of the arguments of a call turns autocommit on."""
    return any(_given(switch, args, keywords) == (v.Const(switch.value),) for switch in switches)


def note_switch(
    state: State, receiver: v.Obj, switches: Iterable[Switch], args: Arguments, keywords: Keywords
) -> None:
    """A method that switches the autocommit of its receiver: remember what the path did."""
    for switch in switches:
        given = _given(switch, args, keywords)
        if given:
            is_on = given == (v.Const(switch.value),)
            state.fields[receiver.id, _SWITCHED] = (v.Const(is_on),)


def commits_at_once(program: Program, state: State, value: v.Obj) -> bool:
    """Whether a write on a connection, or through an engine or pool, is committed with it."""
    found = program.database_type(value)
    if found is None or found.kind not in _KINDS:
        return False
    begun = state.begun.get(value.id)
    if begun is not None and begun.how != "statement":
        return False
    return found.autocommit or is_switched(program, state, value)


def is_switched(program: Program, state: State, value: v.Obj) -> bool:
    """Whether autocommit was turned on for a connection: where it was made, or on the path."""
    switched = state.fields.get((value.id, _SWITCHED))
    if switched is not None:
        return switched == (v.Const(True),)
    found = program.database_type(value)
    for switch in found.autocommit_when if found is not None else ():
        held = state.fields.get((value.id, switch.name))
        if held is not None:
            return held == (v.Const(switch.value),)
    return v.commits_by_origin(value)


def changes_rows(program: Program, statement: v.Values) -> bool:
    """Whether a statement is known to insert, update or delete, whatever it stands for."""
    return bool(statement) and all(_changes(program, each) for each in statement)


def _changes(program: Program, statement: v.Value) -> bool:
    if isinstance(statement, v.Const):
        return isinstance(statement.value, str) and bool(_CHANGES_ROWS.match(statement.value))
    if not isinstance(statement, v.Obj):
        return False
    if statement.id.startswith("text:"):
        return bool(_CHANGES_ROWS.match(statement.id[len("text:") :]))
    return program.kind(statement) == "write-statement"


def _given(switch: Switch, args: Arguments, keywords: Keywords) -> v.Values:
    """What a call gives for a switch, also inside a dictionary of options."""
    for name, values in keywords:
        if name == switch.name:
            return values
        for value in values:
            if isinstance(value, v.Table):
                inside = dict(value.entries).get(switch.name)
                if inside is not None:
                    return inside
    if switch.position is not None and switch.position < len(args):
        return args[switch.position]
    return ()
