"""Provider functions in, their shapes out: how a session is got from them, and who commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.engine import Engine
from connlint.model.names import ScopeId
from connlint.model.passing import Passing, passing_of
from connlint.model.swallowing import swallows

ProviderShape = Literal[
    "context-manager",
    "async-context-manager",
    "generator",
    "async-generator",
    "function",
    "coroutine",
    "scoped",
    "decorator",
    "unknown",
]


class Provider(NamedTuple):
    """A way to get a session. ``commits``: leaving it commits what is pending; ``begins``: it hands
    out the session from inside a block that has begun the transaction and commits it."""

    name: str
    module: str
    shape: ProviderShape
    is_async: bool
    commits: bool
    rolls_back: bool
    closes: bool
    begins: bool = False
    passing: Passing | None = None
    needs: str = ""
    swallows: bool = False


def provider_of(engine: Engine, scope: ScopeId) -> Provider:
    """The shape of a provider, read from its definition and from what running it does."""
    module = engine.program.modules[scope[0]]
    facts = module.facts.scopes[scope[1]]
    passing = passing_of(engine, scope)
    if passing is not None:
        return decorator_provider(engine, module.symbol(scope[1]), passing)
    decorators = engine.program.decorator_names(module, scope[1])
    effects = engine.run(scope).summary.effects
    after = [effect for effect in effects if effect.after_yield]
    given = engine.provided_by_scope(scope)
    is_async = facts.is_async
    for value in given:
        kind = engine.program.database_type(value)
        if kind is not None and kind.is_async:
            is_async = True
    makes_functions = any(isinstance(value, v.Func) for value in given)
    shape = _shape(decorators, facts.is_async, facts.is_generator)
    return Provider(
        module.symbol(scope[1]),
        module.name,
        "unknown" if makes_functions else shape,
        is_async,
        any(effect.kind == "commit" for effect in after),
        any(effect.kind == "rollback" for effect in after),
        any(effect.kind == "close" for effect in effects),
        any(effect.kind == "begin" and not effect.after_yield for effect in effects)
        and any(effect.kind == "commit" and effect.implicit for effect in after),
        swallows=facts.is_generator and swallows(module, scope[1]),
        needs=needed(facts.params[engine.receiver(module, scope[1]) is not None :]),
    )


def decorator_provider(engine: Engine, name: str, passing: Passing) -> Provider:
    """A decorator: what its wrapper does around the function is what the provider does."""
    effects = engine.run(passing.wrapper).summary.effects
    kinds = {effect.kind for effect in effects}
    made = engine.program.database_type(passing.session)
    return Provider(
        name, passing.wrapper[0], "decorator", made is not None and made.is_async,
        "commit" in kinds, "rollback" in kinds, "close" in kinds,
        "begin" in kinds and any(each.kind == "commit" and each.implicit for each in effects),
        passing,
    )  # fmt: skip


def needed(params: Sequence[f.Param]) -> str:
    """The first of ``params`` that a call has to give a value."""
    wanted = (
        each
        for each in params
        # What a call in a default gives may be for a framework to fill in: ``= Depends(...)``.
        if each.kind in "pok" and (each.default is None or isinstance(each.default, f.Call))
    )
    return next((each.name for each in wanted), "")


def _shape(decorators: tuple[str, ...], is_async: bool, is_generator: bool) -> ProviderShape:
    if "contextlib.asynccontextmanager" in decorators:
        return "async-context-manager"
    if "contextlib.contextmanager" in decorators:
        return "context-manager"
    if is_generator:
        return "async-generator" if is_async else "generator"
    return "coroutine" if is_async else "function"
