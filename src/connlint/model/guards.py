"""Tests and loops in, what they mean for commits out: batching, thresholds, waiting for events."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.effects import LoopFrame
from connlint.model.expressions import calls_in, descend, expressions_of, literal_text
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.seams import Run

_ORDERINGS = frozenset({"<", "<=", ">", ">="})
_RETRY = re.compile(r"(^|_)(attempt|attempts|retry|retries|tries|trial)(_|s?$)", re.IGNORECASE)
_BATCH = re.compile(r"(^|_)batch(_|$)", re.IGNORECASE)
_CHUNKS = re.compile(r"(^|_)(chunks?|chunkify)(_|$)", re.IGNORECASE)
_BATCHING = re.compile(r"(^|_)(batch|batches|batched|chunked|grouper|slices)(_|$)", re.IGNORECASE)
_JOINS = re.compile(
    r"(^|_)in_(nested_)?(transaction|atomic|tx)(_|$)|transaction_depth", re.IGNORECASE
)
_RUNNING = re.compile(
    r"(running|stopp?ed|shutdown|is_set|closed|alive|active|done|terminate)", re.IGNORECASE
)


def guard_kinds(test: f.Expr, targets: frozenset[str]) -> tuple[str, ...]:
    """What a test tells about how often the code behind it runs.

    ``joins``: when no transaction is open already, else it joins that one. ``modulo``: once in a
    while (``i % n == 0``). ``threshold``: after some time or at some size. ``keyed``: for one
    particular item of the loop over ``targets``.
    """
    found: dict[str, None] = {}
    for node in expressions(test):
        if _JOINS.search(_word(node)):
            found["joins"] = None
        if (
            isinstance(node, f.BinOp)
            and node.op == "%"
            and not isinstance(node.left, (f.Const, f.Text))
        ):
            found["modulo"] = None
        elif isinstance(node, f.Compare):
            sides = (node.left, *node.rights)
            if any(op in _ORDERINGS for op in node.ops) and any(_measures(side) for side in sides):
                found["threshold"] = None
                if any(_is_size(side) for side in sides):
                    found["modulo"] = None
            if _picks_one(node, targets):
                found["keyed"] = None
    return tuple(found)


def _picks_one(node: f.Compare, targets: frozenset[str]) -> bool:
    """Whether a comparison holds for particular items of the loop over ``targets`` only."""
    return (
        node.ops[0] in ("==", "in")
        and isinstance(node.left, f.Name)
        and node.left.id in targets
        and isinstance(node.rights[0], (f.Const, f.Seq))
    )


def _word(node: f.Expr) -> str:
    """The name, attribute or text that a part of a test is."""
    return last_name(node) or literal_text(node) or ""


def _measures(node: f.Expr) -> bool:
    """Whether an expression is an age (a difference) or a size."""
    return _is_size(node) or any(
        isinstance(each, f.BinOp) and each.op == "-" for each in expressions(node)
    )


def _is_size(node: f.Expr) -> bool:
    return isinstance(node, f.Call) and isinstance(node.func, f.Name) and node.func.id == "len"


def expressions(node: f.Expr) -> Iterator[f.Expr]:
    """An expression and the expressions inside it that a test is made of."""
    stack: list[f.Expr | None] = [node]
    while stack:
        current = stack.pop()
        if current is None:
            continue
        yield current
        if isinstance(current, f.BoolOp):
            stack.extend(current.values)
        elif isinstance(current, (f.Not, f.Attr, f.Await, f.Starred, f.Bind)):
            stack.append(current.value)
        elif isinstance(current, f.Compare):
            stack.extend((current.left, *current.rights))
        elif isinstance(current, f.BinOp):
            stack.extend((current.left, current.right))
        elif isinstance(current, f.Call):
            stack.extend((current.func, *current.args))
        elif isinstance(current, f.Index):
            stack.append(current.value)
        elif isinstance(current, f.Opaque):
            stack.extend(current.children)


def loop_frame(run: Run, node: f.For | f.While, values: v.Values) -> LoopFrame:
    """What kind of loop it is."""
    if isinstance(node, f.While):
        endless = is_endless(node.test)
        retry = any(
            isinstance(each, f.Name) and _RETRY.search(each.id) for each in expressions(node.test)
        )
        waits = endless and _waits(run, node.body)
        return LoopFrame("while", node.at, endless, waits, retry, end=node.end)
    retry = isinstance(node.target, f.Name) and bool(_RETRY.search(node.target.id))
    retry = retry or _leaves_when_done(node)
    return LoopFrame(
        "for", node.at, False, _iterates_events(run, node, values), retry, _batches(node), node.end,
        _yields_once(run, node.iter),
    )  # fmt: skip


def _yields_once(run: Run, iterable: f.Expr) -> bool:
    """Whether a loop goes over what a generator yields that does so in one place, in no loop."""
    if not isinstance(iterable, f.Call):
        return False
    callees = run.program.static(run.module, run.number, iterable.func)
    return bool(callees) and all(
        isinstance(each, v.Func) and _has_one_yield(run.program.modules[each.module], each.scope)
        for each in callees
    )


def _has_one_yield(module: Module, scope: int) -> bool:
    if not module.facts.scopes[scope].is_generator:
        return False
    body = module.body(scope)
    yields = [node for node in _yields(body) if isinstance(node, f.Yield)]
    looped = [
        node
        for statement in walk(body)
        if isinstance(statement, (f.For, f.While))
        for node in _yields(statement.body)
    ]
    return len(yields) == 1 and not looped


def _yields(body: f.Body) -> Iterator[f.Yield | f.YieldFrom]:
    for statement in walk(body):
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, (f.Yield, f.YieldFrom)):
                    yield node


def is_endless(test: f.Expr) -> bool:
    """Whether a loop has no end of its own: ``while True``, or until something clears a flag."""
    if isinstance(test, f.Const):
        return bool(test.value)
    if isinstance(test, (f.Compare, f.BinOp)):
        return False
    names = [last_name(each) for each in expressions(test) if isinstance(each, (f.Attr, f.Name))]
    return any(_RUNNING.search(name) for name in names)


def _leaves_when_done(node: f.For) -> bool:
    """``for _ in range(n)`` whose body tries once and leaves by ``break`` or ``return``."""
    if not isinstance(node.iter, f.Call) or not isinstance(node.iter.func, f.Name):
        return False
    if (
        node.iter.func.id != "range"
        or not isinstance(node.target, f.Name)
        or not node.target.id.startswith("_")
    ):
        return False
    return any(isinstance(each, (f.Break, f.Return)) for each in walk(node.body))


def _batches(node: f.For) -> bool:
    """``for start in range(0, n, size)`` or ``for batch in batched(items)``: many items a round."""
    call = node.iter
    if _BATCH.search(_word(node.target)):
        return True
    if isinstance(call, f.Call) and _BATCHING.search(_word(call.func)):
        return True
    if isinstance(call, f.Call) and _CHUNKS.search(_word(call.func)):
        return len(call.args) + len(call.keywords) > 1  # what there is, and how much of it at once
    return (
        isinstance(call, f.Call)
        and isinstance(call.func, f.Name)
        and call.func.id == "range"
        and len(call.args) == 3
        and not (isinstance(call.args[2], f.Const) and call.args[2].value in (1, -1))
    )


def _waits(run: Run, body: f.Body) -> bool:
    """Whether a loop's body waits for an event from outside."""
    return any(run.engine.is_receive(run, call) for call in calls_in(body))


def _iterates_events(run: Run, node: f.For, values: v.Values) -> bool:
    if isinstance(node.iter, f.Call) and run.engine.is_receive(run, node.iter, iterates=True):
        return True
    for value in values:
        if isinstance(value, v.Obj) and value.type:
            found = run.program.catalog.receive(value.type)
            if found is not None and found.iterates:
                return True
    return False
