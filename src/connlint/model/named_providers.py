"""A name of the standard in, the providers that it leads to out: functions and decorators, classes
whose instances are entered, scoped sessions, and methods of an object that can be imported."""

from __future__ import annotations

from collections.abc import Iterator

from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.engine import Engine
from connlint.model.held_methods import held_method
from connlint.model.names import Target
from connlint.model.passing import passing_of
from connlint.model.providers import (
    Provider,
    ProviderShape,
    decorator_provider,
    needed,
    provider_of,
)

_ENTERED = (("__enter__", "__exit__", False), ("__aenter__", "__aexit__", True))


def providers_named(engine: Engine, dotted: str) -> Iterator[Provider]:
    """The providers that a dotted name stands for; nothing where the project defines none."""
    targets = engine.program.names.resolve_dotted(dotted)
    for target in targets:
        if target.kind == "function":
            yield _function(engine, target)
        elif target.kind == "class":
            yield from _class(engine, target)
        elif target.kind == "variable" and not target.scope:
            yield from _registry(engine, target, engine.program.target_values((target,)))
    if not targets:
        yield from _method(engine, dotted)


def _function(engine: Engine, target: Target) -> Provider:
    """A function; a method that is named by way of its class takes an object of that, too."""
    module = engine.program.modules[target.module]
    provider = provider_of(engine, (target.module, target.scope))
    if isinstance(engine.receiver(module, target.scope), v.Obj):
        return provider._replace(needs="an object of its class")
    return provider


def _class(engine: Engine, target: Target) -> Iterator[Provider]:
    """A class that is put on functions, or whose instances are entered and give the session."""
    owner = ClassId(target.module, target.scope)
    module = engine.program.modules[target.module]
    name = module.symbol(target.scope)
    needs = _needs(engine, owner)
    called = engine.program.hierarchy.own_member(owner, "__call__")
    passing = passing_of(engine, (target.module, called)) if called is not None else None
    if passing is not None:
        made = passing._replace(is_made=True)
        yield decorator_provider(engine, name, made)._replace(needs=needs)
        return
    for enter, leave, is_async in _ENTERED:
        entering = engine.program.hierarchy.method(owner, enter)
        leaving = engine.program.hierarchy.method(owner, leave)
        if entering is None or leaving is None:
            continue
        given = engine.provided_by_scope((entering[0].module, entering[1]))
        left = (leaving[0].module, leaving[1])
        kinds = {effect.kind for effect in engine.run(left).summary.effects}
        gives = [each for each in given if engine.program.is_session(each)]
        shape: ProviderShape = "async-context-manager" if is_async else "context-manager"
        if not len(gives) == len(given) == 1:
            shape = "unknown"
        yield Provider(
            name, module.name, shape, is_async,
            "commit" in kinds, "rollback" in kinds, "close" in kinds, needs=needs,
            swallows=_may_swallow(engine, left),
        )  # fmt: skip


def _may_swallow(engine: Engine, scope: tuple[str, int]) -> bool:
    """Whether leaving a block may keep an error from getting out of it."""
    returns = engine.run(scope).summary.returns
    return any(v.truth((each,)) is not False for each in returns)


def _needs(engine: Engine, owner: ClassId) -> str:
    """The first argument that making an instance of a class takes."""
    maker = engine.program.hierarchy.method(owner, "__init__")
    if maker is None:
        return ""
    facts = engine.program.modules[maker[0].module].facts.scopes[maker[1]]
    return needed(facts.params[1:])


def _method(engine: Engine, dotted: str) -> Iterator[Provider]:
    """A method, or a session, of an object that a module holds: ``app.db.database.session``."""
    found = held_method(engine.program, dotted)
    if found is not None:
        module = engine.program.modules[found.holder.module]
        provider = provider_of(engine, (found.module, found.scope))
        name = f"{module.dotted}.{found.holder.name}.{dotted.rpartition('.')[2]}"
        yield provider._replace(name=name, module=module.name)
        return
    holder, _, attr = dotted.rpartition(".")
    for target in engine.program.names.resolve_dotted(holder):
        for value in engine.program.target_values((target,)):
            if target.kind == "variable" and isinstance(value, v.Obj):
                yield from _registry(
                    engine, target, engine.program.object_attribute(value, attr), f".{attr}"
                )


def _registry(
    engine: Engine, holder: Target, values: v.Values, attribute: str = ""
) -> Iterator[Provider]:
    """A registry that hands out the session of the thread or task."""
    for value in values:
        made = engine.program.database_type(value)
        if made is None or made.kind != "session":
            continue
        if engine.program.catalog.called(made.name) is not None:
            module = engine.program.modules[holder.module]
            name = f"{module.dotted}.{holder.name}{attribute}"
            needs = "the context of an application" if attribute else ""
            yield Provider(
                name, module.name, "scoped", made.is_async, False, False, False, needs=needs
            )
            return
