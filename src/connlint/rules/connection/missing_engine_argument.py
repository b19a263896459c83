"""DBC406: an engine is made without an argument that the standard demands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from connlint.findings import FixIntent
from connlint.model.connections.texts import is_same_setting
from connlint.model.connections.urls import EMBEDDED
from connlint.model.name_parts import last_name
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.connections.places import Connections, Place
    from connlint.model.project import Project

_NO_POOL = frozenset({"NullPool", "StaticPool"})
"""Pool classes that keep nothing that could grow stale."""


_OF_QUEUES = frozenset({"pool_size", "max_overflow", "pool_timeout", "pool_use_lifo"})
"""What only pools take that queue their connections: the usual ones, but not those of SQLite."""
_QUEUES = frozenset({"QueuePool", "AsyncAdaptedQueuePool"})


class _Flaw(NamedTuple):
    """An argument that is not as it has to be, in words."""

    name: str
    text: str


class MissingEngineArgument(Rule):
    """Engines that lack an argument of the standard, or have another value for it."""

    code = "DBC406"
    severity = "warning"
    fixes = ("safe", "unsafe")
    needs = ("connection.engine-arguments",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        wanted = project.standard.connection.engine_arguments
        if not wanted:
            return
        connections = project.connections
        for place in connections.places:
            if place.kind != "engine" or project.role(place.scope) in EXEMPT_ROLES:
                continue
            if _is_embedded(connections, place):
                continue
            found = [_flaw(connections, place, *each) for each in wanted.items()]
            flaws = [flaw for flaw in found if flaw is not None]
            if flaws:
                texts = " and ".join(flaw.text for flaw in flaws)
                names = [flaw.name for flaw in flaws]
                yield suspect(
                    project, self.code, place.scope, place.call.at, place.call.end, shape="call",
                    message=f"this engine {texts}", matched=place.name,
                    intent=_intent(connections, place, {name: wanted[name] for name in names}),
                )  # fmt: skip


def _intent(connections: Connections, place: Place, arguments: Mapping[str, object]) -> FixIntent:
    """The fix that gives a place these arguments, with what speaks against it."""
    written = [f"{name}={value!r}" for name, value in arguments.items()]
    data = {"arguments": "\n".join(written)}
    own = {keyword.name for keyword in place.call.keywords}
    inherited = [name for name in arguments if name in place.arguments.named and name not in own]
    obstacle = ""
    if inherited:
        obstacle = f"{inherited[0]} comes from a mapping: it has to be set there"
    elif "pool" in place.arguments.named:
        obstacle = "the engine is given a pool that is made elsewhere"
    elif arguments.keys() & _OF_QUEUES and not _has_queue(connections, place):
        data["doubt"] = f"not every kind of pool takes {min(arguments.keys() & _OF_QUEUES)}"
    title = f"set {', '.join(written)}"
    return FixIntent("set-arguments", "safe", title, data, obstacle)


def _has_queue(connections: Connections, place: Place) -> bool:
    """Whether the engine certainly queues its connections."""
    if "poolclass" in place.arguments.named:
        return _pool_class(place) in _QUEUES
    urls = connections.urls(place)
    return bool(urls) and not any(url.dialect in EMBEDDED for url in urls)


def _is_embedded(connections: Connections, place: Place) -> bool:
    """Whether the engine certainly opens a file of this machine."""
    urls = connections.urls(place)
    return bool(urls) and all(url.dialect in EMBEDDED for url in urls)


def _flaw(connections: Connections, place: Place, name: str, wanted: object) -> _Flaw | None:
    """What is wrong with one argument, if anything is."""
    if name.startswith("pool_") and _pool_class(place) in _NO_POOL:
        return None
    sources = place.arguments.named.get(name)
    if not sources:
        return None if place.arguments.is_open else _Flaw(name, f"lacks {name}={wanted!r}")
    found = [connections.texts.constants(source) for source in sources]
    values = [each.value for constants in found for each in constants or ()]
    if any(constants is None for constants in found) or not values:
        return None
    if any(is_same_setting(value, wanted) for value in values):
        return None
    return _Flaw(name, f"has {name}={values[0]!r} instead of {wanted!r}")


def _pool_class(place: Place) -> str:
    """The name of the class that the engine is told to pool with, if it is told one."""
    for source in place.arguments.named.get("poolclass", ()):
        if last := last_name(source.node):
            return last
    return ""
