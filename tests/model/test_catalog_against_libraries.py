"""The catalogue against the real libraries, wherever they are installed: every name is real.

Imports are done here and nowhere in the tool itself. A library that is not installed is skipped.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from connlint.model.catalog.lookup import CATALOG
from connlint.model.catalog.types import Library, Type

MISSING = object()

# Classes that offer more on an instance than on the class.
SAMPLES = {"flask_sqlalchemy.SQLAlchemy": lambda real: real()}

# Gone from newer versions, or not yet in older ones.
SOME_VERSIONS_ONLY = frozenset(
    {
        "duckdb.DatabaseError",
        "duckdb.DuckDBPyConnection.arrow",
        "duckdb.DuckDBPyConnection.fetch_arrow_table",
        "duckdb.DuckDBPyConnection.pl",
        "duckdb.DuckDBPyConnection.to_arrow_table",
        "duckdb.DuckDBPyRelation.fetchone",
        "flask.Blueprint.before_app_first_request",
        "flask.Flask.before_first_request",
        "flask.scaffold.Scaffold",
        "flask_sqlalchemy.BaseQuery",
        "flask_sqlalchemy.Model",
        "flask_sqlalchemy.SQLAlchemy.create_scoped_session",
        "flask_sqlalchemy.SQLAlchemy.create_session",
        "flask_sqlalchemy.SignallingSession",
        "sqlalchemy.FallbackAsyncAdaptedQueuePool",
        "sqlalchemy.engine.Engine.execute",
        "sqlalchemy.engine.Engine.has_table",
        "sqlalchemy.engine.Engine.scalar",
        "sqlalchemy.engine.Engine.table_names",
        "sqlalchemy.ext.asyncio.AsyncSession.delete_all",
        "sqlalchemy.ext.asyncio.AsyncSession.merge_all",
        "sqlalchemy.ext.asyncio.async_scoped_session.delete_all",
        "sqlalchemy.ext.asyncio.async_scoped_session.merge_all",
        "sqlalchemy.orm.Query.add_column",
        "sqlalchemy.orm.Query.apply_labels",
        "sqlalchemy.orm.Query.from_self",
        "sqlalchemy.orm.Query.select_entity_from",
        "sqlalchemy.orm.Query.with_lockmode",
        "sqlalchemy.orm.Session.delete_all",
        "sqlalchemy.orm.Session.merge_all",
        "sqlalchemy.orm.scoped_session.delete_all",
        "sqlalchemy.orm.scoped_session.merge_all",
        "sqlalchemy.pool.FallbackAsyncAdaptedQueuePool",
        "sqlalchemy.pool.PoolProxiedConnection.__enter__",
        "sqlalchemy.pool.impl.FallbackAsyncAdaptedQueuePool",
        "starlette.applications.Starlette.add_event_handler",
        "starlette.applications.Starlette.add_websocket_route",
        "starlette.applications.Starlette.middleware",
        "starlette.applications.Starlette.on_event",
        "starlette.applications.Starlette.route",
        "starlette.applications.Starlette.websocket_route",
        "starlette.routing.Router.add_event_handler",
        "starlette.routing.Router.on_event",
        "starlette.routing.Router.route",
        "starlette.routing.Router.websocket_route",
    }
)

# The oldest versions in which every other name is there.
OLDEST_CHECKED = {
    "aiosqlite": (0, 22),
    "asyncpg": (0, 30),
    "duckdb": (1, 1),
    "fastapi": (0, 100),
    "flask": (3, 0),
    "flask_sqlalchemy": (3, 1),
    "psycopg": (3, 3),
    "sqlalchemy": (2, 0, 30),
}

# Packages that many distributions share, and what stands for the one that is meant.
INSIDE = {"azure": "azure.storage.blob", "google": "google.cloud.storage"}

# Found on instances or through ``__getattr__`` only.
NOT_ON_THE_CLASS = frozenset(
    {
        "dramatiq.GenericActor.send",
        "dramatiq.GenericActor.send_with_options",
        "mysql.connector.pooling.PooledMySQLConnection",
        "sqlalchemy.pool.PoolProxiedConnection.commit",
        "sqlalchemy.pool.PoolProxiedConnection.cursor",
        "sqlalchemy.pool.PoolProxiedConnection.rollback",
    }
)

# Abstract plain methods whose implementations are coroutines.
AWAITABLE_BY_CONTRACT = frozenset({"aio_pika.abc.AbstractChannel.close"})


# Given to mapped classes and to a project's own base.
MADE_BY_MAPPING = frozenset({"__table__", "metadata"})

# Defined in order to say that the other protocol is the right one.
ALWAYS_RAISES = frozenset({"aiomysql.pool.Pool.__enter__"})


def resolve(dotted: str) -> Any:
    """The object of this name; :data:`MISSING` when there is none.

    A function can hide a module of its name (``arq.cron``), so both ways are tried. Skips the test
    when the name is there but can't be imported for want of another package.
    """
    parts = dotted.split(".")
    found = MISSING
    for length in (1, *range(len(parts), 1, -1)):
        module = ".".join(parts[:length])
        try:
            found = _follow(importlib.import_module(module), parts[length:])
        except ModuleNotFoundError as error:
            if not module.startswith(error.name or module):
                pytest.skip(f"{module} needs {error.name}")
        except ImportError as error:
            pytest.skip(f"{module}: {error}")
        if found is not MISSING:
            break
    return found


def _follow(found: Any, attributes: list[str]) -> Any:
    for name in attributes:
        found = getattr(found, name, MISSING)
    return found


def is_installed(package: str) -> bool:
    """Whether the package is here, in a version that the catalogue speaks of."""
    try:
        if importlib.util.find_spec(INSIDE.get(package, package)) is None:
            return False
    except ModuleNotFoundError:
        return False
    oldest = OLDEST_CHECKED.get(package)
    return oldest is None or _numbers(importlib.metadata.version(package)) >= oldest


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def is_importable_name(name: str) -> bool:
    """Not what a call gives, a class with type arguments, or what PEP 249 only describes."""
    return not set("()[]") & set(name) and name.partition(".")[0] != "dbapi"


LATER = frozenset({"asyncio.TaskGroup"} if sys.version_info < (3, 11) else ())
"""What the standard library has from a later version of Python on."""


def is_excused(name: str) -> bool:
    owner = name.rpartition(".")[0]
    return bool({name, owner} & (SOME_VERSIONS_ONLY | NOT_ON_THE_CLASS | LATER))


INSTALLED = {
    package: is_installed(package) for library in CATALOG.libraries for package in library.packages
}
LIBRARIES = [
    pytest.param(
        library,
        id=library.name,
        marks=pytest.mark.skipif(
            not any(INSTALLED[package] for package in library.packages), reason="not installed"
        ),
    )
    for library in CATALOG.libraries
    if library.packages
]
TYPES = [
    pytest.param(
        of,
        id=of.name,
        marks=pytest.mark.skipif(
            not INSTALLED.get(of.name.partition(".")[0], False), reason="not installed"
        ),
    )
    for library in CATALOG.libraries
    for of in library.types
    if is_importable_name(of.name)
]


def ours(names: Iterator[str]) -> Iterator[str]:
    """Those of the names that can be looked up in what is installed."""
    return (
        name
        for name in sorted(set(names))
        if is_importable_name(name)
        and INSTALLED.get(name.partition(".")[0], False)
        and not is_excused(name)
    )


@pytest.mark.parametrize("library", LIBRARIES)
def test_aliases_name_the_same_object(library: Library) -> None:
    for spelling in ours(iter(library.aliases)):
        canonical = library.aliases[spelling]
        if INSTALLED.get(canonical.partition(".")[0], False) and not is_excused(canonical):
            assert resolve(spelling) is not MISSING, spelling
            assert resolve(spelling) is resolve(canonical), spelling


@pytest.mark.parametrize("library", LIBRARIES)
def test_functions_are_real(library: Library) -> None:
    for name in ours(each.name for each in library.functions):
        function = resolve(name)
        assert callable(function), name
        assert inspect.iscoroutinefunction(function) == CATALOG.functions[name].is_async, name


@pytest.mark.parametrize("library", LIBRARIES)
def test_targets_are_real(library: Library) -> None:
    named = (
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
    )
    missing = [name for name in ours(iter(named)) if resolve(name) is MISSING]
    assert not missing


def _itself(real: Any) -> Any:
    return real


@pytest.mark.parametrize("of", TYPES)
def test_a_type_is_real(of: Type) -> None:
    if is_excused(of.name):
        pytest.skip("not in every version")
    real = resolve(of.name)
    if not inspect.isclass(real):
        assert hasattr(real, "__get__"), "neither a class nor a property"
        return
    for base in of.bases:
        if is_importable_name(base) and not is_excused(of.name):
            assert issubclass(real, resolve(base)), base
    assert not [
        method
        for each in CATALOG.line(of.name)
        for method in each.methods
        if not is_excused(f"{of.name}.{method}")
        and not is_excused(f"{each.name}.{method}")
        and not hasattr(SAMPLES.get(of.name, _itself)(real), method)
    ]


@pytest.mark.parametrize("of", TYPES)
def test_coroutines_are_marked(of: Type) -> None:
    real = resolve(of.name)
    for name in (name for each in CATALOG.line(of.name) for name in each.methods):
        function = getattr(real, name, None)
        method = CATALOG.method(of.name, name)
        assert method is not None
        if not callable(function) or f"{of.name}.{name}" in AWAITABLE_BY_CONTRACT:
            continue
        if inspect.iscoroutinefunction(inspect.unwrap(function)):
            assert method.is_async or method.is_startable, name
        else:
            assert not method.is_async, name


@pytest.mark.parametrize("of", TYPES)
def test_contexts_are_real(of: Type) -> None:
    real = resolve(of.name)
    if not inspect.isclass(real) or is_excused(of.name):
        pytest.skip("no class of every version")
    entered_by_start = any(
        method.is_startable and method.returns == of.name
        for each in CATALOG.types.values()
        for method in each.methods.values()
    )
    for context in of.contexts:
        protocol = "__aenter__" if context.is_async else "__enter__"
        if not entered_by_start and not is_excused(f"{of.name}.{protocol}"):
            assert hasattr(real, protocol), protocol
    if of.kind and not entered_by_start:
        for protocol, is_async in (("__enter__", False), ("__aenter__", True)):
            if f"{of.name}.{protocol}" in ALWAYS_RAISES:
                continue
            known = CATALOG.context(of.name, is_async) is not None
            assert known >= hasattr(real, protocol), protocol


@pytest.mark.parametrize("of", TYPES)
def test_attributes_are_real(of: Type) -> None:
    real = resolve(of.name)
    if not inspect.isclass(real):
        pytest.skip("no class")
    annotated = {name for each in real.__mro__ for name in getattr(each, "__annotations__", ())}
    for name in set(of.attributes) - MADE_BY_MAPPING:
        if not hasattr(real, name) and name not in annotated:
            sources = (inspect.getsource(each) for each in real.__mro__[:-1])
            assert any(f"self.{name}" in source for source in sources), name
