"""Calls of the language's own functions and of helpers from the standard library, by name."""

from __future__ import annotations

from collections.abc import Callable

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.handovers import gathered
from connlint.model.seams import Arguments, Keywords, Run

Builtin = Callable[[Run, Arguments, Keywords, f.Call], v.Values]

CLOSING = "contextlib.closing"
NEVER_RETURN = (
    "sys.exit",
    "os._exit",
    "flask.abort",
    "builtins.exit",
    "builtins.quit",
    "pytest.fail",
)


def _super(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    number = caller.number
    scopes = caller.module.facts.scopes
    while number and scopes[number].kind != "class":
        inner, number = number, scopes[number].parent
    if not number:
        return v.unknown(caller.identity(node.end))
    params = scopes[inner].params
    receivers = caller.lookup(params[0].name) if params else ()
    return tuple(v.Parent(caller.module.name, number, receiver) for receiver in receivers[:1])


def _partial(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    if not args:
        return ()
    return (v.Partial(args[0], tuple(args[1:]), tuple(keywords)),)


def _getattr(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    name = _text(args, 1)
    result = caller.attribute(args[0], name, node.end) if name else ()
    return v.join(result, args[2]) if len(args) > 2 else result


def _setattr(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    name = _text(args, 1)
    if len(args) == 3:
        caller.store_attribute(args[0], name or "?", args[2])
    return v.NONE


def _text(args: Arguments, index: int) -> str:
    if len(args) > index and len(args[index]) == 1:
        value = args[index][0]
        if isinstance(value, v.Const) and isinstance(value.value, str):
            return value.value
    return ""


def _dict(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    entries = [
        entry
        for values in args
        for value in values
        if isinstance(value, v.Table)
        for entry in value.entries
    ]
    return (v.Table((*entries, *keywords), f"new:{caller.identity(node.end)}"),)


def _same(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    """Gives back its first argument, run if it was pending."""
    return caller.perform(args[0], node.at, node.end) if args else ()


def _cast(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    declared = (
        caller.program.annotations.values(caller.module, caller.number, node.args[0])
        if node.args
        else ()
    )
    known = tuple(value for value in args[1] if not v.is_unknown(value)) if len(args) > 1 else ()
    return known or declared


def _next(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    return caller.first_of(args[0], node.at) if args else ()


def _gather(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    gathered(caller, args, node)
    results = tuple(caller.perform(values, node.at, node.end) for values in args)
    return (v.Items(results),)


def _map(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    if len(args) < 2:
        return ()
    items = caller.items_of(args[1]) or v.unknown(caller.identity(node.at))
    result: v.Values = ()
    for callee in args[0]:
        result = v.join(result, caller.call_value(callee, [items], [], node))
    return (v.Items((result,), exact=False),)


def _closing(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    made = v.Obj(CLOSING, f"new:{caller.identity(node.end)}")
    caller.state.fields[made.id, "thing"] = args[0] if args else ()
    return (made,)


def _never(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    caller.dead = True
    return ()


def _field(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    """The value that a field of a declared class starts with."""
    result: v.Values = ()
    for name, values in keywords:
        if name == "default":
            result = v.join(result, values)
        elif name in ("default_factory", "factory"):
            for callee in values:
                result = v.join(result, caller.call_value(callee, [], [], node))
    return result


def _type(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    found: list[v.Value] = []
    for value in args[0] if args else ():
        owner = caller.program.class_of(value.type) if isinstance(value, v.Obj) else None
        if owner is not None:
            found.append(v.Class(owner.module, owner.scope))
    return tuple(found)


def _is_kind(asked: Callable[[f.Scope], bool]) -> Builtin:
    """What ``inspect`` tells of functions, where all that it is asked about are known."""

    def answer(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
        found: v.Values = ()
        for value in args[0] if args else ():
            if not isinstance(value, v.Func):
                return v.unknown("bool")
            scope = caller.program.modules[value.module].facts.scopes[value.scope]
            found = v.join(found, (v.Const(asked(scope)),))
        return found or v.unknown("bool")

    return answer


def _is_awaitable(caller: Run, args: Arguments, keywords: Keywords, node: f.Call) -> v.Values:
    """Whether something can be awaited, where it is a call of a function that is known."""
    found: v.Values = ()
    for value in args[0] if args else ():
        if not isinstance(value, v.Pending):
            return v.unknown("bool")
        scope = caller.program.modules[value.func.module].facts.scopes[value.func.scope]
        found = v.join(found, (v.Const(_is_coroutine(scope)),))
    return found or v.unknown("bool")


def _is_coroutine(scope: f.Scope) -> bool:
    return scope.is_async and not scope.is_generator


_IS_COROUTINE = _is_kind(_is_coroutine)

BUILTINS: dict[str, Builtin] = {
    "builtins.super": _super,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.dict": _dict,
    "typing.cast": _cast,
    "builtins.next": _next,
    "builtins.anext": _next,
    "builtins.map": _map,
    "builtins.type": _type,
    **dict.fromkeys(("dataclasses.field", "attr.ib", "attrs.field", "pydantic.Field"), _field),
    CLOSING: _closing,
    "contextlib.aclosing": _closing,
    **dict.fromkeys(
        (
            "builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted",
            "builtins.reversed", "builtins.iter", "builtins.aiter", "copy.copy", "copy.deepcopy",
            "asyncio.wait_for", "asyncio.shield", "asyncio.run", "anyio.run", "inspect.unwrap",
            "asgiref.sync.async_to_sync", "asgiref.sync.sync_to_async",
            "contextvars.copy_context",
        ),
        _same,
    ),
    **dict.fromkeys(("asyncio.gather", "asyncio.wait", "asyncio.as_completed"), _gather),
    **dict.fromkeys(("inspect.iscoroutinefunction", "asyncio.iscoroutinefunction"), _IS_COROUTINE),
    **dict.fromkeys(
        ("inspect.isawaitable", "inspect.iscoroutine", "asyncio.iscoroutine"), _is_awaitable
    ),
    "inspect.isgeneratorfunction": _is_kind(lambda each: each.is_generator and not each.is_async),
    "inspect.isasyncgenfunction": _is_kind(lambda each: each.is_generator and each.is_async),
    **dict.fromkeys(NEVER_RETURN, _never),
}  # fmt: skip
