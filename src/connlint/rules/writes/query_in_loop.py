"""DBC307: a loop sends one query per item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.enclosing import frames_around
from connlint.model.expressions import calls_in, calls_of, descend
from connlint.model.loop_items import item_names, loop_of, mentions, own_names
from connlint.model.name_parts import last_name
from connlint.model.names import walk
from connlint.model.remembering import remembers
from connlint.rules.base import Rule
from connlint.rules.evidence import by_place, suspect, trace_to

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import LoopFrame, Operation, Step
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_EXEMPT = frozenset({"test", "migration"})
_MIGRATIONS = re.compile(r"(^|/)(alembic|migrations)/")
_MAX_HOPS = 3
"""A query that is further away belongs to work that an item needs, not to looking it up."""
_MAX_QUERIES = 2
_UNIT_OF_WORK = frozenset({"write", "execute", "flush", "commit", "rollback", "slow"})
_COUNTERS = frozenset({"builtins.range", "itertools.count", "itertools.repeat"})
_BATCHED = frozenset({"in_", "any_"})
_OF_COLUMNS = frozenset({"any", "has", "in_", "is_", "like", "ilike", "contains", "between"})
_SELECTING = frozenset({"query", "select", "select_from"})
_QUERYING = frozenset({"session", "connection", "cursor", "query", "pool"})


class QueryInLoop(Rule):
    """Queries that look up each item of a loop, directly or through a call, where one would do."""

    code = "DBC307"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            if project.role(scope) in _EXEMPT or _MIGRATIONS.search(project.path(scope)):
                continue
            done: set[int] = set()
            for operation in sorted(run.operations, key=by_place):
                frame = _frame_of(project, operation)
                if frame is None or frame.at in done:
                    continue
                if _only_looks_up(project, run, frame, operation) and _asks_per_item(
                    project, scope, frame, operation
                ):
                    done.add(frame.at)
                    yield self._suspect(project, scope, operation)

    def _suspect(self, project: Project, scope: ScopeId, operation: Operation) -> Suspect:
        effect = operation.effect
        through = "" if operation.own else f" through {effect.chain[0].text}"
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"one query per item{through}; fetch all items with one query before the loop",
            matched=effect.chain[0].text,
            trace=trace_to(project, operation),
        )  # fmt: skip


def _frame_of(project: Project, operation: Operation) -> LoopFrame | None:
    """The loop that a query repeats with, or ``None`` when it is no lookup in a counted loop."""
    effect = operation.effect
    if effect.kind != "read" or effect.implicit or operation.callee_looped:
        return None
    if len(effect.chain) > _MAX_HOPS or operation.batched or operation.keyed:
        return None
    if operation.in_handler:  # what is asked for the few items that something is wrong with
        return None
    type_name, _, method = effect.chain[-1].text.rpartition(".")
    known = project.program.catalog.type(type_name)
    if method == "refresh" or (known is not None and known.kind not in _QUERYING):
        return None
    inner = next((loop for loop in reversed(operation.loops) if not loop.once), None)
    if inner is None or inner.kind == "while" or inner.receives or inner.retry or inner.batches:
        return None
    return inner


def _only_looks_up(
    project: Project, run: FunctionRun, frame: LoopFrame, operation: Operation
) -> bool:
    """Whether a round of the loop neither writes nor waits: else it is a unit of work.

    What is only added to the session is written behind the loop, so a query of the loop's own that
    looks before it adds counts.
    """
    if any(_is_remembered(project, step) for step in operation.effect.chain[1:]):
        return False
    others = _UNIT_OF_WORK - {"write"} if operation.own else _UNIT_OF_WORK
    if not operation.own and _is_more(project, run, operation):
        return False
    if any(frame in each.loops and each.effect.kind in others for each in run.operations):
        return False
    inside = {callee for at, end, callee in run.calls if frame.at < at and end <= frame.end}
    return not any(project.slowness.is_slow(callee) for callee in inside)


def _is_remembered(project: Project, step: Step) -> bool:
    """Whether a function keeps what it asked the database, and looks there first."""
    module = project.module(step.module)
    params = {param.name for param in module.facts.scopes[step.scope].params} - {"self", "cls"}
    return remembers(module.body(step.scope), params)


def _is_more(project: Project, run: FunctionRun, operation: Operation) -> bool:
    """Whether a call does more than to look an item up: several queries hang on it, or it picks
    one of several ways by what the item is."""
    asked = {
        (each.effect.chain[-1].module, each.effect.chain[-1].at)
        for each in run.operations
        if each.effect.kind == "read" and each.at == operation.at and each.end == operation.end
    }
    return len(asked) > _MAX_QUERIES or any(
        isinstance(frame.owner, f.Match)
        or (isinstance(frame.owner, f.If) and len(frame.owner.branches) > 1)
        for step in operation.effect.chain[1:]
        for frame in frames_around(project.module(step.module).body(step.scope), step.at)
    )


def _asks_per_item(
    project: Project, scope: ScopeId, frame: LoopFrame, operation: Operation
) -> bool:
    """Whether the query is about the item, of which there may be many, and about nothing else."""
    loop = loop_of(project.module(scope[0]).body(scope[1]), frame)
    if loop is None or _looks_for_one(loop):
        return False
    sources = [loop.iter] if isinstance(loop, f.For) else [each.iter for each in loop.generators]
    if any(_is_few(project, scope, source) for source in sources):
        return False
    names = item_names(loop)
    if isinstance(loop, f.For) and (remembers(loop.body, names) or _holds_many(loop, names)):
        return False
    for node in _calls(loop):
        if node.at == operation.at and node.end == operation.end:
            is_item = operation.own and _is_query(node, own_names(loop))
            return mentions(node, names) and not is_item and not _is_other_query(node, names)
    return False


def _looks_for_one(loop: f.For | f.Comp) -> bool:
    """Whether a loop may end at the first item that fits, as a generator in ``any()`` does."""
    if isinstance(loop, f.Comp):
        return loop.kind == "g"
    return any(isinstance(each, (f.Break, f.Return)) for each in walk(loop.body))


def _calls(loop: f.For | f.Comp) -> Iterator[f.Call]:
    """The calls that a loop repeats."""
    if isinstance(loop, f.For):
        yield from calls_in(loop.body)
    else:
        for element in loop.elements:
            yield from calls_of(element)


def _is_few(project: Project, scope: ScopeId, source: f.Expr) -> bool:
    """Whether a loop goes over a handful of constants, or only counts."""
    if isinstance(source, (f.Seq, f.DictLit)):
        return True
    if isinstance(source, f.Call):
        callee = project.values(scope[0], scope[1], source.func)
        if any(isinstance(value, v.Ext) and value.name in _COUNTERS for value in callee):
            return True
        if source.args:
            return _is_few(project, scope, source.args[0])
    return any(
        isinstance(value, v.Class) or (isinstance(value, v.Items) and value.exact)
        for value in project.values(scope[0], scope[1], source)
    )


def _holds_many(loop: f.For, names: frozenset[str]) -> bool:
    """Whether each item is many: it is spread over the arguments of a call, ``or_(*chunk)``."""
    return any(
        isinstance(argument, f.Starred) and _is_one_of(argument.value, names)
        for call in calls_in(loop.body)
        for argument in call.args
    )


def _is_other_query(node: f.Call, names: frozenset[str]) -> bool:
    """Whether one query could not ask for all items: it takes a batch of them already, the item
    says what is selected rather than which row, or there is a cache for the answer."""
    for each in descend(node):
        if isinstance(each, f.Text) and mentions(each, names):
            return True
        if not isinstance(each, f.Call):
            continue
        name = last_name(each.func)
        if name in _BATCHED and any(_is_one_of(argument, names) for argument in each.args):
            return True
        if name in _SELECTING and any(mentions(argument, names) for argument in each.args):
            return True
        owner = each.func.value if isinstance(each.func, f.Attr) else None
        if owner is not None and name in _OF_COLUMNS and _is_one_of(owner, names):
            return True
    return any("cache" in (keyword.name or "") for keyword in node.keywords)


def _is_query(call: f.Call, names: frozenset[str]) -> bool:
    """Whether a call is given one of the names alone, or what its methods make of it: a query."""
    node = call.args[0] if len(call.args) == 1 else None
    while isinstance(node, f.Call) and isinstance(node.func, f.Attr):
        node = node.func.value
    return node is not None and _is_one_of(node, names)


def _is_one_of(node: f.Expr, names: frozenset[str]) -> bool:
    return isinstance(node, f.Name) and node.id in names
