"""A route in, the functions that a framework runs before it to fill its parameters out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_MAX_DEPTH = 8


def dependencies(project: Project, route: ScopeId) -> Iterator[ScopeId]:
    """What runs before a route, its dependencies' dependencies included. What is declared for a
    router or an application is taken to run before every route."""
    yield from _of_parameters(project, route, 0)
    for name in project.program.modules:
        for call in project.sites.calls((name, 0)).values():
            for keyword in call.keywords:
                if keyword.name == "dependencies":
                    for scope in _listed(project, name, keyword.value):
                        yield scope
                        yield from _of_parameters(project, scope, 1)


def _of_parameters(project: Project, scope: ScopeId, depth: int) -> Iterator[ScopeId]:
    module = project.module(scope[0])
    facts = module.facts.scopes[scope[1]]
    for param in facts.params if depth < _MAX_DEPTH else ():
        for value in project.program.annotations.providers(module, facts.parent, param):
            if isinstance(value, v.Func):
                yield (value.module, value.scope)
                yield from _of_parameters(project, (value.module, value.scope), depth + 1)


def _listed(project: Project, module: str, node: f.Expr) -> Iterator[ScopeId]:
    """The functions that ``[Depends(f), ...]`` names."""
    for item in node.items if isinstance(node, f.Seq) else ():
        if isinstance(item, f.Call) and item.args:
            for value in project.values(module, 0, item.args[0]):
                if isinstance(value, v.Func):
                    yield (value.module, value.scope)
