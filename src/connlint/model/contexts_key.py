"""A call's arguments in, the context for which the callee is summarised out.

Only what can matter to the database is kept: sessions and factories, callables, instances of
project classes, truth values, states and objects whose state is known. Objects get the callee's own
names, so that calls that differ only in where a session comes from share a summary.
"""

from __future__ import annotations

from typing import NamedTuple

from connlint.model import values as v
from connlint.model.autocommit import is_switched
from connlint.model.seams import Summaries
from connlint.model.state import State

_MAX_TEXT = 60
_MAX_ITEMS = 8


class Context(NamedTuple):
    """Arguments by parameter, and known fields of the objects among them."""

    arguments: tuple[tuple[str, v.Values], ...]
    fields: tuple[tuple[tuple[str, str], v.Values], ...]
    closure: tuple[tuple[str, v.Values], ...] = ()


def context_of(
    engine: Summaries, state: State, function: v.Func, bound: dict[str, v.Values]
) -> tuple[Context, dict[str, v.Values]]:
    """The context of a call, and the caller's values for the callee's object names.

    Where an argument is a session or ``None``, the context is that of the session: a callee that
    opens one of its own for ``None`` would seem to do with either what it does with its own.
    """
    arguments: list[tuple[str, v.Values]] = []
    fields: list[tuple[tuple[str, str], v.Values]] = []
    table: dict[str, v.Values] = {}
    for name, values in bound.items():
        identity = "self" if _is_receiver(function, values) else f"p:{name}"
        table[identity] = values
        _name_inside(table, identity, values)
        kept = tuple(dict.fromkeys(_kept(engine, state, value, identity) for value in values))
        if any(v.is_there(value) for value in kept):
            kept = tuple(value for value in kept if value != v.NONE[0])
        if all(v.is_unknown(value) for value in kept):
            kept = _promised(engine, function, name) or kept
        arguments.append((name, kept or v.unknown(identity)))
        if len(values) == 1 and isinstance(values[0], (v.Obj, v.Table)):
            fields.extend(_fields_of(engine, state, values[0].id, identity))
    return Context(tuple(arguments), tuple(fields), function.closure), table


def _name_inside(table: dict[str, v.Values], identity: str, values: v.Values) -> None:
    """Name what ``*args``, ``**kwargs`` and other collections hold, each thing for itself."""
    for value in values:
        if isinstance(value, v.Items):
            for index, held in enumerate(value.items[:_MAX_ITEMS]):
                table[f"{identity}.{index}"] = held
        elif isinstance(value, v.Table):
            for name, held in value.entries:
                table[f"{identity}.{name}"] = held


def _promised(engine: Summaries, function: v.Func, name: str) -> v.Values:
    """What the parameter's annotation, name and use say when the argument says nothing."""
    module = engine.program.modules[function.module]
    for param in module.facts.scopes[function.scope].params:
        if param.name == name:
            found = engine.program.annotations.parameter(module, function.scope, param)
            return tuple(value for value in found if isinstance(value, v.Obj))
    return ()


def _is_receiver(function: v.Func, values: v.Values) -> bool:
    return function.receiver is not None and values == (function.receiver,)


def _kept(engine: Summaries, state: State, value: v.Value, identity: str) -> v.Value:
    """The part of an argument that can matter, under the callee's name for it."""
    if isinstance(value, v.Const):
        is_state = isinstance(value.value, str) and engine.vocabulary.enabled
        is_switch = value.value is None or isinstance(value.value, bool)
        if is_switch or (is_state and len(str(value.value)) < _MAX_TEXT):
            return value
        return v.Obj("", identity)
    if isinstance(value, v.Obj):
        return _kept_object(engine, state, value, identity)
    if isinstance(value, v.Table):
        return _kept_table(engine, state, value, identity)
    if isinstance(value, v.Items):
        if value.exact and not value.items:
            return value
        items = tuple(
            _all_kept(engine, state, item, f"{identity}.{index}")
            for index, item in enumerate(value.items[:_MAX_ITEMS])
        )
        if all(_says_nothing(each) for item in items for each in item):
            return v.Obj("", identity)
        return v.Items(items, value.exact)
    if isinstance(value, v.Member):
        return value if engine.vocabulary.enabled else v.Obj("", identity)
    if isinstance(value, v.Ext):
        catalog = engine.program.catalog
        is_known = value.name in catalog.types or catalog.function(value.name) is not None
        return value if is_known else v.Obj("", identity)
    return value


def _kept_object(engine: Summaries, state: State, value: v.Obj, identity: str) -> v.Obj:
    if not value.type or value.type.startswith("builtins."):
        return v.Obj("", identity)
    if engine.program.kind(value):
        switched = is_switched(engine.program, state, value)
        origin = v.Origin("parameter", identity[2:], switched, v.is_there(value))
        return v.Obj(value.type, identity, origin)
    is_known = (
        engine.program.class_of(value.type) is not None
        or value.type in engine.program.catalog.types
    )
    return v.Obj(value.type if is_known else "", identity)


def _kept_table(engine: Summaries, state: State, value: v.Table, identity: str) -> v.Value:
    wanted = engine.vocabulary.fields
    entries = tuple(
        (name, _all_kept(engine, state, held, f"{identity}.{name}"))
        for name, held in value.entries
        if name in wanted or _matters(engine, held)
    )
    return v.Table(entries, identity) if entries else v.Obj("", identity)


def _says_nothing(value: v.Value) -> bool:
    return v.is_unknown(value) or isinstance(value, v.Const)


def _all_kept(engine: Summaries, state: State, values: v.Values, identity: str) -> v.Values:
    return tuple(dict.fromkeys(_kept(engine, state, value, identity) for value in values))


def _matters(engine: Summaries, values: v.Values) -> bool:
    return any(
        isinstance(value, (v.Func, v.Class, v.Partial, v.Member))
        or (isinstance(value, v.Const) and isinstance(value.value, bool))
        or bool(engine.program.kind(value))
        for value in values
    )


def _fields_of(
    engine: Summaries, state: State, owner: str, identity: str
) -> list[tuple[tuple[str, str], v.Values]]:
    """Known states of an argument, and what a fresh instance holds in its attributes."""
    if not state.fields:
        return []
    wanted = engine.vocabulary.fields
    found = []
    fresh = owner.startswith("new:")
    for (held_by, name), values in state.fields.items():
        if held_by != owner:
            continue
        if name in wanted or (fresh and _matters(engine, values)):
            found.append(((identity, name), values))
    return sorted(found, key=lambda item: item[0])
