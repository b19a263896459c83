"""Provider functions in, their shapes out: how a session is got from them, and who commits."""

from __future__ import annotations

from typing import Literal, NamedTuple

from connlint.model.engine import Engine
from connlint.model.names import ScopeId

ProviderShape = Literal[
    "context-manager",
    "async-context-manager",
    "generator",
    "async-generator",
    "function",
    "coroutine",
    "scoped",
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


def provider_of(engine: Engine, scope: ScopeId) -> Provider:
    """The shape of a provider, read from its definition and from what running it does."""
    module = engine.program.modules[scope[0]]
    facts = module.facts.scopes[scope[1]]
    decorators = engine.program.decorator_names(module, scope[1])
    effects = engine.run(scope).summary.effects
    after = [effect for effect in effects if effect.after_yield]
    given = engine.provided_by_scope(scope)
    is_async = facts.is_async
    for value in given:
        kind = engine.program.database_type(value)
        if kind is not None and kind.is_async:
            is_async = True
    return Provider(
        module.symbol(scope[1]),
        module.name,
        _shape(decorators, facts.is_async, facts.is_generator),
        is_async,
        any(effect.kind == "commit" for effect in after),
        any(effect.kind == "rollback" for effect in after),
        any(effect.kind == "close" for effect in effects),
        any(effect.kind == "begin" and not effect.after_yield for effect in effects)
        and any(effect.kind == "commit" and effect.implicit for effect in after),
    )


def _shape(decorators: tuple[str, ...], is_async: bool, is_generator: bool) -> ProviderShape:
    if "contextlib.asynccontextmanager" in decorators:
        return "async-context-manager"
    if "contextlib.contextmanager" in decorators:
        return "context-manager"
    if is_generator:
        return "async-generator" if is_async else "generator"
    return "coroutine" if is_async else "function"
