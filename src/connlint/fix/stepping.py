"""A generator in, the expression that takes its next value out."""

from __future__ import annotations

import libcst as cst

from connlint.fix.names import binds
from connlint.fix.place import Place

_STEPS = frozenset({"next", "anext"})
_STEP_METHODS = frozenset({"__next__", "__anext__"})


def stepped(generator: cst.BaseExpression, place: Place) -> cst.BaseExpression | None:
    """``next(generator)``, ``await anext(generator)``, ``generator.__next__()``: the whole of it.

    ``None`` when ``generator`` is used in another way.
    """
    above = place.tree.parent(generator)
    call = place.tree.parent(above) if isinstance(above, cst.Arg | cst.Attribute) else None
    match call:
        case cst.Call(func=cst.Name(value=name), args=[first]) if first is above:
            named = place.names.occurrences.get(name, ())
            is_step = name in _STEPS and not any(binds(each, place.tree) for each in named)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name)) as method) if method is above:
            is_step = name in _STEP_METHODS
        case _:
            return None
    if not is_step or not isinstance(call, cst.Call):
        return None
    awaited = place.tree.parent(call)
    return awaited if isinstance(awaited, cst.Await) else call
