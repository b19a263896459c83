"""The catalogue in itself: every name it refers to exists, once, and makes sense in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest

from connlint.model.catalog.lookup import CATALOG
from connlint.model.catalog.types import (
    Context,
    EffectKind,
    EntryKind,
    Library,
    Method,
    Type,
    TypeKind,
)

TYPES = list(CATALOG.types.values())
LIBRARIES = list(CATALOG.libraries)
EFFECTS = frozenset(get_args(EffectKind))
CONTEXTS = [(each, context) for each in TYPES for context in each.contexts]


def by_name(item: Type | Library) -> str:
    return item.name


def is_known(type_name: str) -> bool:
    return type_name in ("", "self") or type_name in CATALOG.types


def all_methods(of: Type) -> Iterator[tuple[str, Method]]:
    yield from of.methods.items()
    if of.call is not None:
        yield "()", of.call


def targets(library: Library) -> set[str]:
    """Every function, class and method that a library file speaks of."""
    return {
        *(each.name for each in library.types),
        *(each.name for each in library.functions),
        *(each.name for each in library.bases),
        *(each.target for each in library.registrars),
        *(each.target for each in library.receives),
        *library.values,
        *library.rows,
        *library.slow,
        *library.spawns,
        *library.gathers,
        *library.offloads,
        *library.injects,
        *library.errors,
    }


def test_names_are_unique() -> None:
    groups = {
        "types": [each.name for library in LIBRARIES for each in library.types],
        "functions": [each.name for library in LIBRARIES for each in library.functions],
        "aliases": [name for library in LIBRARIES for name in library.aliases],
        "bases": [each.name for library in LIBRARIES for each in library.bases],
        "receives": [each.target for library in LIBRARIES for each in library.receives],
        "values": [name for library in LIBRARIES for name in library.values],
    }
    twice = {
        kind: [name for name, count in Counter(names).items() if count > 1]
        for kind, names in groups.items()
    }
    assert not any(twice.values()), twice


@pytest.mark.parametrize("of", TYPES, ids=by_name)
def test_a_type_refers_to_known_types(of: Type) -> None:
    unknown = {
        *(base for base in of.bases if base not in CATALOG.types),
        *(each.returns for _, each in all_methods(of) if not is_known(each.returns)),
        *(each.passes for _, each in all_methods(of) if not is_known(each.passes)),
        *(each for each in of.attributes.values() if not is_known(each)),
        *(each.binds for each in of.contexts if not is_known(each.binds)),
    }
    assert not unknown
    assert of.name not in {each.name for base in of.bases for each in CATALOG.line(base)}


@pytest.mark.parametrize("of", TYPES, ids=by_name)
def test_a_type_uses_known_words(of: Type) -> None:
    assert of.kind in get_args(TypeKind)
    used = {kind for _, method in all_methods(of) for kind in method.effects}
    used |= {kind for context in of.contexts for kind in (*context.on_enter, *context.on_exit)}
    assert used <= EFFECTS


@pytest.mark.parametrize("of", TYPES, ids=by_name)
def test_a_method_is_awaited_one_way_only(of: Type) -> None:
    both = [name for name, method in all_methods(of) if method.is_async and method.is_startable]
    assert not both


@pytest.mark.parametrize(
    ("of", "context"), CONTEXTS, ids=[f"{of.name}-{context.is_async}" for of, context in CONTEXTS]
)
def test_a_context_closes_what_it_opens(of: Type, context: Context) -> None:
    assert ("acquire" in context.on_enter) <= ("close" in context.on_exit)
    assert ("begin" in context.on_enter) <= ("commit" in context.on_exit)
    assert "close" not in context.on_exit[:-1], "nothing happens after closing"
    assert not (of.savepoint == "always" and "commit" in context.on_exit)


def test_an_acquired_thing_can_be_given_back() -> None:
    """Whatever a call acquires has a method or a ``with`` that closes it, or its pool takes it."""
    made = {
        (method.returns if method.returns != "self" else of.name)
        for of in TYPES
        for _, method in all_methods(of)
        if "acquire" in method.effects
    }
    made |= {each.returns for each in CATALOG.functions.values() if "acquire" in each.effects}
    assert made
    for name in made:
        methods = (method for each in CATALOG.line(name) for method in each.methods.values())
        assert any("close" in method.effects for method in methods), name
        assert CATALOG.types[name].kind in ("session", "connection"), name


@pytest.mark.parametrize(
    "kind", ["session", "connection", "transaction", "session-factory", "cursor"]
)
def test_a_kind_has_what_its_name_promises(kind: str) -> None:
    promised = {
        "session": ("commit", "rollback", "close"),
        "connection": ("close",),
        "transaction": (),
        "session-factory": (),
        "cursor": (),
    }[kind]
    for of in (each for each in TYPES if each.kind == kind):
        for method in promised:
            assert CATALOG.method(of.name, method) is not None, (of.name, method)
        if kind == "session-factory":
            called = CATALOG.called(of.name)
            assert called is not None and "acquire" in called.effects
        if kind == "transaction":
            assert CATALOG.context(of.name, of.is_async) is not None


def test_functions_refer_to_known_types() -> None:
    for each in CATALOG.functions.values():
        assert is_known(each.returns) and is_known(each.passes), each.name
        assert set(each.effects) <= EFFECTS, each.name
        for argument, returned in each.returns_for.items():
            assert argument in CATALOG.types and returned in CATALOG.types, each.name
    for name, type_name in CATALOG.values.items():
        assert type_name in CATALOG.types, name


@pytest.mark.parametrize("library", LIBRARIES, ids=by_name)
def test_an_alias_leads_to_a_name_that_is_spoken_of(library: Library) -> None:
    known = {name for each in LIBRARIES for name in targets(each)}
    for spelling, canonical in library.aliases.items():
        assert canonical in known, spelling
        assert spelling not in known, spelling
        assert canonical not in CATALOG.aliases, spelling


@pytest.mark.parametrize("library", LIBRARIES, ids=by_name)
def test_all_names_are_canonical_and_of_the_library(library: Library) -> None:
    for name in targets(library):
        assert CATALOG.canonical(name) == name
    roots = {name.partition(".")[0] for name in (*library.aliases, *library.values)}
    assert roots <= set(library.packages)


@pytest.mark.parametrize("library", LIBRARIES, ids=by_name)
def test_a_method_is_spoken_of_with_its_type(library: Library) -> None:
    """``pkg.Name.method`` only matches calls on instances when ``pkg.Name`` is known."""
    for name in targets(library) - set(CATALOG.functions):
        owner, _, _ = name.rpartition(".")
        _, dot, last = owner.rpartition(".")
        if dot and last[:1].isupper() and owner not in CATALOG.values:
            assert owner in CATALOG.types, name


@pytest.mark.parametrize("library", LIBRARIES, ids=by_name)
def test_entry_points_use_known_kinds(library: Library) -> None:
    kinds = {each.entry for each in library.registrars} | {each.entry for each in library.receives}
    kinds |= {kind for each in library.bases for kind in each.methods.values()}
    assert kinds <= set(get_args(EntryKind))
    for each in library.registrars:
        assert each.decorates or each.calls, each.target
