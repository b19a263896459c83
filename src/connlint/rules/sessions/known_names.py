"""Something that a fix needs in, the names that a file has for it already out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.facts import types as f

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


def known_as(project: Project, scope: ScopeId, wanted: str) -> str:
    """The names, in order, that the file of ``scope`` imports ``wanted`` under at its top.

    However they come: from where it is defined, or through modules that hand it on.
    """
    module = project.module(scope[0])
    names = {each.name for each in module.facts.imports if not each.scope and each.attr}
    return " ".join(
        name
        for name in sorted(names)
        if any(
            project.program.callable_name(value) == wanted
            for value in project.values(module.name, 0, f.Name(name, 0))
        )
    )
