"""The program in, the functions that store a state of the standard out."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.names import ScopeId, walk
from connlint.model.program import Program


def state_setters(program: Program) -> set[ScopeId]:
    """Functions that store a state: callers need to know, but they touch no database."""
    states = program.standard.states
    if not states.persist and not states.transient:
        return set()
    found = set()
    for module in program.modules.values():
        for number, scope in enumerate(module.facts.scopes):
            if scope.kind != "function":
                continue
            body = module.facts.bodies[number]
            if not any(name.encode() in body for name in (*states.fields, "setattr")):
                continue
            if any(_stores(each, states.fields) for each in walk(module.body(number))):
                found.add((module.name, number))
    return found


def _stores(statement: f.Stmt, fields: tuple[str, ...]) -> bool:
    """Whether a statement stores into one of the fields, by assignment or by ``setattr``."""
    if isinstance(statement, f.Assign):
        return any(
            isinstance(target, f.Attr) and target.attr in fields for target in statement.targets
        )
    if isinstance(statement, f.Evaluate) and isinstance(statement.value, f.Call):
        call = statement.value
        return isinstance(call.func, f.Name) and call.func.id == "setattr"
    return False
