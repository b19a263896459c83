"""The dotted name of a method of an object that a module holds in, that method out.

``app.db.database.session`` where ``app.db`` has ``database = Database()``. Written code alone: the
object's class is the one that is called in its only assignment.
"""

from __future__ import annotations

from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.classes import ClassId
from connlint.model.names import Target
from connlint.model.program import Program


class HeldMethod(NamedTuple):
    """``holder`` is the variable, ``module`` and ``scope`` are the method's."""

    holder: Target
    module: str
    scope: int


def held_method(program: Program, dotted: str) -> HeldMethod | None:
    """The method that ``dotted`` names, if it names one."""
    path, _, attr = dotted.rpartition(".")
    targets = program.names.resolve_dotted(path) if path else ()
    if len(targets) != 1 or targets[0].kind != "variable" or targets[0].scope:
        return None
    (holder,) = targets
    module = program.modules[holder.module]
    values = module.assignments.get(holder.name, [])
    value = values[0] if len(values) == 1 else None
    if not isinstance(value, f.Call):
        return None
    for target in program.hierarchy.resolve(module, value.func):
        if target.kind == "class":
            owner = ClassId(target.module, target.scope)
            if (found := program.hierarchy.method(owner, attr)) is not None:
                return HeldMethod(holder, found[0].module, found[1])
    return None
