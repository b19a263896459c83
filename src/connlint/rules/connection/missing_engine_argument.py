"""DBC406: an engine is made without an argument that the standard demands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model.connections.urls import EMBEDDED
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.connections.places import Connections, Place
    from connlint.model.project import Project

_NO_POOL = frozenset({"NullPool", "StaticPool"})
"""Pool classes that keep nothing that could grow stale."""


class MissingEngineArgument(Rule):
    """Engines that lack an argument of the standard, or have another value for it."""

    code = "DBC406"
    severity = "warning"

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
            flaws = [
                flaw
                for name, value in wanted.items()
                if (flaw := _flaw(connections, place, name, value))
            ]
            if flaws:
                yield suspect(
                    project, self.code, place.scope, place.call.at, place.call.end, shape="call",
                    message=f"this engine {' and '.join(flaws)}", matched=place.name,
                )  # fmt: skip


def _is_embedded(connections: Connections, place: Place) -> bool:
    """Whether the engine certainly opens a file of this machine."""
    urls = connections.urls(place)
    return bool(urls) and all(url.dialect in EMBEDDED for url in urls)


def _flaw(connections: Connections, place: Place, name: str, wanted: object) -> str:
    """What is wrong with one argument, or nothing."""
    if name.startswith("pool_") and _has_no_pool(place):
        return ""
    sources = place.arguments.named.get(name)
    if not sources:
        return "" if place.arguments.is_open else f"lacks {name}={wanted!r}"
    found = [connections.texts.constants(source) for source in sources]
    values = [each.value for constants in found for each in constants or ()]
    if any(constants is None for constants in found) or not values:
        return ""
    if any(value == wanted and type(value) is type(wanted) for value in values):
        return ""
    return f"has {name}={values[0]!r} instead of {wanted!r}"


def _has_no_pool(place: Place) -> bool:
    for source in place.arguments.named.get("poolclass", ()):
        node = source.node
        last = getattr(node, "attr", "") or getattr(node, "id", "")
        if last in _NO_POOL:
            return True
    return False
