"""Operations in, whether their session was given to the function or its object out."""

from __future__ import annotations

from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.effects import Operation
from connlint.model.engine import Engine
from connlint.model.names import ScopeId
from connlint.model.passing import parameters_passed
from connlint.model.program import Program

_GIVEN = frozenset({"parameter", "injected"})


def is_given(engine: Engine, scope: ScopeId, operation: Operation) -> bool:
    """Whether a session comes from a parameter, or from one that a constructor has kept.

    What a decorator hands over in a parameter is nobody else's.
    """
    origin, program = operation.origin, engine.program
    if origin is None:
        return False
    if origin.kind in _GIVEN:
        return origin.name not in parameters_passed(engine, scope)
    owner = _owner(program, scope)
    return origin.kind == "attribute" and owner is not None and _keeps(program, owner, origin.name)


def _owner(program: Program, scope: ScopeId) -> ClassId | None:
    scopes = program.modules[scope[0]].facts.scopes
    number = scope[1]
    while number and scopes[number].kind != "class":
        number = scopes[number].parent
    return ClassId(scope[0], number) if number else None


def _keeps(program: Program, owner: ClassId, name: str) -> bool:
    """Whether all that a class stores in an attribute was given to it."""
    held = [
        value
        for defining, scope, expression in program.hierarchy.assigned(owner, name)
        for value in program.static(program.modules[defining.module], scope, expression)
        if value != v.NONE[0]
    ]
    if not held:
        return program.hierarchy.annotated(owner, name) is not None
    return all(
        isinstance(value, v.Obj) and value.origin is not None and value.origin.kind in _GIVEN
        for value in held
    )
