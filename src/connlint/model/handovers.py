"""Work that is started concurrently in, the sessions that go along with it out.

Sessions travel as arguments, in the instances whose methods are started, in what closures capture
and in partial functions; those of a coroutine that is started are the arguments of its call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.arguments import bind
from connlint.model.effects import Handover
from connlint.model.seams import Arguments, Keywords, Run

_MAX_DEPTH = 5


_CALLABLES = ("target", "function", "func", "fn")


def spawned(run: Run, target: str, args: Arguments, keywords: Keywords, node: f.Call) -> None:
    """Record that ``target`` is told to run something, with these arguments."""
    if run.handovers is None:
        return
    found: dict[str, v.Obj] = {}
    for held in (*args, *(values for _, values in keywords)):
        _collect(run, held, found, 0)
    for call, _ in _calls_handed(run, node.args):
        session = _session_of(run, call)
        if session is not None:
            found.setdefault(session.id, session)
    if found:
        _pass_on(run, args, dict(keywords))
    if found:
        sessions = tuple(found.values())
        handover = Handover("spawn", node.at, node.end, target, sessions, tuple(run.loops))
        run.handovers[node.at, node.end] = handover


def _pass_on(run: Run, args: Arguments, keywords: dict[str, v.Values]) -> None:
    """Tell the function that is started what it is started with."""
    started = next((keywords.pop(name) for name in _CALLABLES if name in keywords), ())
    rest = args
    if started:
        rest = [item for held in keywords.pop("args", ()) for item in _items(held)]
    else:
        position = next(
            (index for index, held in enumerate(args) if _has_function(held)), len(args)
        )
        started, rest = (args[position] if position < len(args) else ()), args[position + 1 :]
    for value in started:
        if isinstance(value, v.Func):
            scope = run.program.modules[value.module].facts.scopes[value.scope]
            bound = bind(scope, value.receiver, rest, list(keywords.items()))
            run.engine.note_passed(value, bound)


def gathered(run: Run, values: Iterable[v.Values], node: f.Call) -> None:
    """Record that the awaitables among these arguments are awaited side by side."""
    if run.handovers is None:
        return
    together: dict[tuple[int, int, bool], None] = {}
    for held in values:
        for value in held:
            if isinstance(value, v.Pending):
                together[value.at, value.end, False] = None
            elif isinstance(value, v.Items):
                for each in v.flattened((value,)):
                    if isinstance(each, v.Pending):
                        together[each.at, each.end, not value.exact] = None
    for call, is_repeated in _calls_handed(run, node.args):
        if _session_of(run, call) is not None:
            together.setdefault((call.at, call.end, is_repeated))
    handover = Handover("gather", node.at, node.end, "", (), tuple(run.loops), tuple(together))
    run.handovers[node.at, node.end] = handover


def _calls_handed(
    run: Run, arguments: Iterable[f.Expr], *, is_repeated: bool = False
) -> Iterator[tuple[f.Call, bool]]:
    """The calls whose results are handed on as they are, and whether it is one for each item."""
    for node in arguments:
        if isinstance(node, f.Call):
            yield node, is_repeated
        elif isinstance(node, f.Starred):
            yield from _calls_handed(run, (node.value,), is_repeated=is_repeated)
        elif isinstance(node, f.Seq):
            yield from _calls_handed(run, node.items, is_repeated=is_repeated)
        elif isinstance(node, f.Comp):
            yield from _calls_handed(run, node.elements, is_repeated=True)
        elif isinstance(node, f.Name):
            assigned = run.program.assigned(run.module, run.number).get(node.id, ())
            displays = (each for each in assigned if isinstance(each, (f.Comp, f.Seq)))
            yield from _calls_handed(run, displays, is_repeated=is_repeated)


def _session_of(run: Run, call: f.Call) -> v.Obj | None:
    """The asynchronous session that a call works on, by a method that does not close it."""
    if not isinstance(call.func, f.Attr) or not isinstance(call.func.value, (f.Name, f.Attr)):
        return None
    for value in run.evaluate(call.func.value):
        known = run.program.database_type(value)
        if isinstance(value, v.Obj) and known is not None and known.is_async:
            method = run.program.catalog.method(known.name, call.func.attr)
            works = method is not None and "close" not in method.effects
            return value if works and run.program.is_session(value) else None
    return None


def _collect(run: Run, values: v.Values, found: dict[str, v.Obj], depth: int) -> None:
    if depth > _MAX_DEPTH:
        return
    for value in values:
        if isinstance(value, v.Obj):
            _collect_object(run, value, found, depth)
        else:
            for inside in _inside(value):
                _collect(run, inside, found, depth + 1)


def _collect_object(run: Run, value: v.Obj, found: dict[str, v.Obj], depth: int) -> None:
    if run.program.is_session(value):
        found.setdefault(value.id, value)
    elif value.id.startswith("new:"):
        for (owner, _), held in list(run.state.fields.items()):
            if owner == value.id:
                _collect(run, held, found, depth + 1)


def _inside(value: v.Value) -> Iterable[v.Values]:
    """What a value that is no instance takes along."""
    if isinstance(value, v.Func):
        yield from (held for _, held in value.closure)
        if value.receiver is not None:
            yield (value.receiver,)
    elif isinstance(value, v.Bound):
        yield (value.receiver,)
    elif isinstance(value, v.Partial):
        yield value.func
        yield from value.args
        yield from (held for _, held in value.keywords)
    elif isinstance(value, v.Pending):
        yield (value.func,)
        yield from (held for _, held in value.args)
    elif isinstance(value, v.Items):
        yield from value.items
    elif isinstance(value, v.Table):
        yield from (held for _, held in value.entries)


def _items(value: v.Value) -> tuple[v.Values, ...]:
    """The items of a known sequence."""
    return value.items if isinstance(value, v.Items) else ()


def _has_function(values: v.Values) -> bool:
    return any(isinstance(value, v.Func) for value in values)
