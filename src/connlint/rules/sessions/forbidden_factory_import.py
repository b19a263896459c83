"""DBC102: a forbidden or project-defined session factory is imported outside the owners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.findings import FixIntent
from connlint.model import values as v
from connlint.model.mentions import Mentions
from connlint.model.takers import is_taken
from connlint.rules.base import Rule
from connlint.rules.evidence import instead, may_make_sessions, suspect
from connlint.rules.sessions.replacement import provider_for

if TYPE_CHECKING:
    from connlint.facts.types import Import
    from connlint.findings import Suspect
    from connlint.model.names import Module, ScopeId
    from connlint.model.project import Project


class ForbiddenFactoryImport(Rule):
    """Imports of the factories that DBC101 forbids to use, used or not."""

    code = "DBC102"
    severity = "warning"
    fixes = ("safe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        def wanted(value: v.Value) -> str:
            return _factory(project, value)

        for module, item, name in Mentions(
            project.program, project.engine.relevance, wanted
        ).imports():
            scope = (module.name, item.scope)
            if may_make_sessions(project, scope):
                continue
            shown = f"* (through it {name})" if item.attr == "*" else name
            yield suspect(
                project, self.code, scope, item.at, item.end, shape="import",
                message=f"imports the session factory {shown}; {instead(project)}",
                matched=name, intent=self._intent(project, scope, module, item),
            )  # fmt: skip

    def _intent(
        self, project: Project, scope: ScopeId, module: Module, item: Import
    ) -> FixIntent | None:
        if item.attr == "*":
            return None
        provider = provider_for(project, scope)
        taken = not item.scope and is_taken(project.program, module, item.name)
        data = {
            "name": item.name,
            "reexported": "yes" if taken else "no",
        }
        if provider is not None:
            data["provider"] = provider.name
        return FixIntent(
            kind="remove-import",
            safety="safe",
            title=f"remove the import of {item.name}",
            data=data,
        )


def _factory(project: Project, value: v.Value) -> str:
    """The dotted name of a factory of the project or of the standard; never a library class."""
    name = project.program.callable_name(value)
    if not name or project.is_provider(name):
        return ""
    if project.is_forbidden(name):
        return name
    if not isinstance(value, v.Obj) or value.origin is None or value.origin.kind != "global":
        return ""
    is_registry = project.program.catalog.called(value.type) is not None
    is_factory = is_registry or project.program.kind(value) == "session-factory"
    return name if is_factory else ""
