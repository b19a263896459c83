"""A decorator in, how it hands its session to the function that it decorates out.

Read from its wrapper: one call of the function, with the session and with all that the wrapper was
called with, whose result the wrapper returns. What does more than that has an obstacle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.engine import Engine
from connlint.model.expressions import calls_of, descend, expressions_of
from connlint.model.names import Module, ScopeId, walk

_MARKS = frozenset({"typing.cast", "functools.update_wrapper"})
"""Calls that give back the wrapper that they are given."""


class Passing(NamedTuple):
    """How a decorator passes its session in.

    ``keyword``: the parameter that gets it; empty where it comes by position, behind ``before``
    others of the wrapper's (1: behind the object of a method). ``is_async``: what it makes of a
    function is a coroutine function. ``is_made``: it is put on with a call, ``@provide()``.
    ``is_marked``: the name and the docstring of the function stay. ``depends``: whether it passes
    its own session in depends on the arguments. ``obstacle``: why nothing of this can be relied on.
    """

    wrapper: ScopeId
    session: v.Value
    keyword: str = ""
    before: int = 0
    is_async: bool = False
    is_made: bool = False
    is_marked: bool = False
    depends: bool = False
    obstacle: str = ""


def passing_of(engine: Engine, scope: ScopeId) -> Passing | None:
    """How a function passes a session to the one that it decorates; ``None`` for any other."""
    module = engine.program.modules[scope[0]]
    found = [
        delivery
        for number in _nested(module, scope[1])
        for delivery in _deliveries(engine, module, number)
    ]
    if not found:
        return None
    delivery, *others = found
    plain = Passing((module.name, delivery.wrapper), delivery.session)
    if others:
        return plain._replace(obstacle="it calls the function in several places")
    return _read(engine, module, scope[1], delivery, plain)


def parameters_passed(engine: Engine, scope: ScopeId) -> frozenset[str]:
    """The parameters of a function in which a decorator of the project hands it a session."""
    module = engine.program.modules[scope[0]]
    facts = module.facts.scopes[scope[1]]
    found = set()
    for decorator in facts.decorators:
        callee = decorator.func if isinstance(decorator, f.Call) else decorator
        for value in engine.program.static(module, facts.parent, callee):
            passing = _passing_by(engine, value)
            if passing is None or passing.obstacle:
                continue
            by_place = [each.name for each in facts.params if each.kind in "po"]
            at = passing.before
            found.update([passing.keyword] if passing.keyword else by_place[at : at + 1])
    return frozenset(found)


def _passing_by(engine: Engine, decorator: v.Value) -> Passing | None:
    """How something that is put on a function passes a session to it."""
    if isinstance(decorator, v.Func):
        return passing_of(engine, (decorator.module, decorator.scope))
    if isinstance(decorator, v.Class):
        owner = ClassId(decorator.module, decorator.scope)
        called = engine.program.hierarchy.own_member(owner, "__call__")
        return passing_of(engine, (decorator.module, called)) if called is not None else None
    return None


class _Delivery(NamedTuple):
    """The call in a wrapper that hands a session to the decorated function."""

    wrapper: int
    function: str
    call: f.Call
    session: v.Value


def _nested(module: Module, number: int) -> Iterator[int]:
    """The functions inside a function, and inside those."""
    for child in module.children.get(number, ()):
        if module.facts.scopes[child].kind == "function":
            yield child
            yield from _nested(module, child)


def _deliveries(engine: Engine, module: Module, number: int) -> Iterator[_Delivery]:
    """The calls in a function of what the function around it is given, with a session."""
    scopes = module.facts.scopes
    given = {param.name for param in scopes[scopes[number].parent].params}
    stored = _stored_keywords(module, number)
    for statement in walk(module.body(number)):
        for expression in expressions_of(statement):
            for call in calls_of(expression):
                if not isinstance(call.func, f.Name) or call.func.id not in given:
                    continue
                handed = [*call.args, *(each.value for each in call.keywords), *stored.values()]
                for session in _sessions(engine, (module.name, number), handed):
                    yield _Delivery(number, call.func.id, call, session)
                    break


def _sessions(engine: Engine, scope: ScopeId, handed: Sequence[f.Expr]) -> Iterator[v.Value]:
    for expression in handed:
        if not isinstance(expression, f.Starred):
            for value in engine.anywhere(scope, expression):
                if engine.program.is_session(value):
                    yield value


def _stored_keywords(module: Module, number: int) -> dict[str, f.Expr]:
    """What a wrapper adds to its keyword arguments: ``kwargs["session"] = session``."""
    keywords = [each.name for each in module.facts.scopes[number].params if each.kind == "w"]
    found: dict[str, f.Expr] = {}
    for statement in walk(module.body(number)):
        if isinstance(statement, f.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, f.Index) and _is_name(target.value, *keywords):
                key = target.index
                if isinstance(key, f.Const) and isinstance(key.value, str):
                    found[key.value] = statement.value
    return found


def _read(
    engine: Engine, module: Module, root: int, delivery: _Delivery, plain: Passing
) -> Passing:
    """What the parts of a decorator say, from the outside in."""
    scopes = module.facts.scopes
    wrapper = scopes[delivery.wrapper]
    decorate = wrapper.parent
    is_made = decorate != root
    if is_made and (scopes[decorate].parent != root or not _gives(module, root, decorate, engine)):
        return plain._replace(obstacle="it is a decorator of another kind")
    if is_made and any(
        each.default is None and each.kind not in "aw" for each in _own(module, root)
    ):
        return plain._replace(obstacle="it takes arguments")
    takes = [each.name for each in _own(module, decorate) if each.kind in "po"]
    if takes[:1] != [delivery.function] or scopes[root].decorators:
        return plain._replace(obstacle="it is a decorator of another kind")
    if not _gives(module, decorate, delivery.wrapper, engine):
        return plain._replace(obstacle="it does not give back what calls the function")
    marks = engine.program.decorator_names(module, delivery.wrapper)
    if len(wrapper.decorators) != len(marks) or set(marks) - {"functools.wraps"}:
        return plain._replace(obstacle="what calls the function is decorated itself")
    handed = _handed(module, delivery)
    if handed is None:
        return plain._replace(obstacle="it does not hand on all that the function is called with")
    keyword, before = handed
    body = module.body(delivery.wrapper)
    way = _Way(delivery, wrapper, keyword)
    if not way.is_kept(body):
        return plain._replace(obstacle="it may do more with the function than call it once")
    return plain._replace(
        keyword=keyword, before=before, is_async=wrapper.is_async, is_made=is_made,
        is_marked="functools.wraps" in marks, depends=way.depends,
    )  # fmt: skip


def _own(module: Module, number: int) -> Sequence[f.Param]:
    """The parameters of a function; for a method, without its object."""
    scopes = module.facts.scopes
    is_method = scopes[scopes[number].parent].kind == "class"
    return scopes[number].params[1:] if is_method else scopes[number].params


def _gives(module: Module, outer: int, inner: int, engine: Engine) -> bool:
    """Whether a function ends by returning one that is defined in it."""
    body = module.body(outer)
    returns = [each for each in walk(body) if isinstance(each, f.Return)]
    if len(returns) != 1 or not body or body[-1] is not returns[0]:
        return False
    name, value = module.facts.scopes[inner].name, returns[0].value
    if isinstance(value, f.Call):
        callees = engine.program.static(module, outer, value.func)
        if not callees or any(engine.program.callable_name(each) not in _MARKS for each in callees):
            return False
        return any(_is_name(each, name) for each in value.args)
    return value is not None and _is_name(value, name)


def _handed(module: Module, delivery: _Delivery) -> tuple[str, int] | None:
    """By which keyword, or behind how many of the wrapper's own parameters, the session comes.

    ``None`` unless everything else that the wrapper is called with is handed on as it is.
    """
    params = module.facts.scopes[delivery.wrapper].params
    leading = [each.name for each in params if each.kind in "po" and each.default is None]
    rest = [each.name for each in params if each.kind == "a"]
    named = [each.name for each in params if each.kind == "w"]
    if len(params) != len(leading) + 2 or not rest or not named:
        return None
    args, keywords = delivery.call.args, delivery.call.keywords
    count = len(leading)
    if [each.id if isinstance(each, f.Name) else "" for each in args[:count]] != leading:
        return None
    own = [each for each in keywords if each.name is not None]
    all_named = [each.value for each in keywords if each.name is None]
    if len(all_named) != 1 or not _is_name(all_named[0], *named):
        return None
    stored = list(_stored_keywords(module, delivery.wrapper))
    is_rest = len(args) > count and _is_starred(args[-1], rest[0])
    if not is_rest:
        return None
    if len(args) == count + 1 and len(own) + len(stored) == 1:
        return (own[0].name or "") if own else stored[0], count
    if len(args) == count + 2 and not own and not stored:
        return "", count
    return None


class _Way:
    """Goes through the body of a wrapper."""

    def __init__(self, delivery: _Delivery, wrapper: f.Scope, keyword: str) -> None:
        self._delivery = delivery
        self._wrapper = wrapper
        self._keyword = keyword
        self._given = {each.name for each in wrapper.params}
        self.depends = False

    def is_kept(self, body: f.Body) -> bool:
        """Whether the body calls the function once, and returns or raises just what that does."""
        return (
            not self._wrapper.is_generator
            and self._is_reached(body)
            and not any(isinstance(each, f.Raise) and each.value for each in walk(body))
            and all(
                self._is_result(each.value, body)
                for each in walk(body)
                if isinstance(each, f.Return)
            )
            and self._calls_alone(body)
        )

    def _is_reached(self, body: Sequence[f.Stmt], *, returned: bool = False) -> bool:
        """Whether running ``body`` comes to the call, and then to a ``return`` of what it gives.

        ``returned``: what comes behind ``body`` returns it.
        """
        at = next((at for at, each in enumerate(body) if self._holds(each)), None)
        if at is None or not all(self._passes_by(each) for each in body[:at]):
            return False
        statement, after = body[at], body[at + 1 :]
        last = after[-1] if after else None
        returned = returned or (isinstance(last, f.Return) and isinstance(last.value, f.Name))
        if isinstance(statement, f.Return):
            return True
        if isinstance(statement, f.Assign):
            return returned
        if isinstance(statement, f.With):
            return self._is_reached(statement.body, returned=returned)
        if isinstance(statement, f.Try):
            leaves = any(isinstance(each, f.Return) for each in walk(statement.final))
            clauses = all(_raises_again(each.body) for each in statement.handlers)
            inside = (*statement.body, *statement.orelse)
            return clauses and not leaves and self._is_reached(inside, returned=returned)
        if isinstance(statement, f.If) and len(statement.branches) == 1:
            (branch,) = statement.branches
            is_asked = self._asks(branch.test, "not in")
            return is_asked and self._is_reached(branch.body, returned=returned)
        return False

    def _holds(self, statement: f.Stmt) -> bool:
        return any(
            node is self._delivery.call
            for each in walk((statement,))
            for expression in expressions_of(each)
            for node in descend(expression)
        )

    def _passes_by(self, statement: f.Stmt) -> bool:
        """Whether ``statement`` goes on behind it, where the caller gives no session itself."""
        if not any(isinstance(each, f.Return) for each in walk((statement,))):
            return not isinstance(statement, (f.Raise, f.While))
        if not isinstance(statement, f.If) or statement.orelse or len(statement.branches) > 1:
            return False
        return self._asks(statement.branches[0].test, "in")

    def _asks(self, test: f.Expr, operator: str) -> bool:
        """Whether ``test`` asks for a session among the arguments, and nothing else."""
        is_known = (
            isinstance(test, f.Compare)
            and test.ops == (operator,)
            and isinstance(test.left, f.Const)
            and bool(self._keyword)
            and test.left.value == self._keyword
            and _is_name(test.rights[0], *self._given)
        )
        if is_known:
            return True
        self.depends = True
        names = {each.id for each in descend(test) if isinstance(each, f.Name)}
        return operator == "in" and bool(names & self._given)

    def _is_result(self, value: f.Expr | None, body: f.Body) -> bool:
        """Whether ``value`` is what the function gave."""
        call = value.value if isinstance(value, f.Await) else value
        if isinstance(call, f.Call):
            is_awaited = isinstance(value, f.Await)
            return self._is_call(call) and is_awaited == self._wrapper.is_async
        if not isinstance(value, f.Name):
            return False
        assigned = [
            each.value
            for each in walk(body)
            if isinstance(each, f.Assign) and any(_is_name(t, value.id) for t in each.targets)
        ]
        return len(assigned) == 1 and self._is_result(assigned[0], ())

    def _is_call(self, call: f.Call) -> bool:
        return _is_name(call.func, self._delivery.function)

    def _calls_alone(self, body: f.Body) -> bool:
        """Whether the function is nowhere but where its result is returned or kept for that."""
        wanted = 0
        for statement in walk(body):
            if isinstance(statement, (f.Return, f.Assign)):
                value = statement.value
                call = value.value if isinstance(value, f.Await) else value
                wanted += isinstance(call, f.Call) and self._is_call(call)
        found = sum(
            _is_name(node, self._delivery.function)
            for statement in walk(body)
            for expression in expressions_of(statement)
            for node in descend(expression)
        )
        return found == wanted


def _raises_again(body: Sequence[f.Stmt]) -> bool:
    """Whether a handler ends by raising the very error that it was run for."""
    last = body[-1] if body else None
    leaves = any(isinstance(each, f.Return) for each in walk(tuple(body)))
    return isinstance(last, f.Raise) and last.value is None and not leaves


def _is_name(node: f.Expr, *names: str) -> bool:
    return isinstance(node, f.Name) and node.id in names


def _is_starred(node: f.Expr, name: str) -> bool:
    return isinstance(node, f.Starred) and _is_name(node.value, name)
