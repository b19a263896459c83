"""Short forms for library files. In: names in words. Out: the mappings and tuples of ``types``."""

from __future__ import annotations

from collections.abc import Mapping

from connlint.model.catalog.types import EntryKind, Function, Method, Registrar

PEP_249_ERRORS = (
    "Error DatabaseError DataError IntegrityError InterfaceError InternalError NotSupportedError "
    "OperationalError ProgrammingError"
)

PEP_249_BASE_ERRORS = "Error DatabaseError"

NOTHING = Method()
SELF = Method(returns="self")
READ = Method(("read",))
WRITE = Method(("write",))
DEFERRED_WRITE = Method(("write",), defers=True)
EXECUTE = Method(("execute",))
FLUSH = Method(("flush",))
BEGIN = Method(("begin",))
COMMIT = Method(("commit",))
ROLLBACK = Method(("rollback",))
CLOSE = Method(("close",))

ASYNC_NOTHING = Method(is_async=True)
ASYNC_READ = Method(("read",), is_async=True)
ASYNC_WRITE = Method(("write",), is_async=True)
ASYNC_EXECUTE = Method(("execute",), is_async=True)
ASYNC_FLUSH = Method(("flush",), is_async=True)
ASYNC_BEGIN = Method(("begin",), is_async=True)
ASYNC_COMMIT = Method(("commit",), is_async=True)
ASYNC_ROLLBACK = Method(("rollback",), is_async=True)
ASYNC_CLOSE = Method(("close",), is_async=True)


def same(names: str, method: Method) -> dict[str, Method]:
    """One meaning for each of the method ``names``."""
    return dict.fromkeys(names.split(), method)


def gives(type_name: str, *, is_async: bool = False) -> Method:
    """A method that does nothing to the database and returns a ``type_name``."""
    return Method(returns=type_name, is_async=is_async)


def each(prefix: str, names: str) -> tuple[str, ...]:
    """``prefix.name`` for each of the ``names``."""
    return tuple(f"{prefix}.{name}" for name in names.split())


def spelled(canonical: str, modules: Mapping[str, str]) -> dict[str, str]:
    """Aliases: each name that a module also offers, to the same name under ``canonical``."""
    return {
        f"{module}.{name}": f"{canonical}.{name}"
        for module, names in modules.items()
        for name in names.split()
    }


def constructors(prefix: str, names: str, returns: str) -> tuple[Function, ...]:
    """Functions without effects, ``prefix.name`` each, that all return a ``returns``."""
    return tuple(Function(name, returns) for name in each(prefix, names))


def routes(type_name: str, verbs: str) -> tuple[Registrar, ...]:
    """Decorators named after an HTTP method that take the path first."""
    return tuple(
        Registrar(f"{type_name}.{verb}", "route", methods=(verb.upper(),), calls=False)
        for verb in verbs.split()
    )


def handlers(names: str, entry: EntryKind) -> dict[str, EntryKind]:
    """Overridden methods that are all the same kind of entry point."""
    return dict.fromkeys(names.split(), entry)


def hooks(type_name: str, names: str, entry: EntryKind) -> tuple[Registrar, ...]:
    """Methods that take the handler as their only argument, as a decorator or called."""
    return tuple(Registrar(target, entry, label=None) for target in each(type_name, names))
