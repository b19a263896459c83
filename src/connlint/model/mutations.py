"""The call of a method that changes a collection in, what the collection holds from then on out."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.bindings import GROWING
from connlint.model.seams import Arguments, Run

_OF_ENTITIES = frozenset({"append", "remove", "extend", "insert", "add", "discard", "clear"})
_TAKE_MANY = frozenset({"extend", "update", "extendleft"})


def note_mutation(run: Run, func: f.Attr, arguments: Arguments) -> None:
    """A method of something is called; where that changes a collection, note what it changes.

    A sequence with a name of the function's own holds what it is given. The collection of an entity
    is a relationship, so that changing it may be a write: ``entity.children.append(x)``.
    """
    if isinstance(func.value, f.Name) and func.attr in GROWING and arguments:
        _grow(run, func.value.id, func.attr, arguments[-1])
    elif isinstance(func.value, f.Attr) and func.attr in _OF_ENTITIES:
        for value in run.evaluate(func.value.value):
            if isinstance(value, v.Obj) and run.engine.may_be_entity(value):
                run.state.note_write("", "maybe")
                run.state.touched |= {value.id}


def _grow(run: Run, name: str, method: str, given: v.Values) -> None:
    held = run.state.env.get(name, ())
    if not any(isinstance(value, v.Items) for value in held):
        return
    more = run.items_of(given) if method in _TAKE_MANY else given
    run.state.env[name] = tuple(
        v.Items((v.join(run.items_of((value,)), more),), exact=False)
        if isinstance(value, v.Items)
        else value
        for value in held
    )
