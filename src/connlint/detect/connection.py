"""Engines in, the ``connection`` settings out that all of them already follow, and the pooler that
they go through, if there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.detect.detection import Certainty, Choice
from connlint.detect.groups import counted
from connlint.detect.search import Search
from connlint.detect.sources import Site
from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import Module, walk

ENGINE_ARGUMENTS = "connection.engine-arguments"
POOLER_HOSTS = "connection.pooler-hosts"
STATEMENT_CACHE = "connection.statement-cache"

_KEEPING = ("pool_pre_ping", "pool_recycle", "pool_use_lifo", "pool_reset_on_return")
"""Arguments that keep connections usable; the others size a pool or suit one engine."""
_POOLER = re.compile(
    r"(?:^|[@/])(?P<host>[A-Za-z0-9*.-]*pooler[A-Za-z0-9*.-]*\.[a-z]{2,})(?::(?P<port>\d+))?"
)
_ANY_HOST = re.compile(r"://[^/@]*@?(?P<host>[A-Za-z0-9*.-]+)")
_CACHE_SIZES = frozenset({"statement_cache_size", "prepared_statement_cache_size"})


class Connections:
    """Reads how engines are configured."""

    def __init__(self, search: Search, owners: frozenset[str]) -> None:
        """``owners``: the modules whose connections are the standard's."""
        self._search = search
        self._owners = [m for m in search.uses.modules if m.name in owners]

    def choices(self) -> Iterator[Choice]:
        """What every engine has in common, and the pooler if there is one."""
        engines = [site for site in self._search.sites if site.type.kind == "engine"]
        for name in _KEEPING:
            value = _shared(engines, name)
            if value is not None:
                certainty: Certainty = "certain" if len(engines) > 1 else "likely"
                yield Choice(
                    f"{ENGINE_ARGUMENTS}.{name}",
                    value,
                    f"given to {counted(len(engines), 'engine')}, all there are",
                    certainty,
                )
        yield from self._pooler()

    def _pooler(self) -> Iterator[Choice]:
        """The pooler that addresses name, when they name nothing else."""
        poolers: set[str] = set()
        others: set[str] = set()
        switched_off = False
        for module in self._owners:
            for node in _literals(module):
                if isinstance(node, f.Const) and isinstance(node.value, str):
                    if found := _POOLER.search(node.value):
                        port = found["port"]
                        poolers.add(f"{found['host']}:{port}" if port else found["host"])
                    elif found := _ANY_HOST.search(node.value):
                        others.add(found["host"])
                elif isinstance(node, f.DictLit):
                    switched_off = switched_off or _switches_off(node)
        if not poolers or others:
            return
        for host in sorted(poolers):
            yield Choice(POOLER_HOSTS, host, "the only host that addresses name", "likely")
        if switched_off:
            reason = "switched off for connections through the pooler"
            yield Choice(STATEMENT_CACHE, "disabled", reason, "likely")


def _shared(engines: list[Site], name: str) -> bool | int | float | str | None:
    """The constant that all engines are given for an argument."""
    values = set()
    for site in engines:
        given = [keyword.value for keyword in site.call.keywords if keyword.name == name]
        constant = given[0].value if given and isinstance(given[0], f.Const) else None
        values.add((type(constant), constant))
    return values.pop()[1] if len(values) == 1 else None


def _literals(module: Module) -> Iterator[f.Expr]:
    """Every expression of a module that mentions a pooler anywhere."""
    if not any(b"pooler" in body for body in module.facts.bodies):
        return
    for number in range(len(module.facts.scopes)):
        for statement in walk(module.body(number)):
            for expression in expressions_of(statement):
                yield from descend(expression)


def _switches_off(node: f.DictLit) -> bool:
    """Whether a dictionary of arguments turns the cache of prepared statements off."""
    return any(
        isinstance(key, f.Const) and key.value in _CACHE_SIZES and value == f.Const(0)
        for key, value in zip(node.keys, node.values, strict=True)
    )
