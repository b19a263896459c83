"""DBC602: a response carries a field that the standard keeps inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import EntryPointRef
from connlint.model.expressions import descend
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project
    from connlint.model.responses import Entry, ModelField, Route


class InternalFieldExposed(Rule):
    """Response models and response dictionaries with a configured internal field."""

    code = "DBC602"
    severity = "warning"
    needs = ("api.internal-fields",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        internal = frozenset(project.standard.api.internal_fields)
        if not internal:
            return
        responses = project.responses
        seen: set[tuple[str, int]] = set()
        for route in responses.routes(project.entry_points):
            if project.role(route.scope) == "test":
                continue
            for field in responses.fields(route):
                key = (field.owner.module, field.at)
                if field.name in internal - route.excluded and key not in seen:
                    seen.add(key)
                    yield self._in_model(project, route, field)
            for entry in responses.entries(route.scope) if route.model is None else ():
                key = (entry.scope[0], entry.at)
                if entry.key in internal and _is_that_field(entry) and key not in seen:
                    seen.add(key)
                    yield self._in_dictionary(project, route, entry)

    def _in_model(self, project: Project, route: Route, field: ModelField) -> Suspect:
        return suspect(
            project, self.code, field.owner, field.at, field.end, shape="statement",
            message=f"the response model of {route.entry.name} carries the internal field "
            f"{field.name}; leave it out",
            matched=field.name,
            entry_point=EntryPointRef(route.entry.kind, route.entry.name),
        )  # fmt: skip

    def _in_dictionary(self, project: Project, route: Route, entry: Entry) -> Suspect:
        return suspect(
            project, self.code, entry.scope, entry.at, entry.end,
            message=f"the response of {route.entry.name} carries the internal field {entry.key}; "
            "leave it out",
            matched=entry.key,
            entry_point=EntryPointRef(route.entry.kind, route.entry.name),
        )  # fmt: skip


def _is_that_field(entry: Entry) -> bool:
    """Whether the value is the internal field itself, and not something else of its name."""
    return any(
        (isinstance(node, f.Attr) and node.attr == entry.key)
        or (isinstance(node, f.Name) and node.id == entry.key)
        for node in descend(entry.value)
    )
