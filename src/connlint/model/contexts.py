"""``with`` items in, what they bind and what leaving them does out.

Project context managers are generators under ``@contextmanager`` (their code behind the ``yield``
runs at the exit) or classes with ``__enter__``/``__exit__``; library ones are in the catalogue.
"""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.begun import held_by_block
from connlint.model.blocks import Leave
from connlint.model.builtin_calls import CLOSING
from connlint.model.effects import Effect, Step
from connlint.model.expressions import end_of
from connlint.model.seams import Arguments, Run

STACKS = frozenset({"contextlib.ExitStack", "contextlib.AsyncExitStack"})


def enter_context(
    run: Run, values: v.Values, node: f.With, item: f.WithItem
) -> tuple[v.Values, Leave]:
    """Enter a context manager: the values that ``as`` binds, and what to do at the exit."""
    bound: v.Values = ()
    leaves: list[Leave] = []
    for value in run.alternatives(values):
        given, leave = _enter(run, value, node, item)
        bound = v.join(bound, given)
        leaves.append(leave)

    def leave_all() -> None:
        for leave in run.alternatives(leaves):
            leave()

    return bound or v.unknown(f"o:{run.identity(node.at)}"), leave_all


def stack_method(
    run: Run, stack: v.Obj, method: str, args: Arguments, node: f.Call
) -> v.Values | None:
    """What a method of an ``ExitStack`` gives, with what it puts off until the stack is left.

    ``None`` for a method that has nothing to do with that.
    """
    entered = run.stacks.setdefault(stack.id, [])
    if method in ("enter_context", "enter_async_context") and node.args:
        item = f.WithItem(node.args[0], None)
        block = f.With((item,), (), method == "enter_async_context", node.at, node.end)
        bound, leave = enter_context(run, args[0], block, item)
        entered.append(leave)
        return bound
    if method in ("callback", "push_async_callback") and args:
        callees, rest = args[0], args[1:]

        def call_back() -> None:
            for callee in callees:
                run.call_value(callee, rest, [], node)

        entered.append(call_back)
        return callees
    if method in ("close", "aclose"):
        _unwind(run, stack)
        return v.NONE
    return None


def _unwind(run: Run, stack: v.Obj) -> None:
    for leave in reversed(run.stacks.get(stack.id, [])):
        leave()


def _nothing() -> None:
    return


def _enter(run: Run, value: v.Value, node: f.With, item: f.WithItem) -> tuple[v.Values, Leave]:
    if isinstance(value, v.Pending):
        return _enter_pending(run, value)
    if isinstance(value, v.Obj):
        if value.type in STACKS:
            run.stacks[value.id] = []
            return (value,), lambda: _unwind(run, value)
        if value.type == CLOSING:
            return _enter_closing(run, value, item, node)
        if run.program.class_of(value.type) is not None and value.type:
            entered = _enter_class(run, value, node, item)
            if entered is not None:
                return entered
        return _enter_library(run, value, node, item)
    return (value,), _nothing


def _enter_pending(run: Run, pending: v.Pending) -> tuple[v.Values, Leave]:
    module = run.program.modules[pending.func.module]
    scope = module.facts.scopes[pending.func.scope]
    if not scope.is_generator:
        return run.perform((pending,), pending.at, pending.end), _nothing
    summary, table = run.engine.summarise(run, pending.func, dict(pending.args))
    before = tuple(effect for effect in summary.effects if not effect.after_yield)
    after = tuple(effect for effect in summary.effects if effect.after_yield)
    table = run.adopted(summary.yields, pending.func, table, pending.at)
    run.replay(before, pending.func, table, pending.at, pending.end)
    _held_by_exit(run, before, after, table)
    yields = run.returned(summary.yields, pending.func, table, pending.at)
    inner = {value.id for value in v.substitute(summary.yields, table) if isinstance(value, v.Obj)}
    names = [value for value in yields if isinstance(value, v.Obj)]
    table = {
        **table,
        **{identity: (names[0],) for identity in inner if names and identity not in table},
    }

    def leave() -> None:
        run.replay(after, pending.func, table, pending.at, pending.end)

    return yields, leave


def _held_by_exit(
    run: Run,
    before: tuple[Effect, ...],
    after: tuple[Effect, ...],
    table: dict[str, v.Values],
) -> None:
    """Where a generator hands out a session from inside a block that ends its transaction."""
    ended = {each.session for each in after if each.kind == "commit" and each.implicit}
    for effect in before:
        if effect.kind == "begin" and effect.session in ended:
            for value in table.get(effect.session, ()):
                if isinstance(value, v.Obj):
                    run.state.begun = held_by_block(run.state.begun, value.id)


def _enter_closing(
    run: Run, value: v.Obj, item: f.WithItem, node: f.With
) -> tuple[v.Values, Leave]:
    things = run.state.fields.get((value.id, "thing"), ())

    def leave() -> None:
        for thing in things:
            if isinstance(thing, v.Obj) and run.program.is_session(thing):
                _implicit(run, "close", thing, node, item, "contextlib.closing")

    return things, leave


def _enter_class(
    run: Run, value: v.Obj, node: f.With, item: f.WithItem
) -> tuple[v.Values, Leave] | None:
    at, end = _place(node, item)
    prefix = "__a" if node.is_async else "__"
    owner = run.program.class_of(value.type)
    if owner is None:
        return None
    entering = run.program.hierarchy.method(owner, f"{prefix}enter__")
    leaving = run.program.hierarchy.method(owner, f"{prefix}exit__")
    if entering is None and leaving is None:
        return None
    bound: v.Values = (value,)
    if entering is not None:
        function = v.Func(entering[0].module, entering[1], value, (), True)
        params = run.program.modules[function.module].facts.scopes[function.scope].params
        arguments: dict[str, v.Values] = {params[0].name: (value,)} if params else {}
        bound = run.run(function, arguments, at, end)

    def leave() -> None:
        if leaving is None:
            return
        function = v.Func(leaving[0].module, leaving[1], value, (), True)
        params = run.program.modules[function.module].facts.scopes[function.scope].params
        arguments: dict[str, v.Values] = {params[0].name: (value,)} if params else {}
        arguments.update({param.name: v.NONE for param in params[1:4]})
        run.run(function, arguments, at, end)
        run.dead = False

    return bound, leave


def _enter_library(
    run: Run, value: v.Obj, node: f.With, item: f.WithItem
) -> tuple[v.Values, Leave]:
    found = run.program.database_type(value)
    context = run.program.catalog.context(found.name, node.is_async) if found is not None else None
    if found is None or context is None:
        return (value,), _nothing
    bound: v.Values = (value,)
    name = found.name
    if context.binds not in ("self", "", name):
        kind = run.program.catalog.type(context.binds)
        shares = found.kind == "transaction" or (
            kind is not None and kind.kind in ("cursor", "transaction")
        )
        identity = value.id if shares else f"s:{run.identity(_place(node, item)[0])}"
        bound = (v.Obj(context.binds, identity, value.origin),)
    subject = bound[0] if bound and isinstance(bound[0], v.Obj) else value
    enters, leaves = context.on_enter, context.on_exit
    if found.savepoint == "nested" and _is_begun(run, subject):
        enters, leaves = (), ()
    for effect in enters:
        _implicit(run, effect, subject, node, item, name)
    if "begin" in enters or (found.kind == "transaction" and "commit" in leaves):
        run.state.begun = held_by_block(run.state.begun, subject.id)

    def leave() -> None:
        for effect in leaves:
            _implicit(run, effect, subject, node, item, name)

    return bound, leave


def _is_begun(run: Run, subject: v.Obj) -> bool:
    """Whether a transaction was begun on purpose: then a further one is but a savepoint in it."""
    known = run.state.begun.get(subject.id)
    return known is not None and known.how != "statement"


def _place(node: f.With, item: f.WithItem) -> tuple[int, int]:
    """Where a context manager is named: its call or name, else the whole statement."""
    named = item.context.value if isinstance(item.context, f.Await) else item.context
    if isinstance(named, f.Name):
        return named.at, end_of(named)
    if isinstance(named, (f.Call, f.Attr)):
        return named.at, named.end
    return node.at, node.end


def _implicit(
    run: Run, kind: str, subject: v.Obj, node: f.With, item: f.WithItem, name: str
) -> None:
    """An effect of entering or leaving the block, recorded at the context expression."""
    at, end = _place(node, item)
    step = Step(run.module.name, run.number, at, end, f"with {name}")
    acquired = kind == "acquire" and subject.origin is not None
    effect = Effect(
        kind, subject.id, (step,), implicit=True,
        provider=subject.origin.name if acquired and subject.origin else "",
        gives=subject.type if acquired or kind == "begin" else "",
    )  # fmt: skip
    run.effect(effect, at, end, subject.origin, own=True)
