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
from connlint.model.expressions import calls_of, expressions_of
from connlint.model.name_parts import callee_of, is_name
from connlint.model.names import Module, ScopeId, walk
from connlint.model.swallowing import swallows
from connlint.model.wrapped_call import Delivery, WrappedCall

_UPDATES = "functools.update_wrapper"
_GIVING_BACK = {"typing.cast": 1, _UPDATES: 0}
"""Functions that give back one of their arguments, with its place."""


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
        callee = callee_of(decorator)
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


def _nested(module: Module, number: int) -> Iterator[int]:
    """The functions inside a function, and inside those."""
    for child in module.children.get(number, ()):
        if module.facts.scopes[child].kind == "function":
            yield child
            yield from _nested(module, child)


def _deliveries(engine: Engine, module: Module, number: int) -> Iterator[Delivery]:
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
                    yield Delivery(number, call.func.id, call, session)
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
            if isinstance(target, f.Index) and is_name(target.value, *keywords):
                key = target.index
                if isinstance(key, f.Const) and isinstance(key.value, str):
                    found[key.value] = statement.value
    return found


def _read(engine: Engine, module: Module, root: int, delivery: Delivery, plain: Passing) -> Passing:
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
    way = WrappedCall(delivery, wrapper, keyword)
    if not way.is_kept(body) or _is_silenced(engine, module, delivery.wrapper):
        return plain._replace(obstacle="it may do more with the function than call it once")
    return plain._replace(
        keyword=keyword, before=before, is_async=wrapper.is_async, is_made=is_made,
        is_marked="functools.wraps" in marks or _is_updated(module, decorate, engine),
        depends=way.depends,
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
        through = _called(module, outer, value, engine)
        at = _GIVING_BACK.get(through, len(value.args))
        value = value.args[at] if at < len(value.args) else None
    bound = sum(
        is_name(target, name)
        for each in walk(body)
        for target in (each.targets if isinstance(each, f.Assign) else ())
    )
    return value is not None and is_name(value, name) and not bound


def _called(module: Module, scope: int, call: f.Call, engine: Engine) -> str:
    """The one thing that a call calls, by name."""
    names = {
        engine.program.callable_name(each)
        for each in engine.program.static(module, scope, call.func)
    }
    return names.pop() if len(names) == 1 else ""


def _is_updated(module: Module, outer: int, engine: Engine) -> bool:
    """Whether what a function gives back is made to look like something else on the way."""
    last = module.body(outer)[-1]
    value = last.value if isinstance(last, f.Return) else None
    return isinstance(value, f.Call) and _called(module, outer, value, engine) == _UPDATES


def _handed(module: Module, delivery: Delivery) -> tuple[str, int] | None:
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
    if len(all_named) != 1 or not is_name(all_named[0], *named):
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


def _is_silenced(engine: Engine, module: Module, number: int) -> bool:
    """Whether a block that a wrapper opens may keep an error from getting out of it."""
    for statement in walk(module.body(number)):
        for item in statement.items if isinstance(statement, f.With) else ():
            func = callee_of(item.context)
            for value in engine.program.static(module, number, func):
                if isinstance(value, v.Ext) and value.name == "contextlib.suppress":
                    return True
                if isinstance(value, v.Func) and swallows(
                    engine.program.modules[value.module], value.scope
                ):
                    return True
    return False


def _is_starred(node: f.Expr, name: str) -> bool:
    return isinstance(node, f.Starred) and is_name(node.value, name)
