"""A provider and a place in, the expression that names the provider there out.

A name that is there already is used; else there is a request to import one, in the file's own style
and under a name that nothing else in the file has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import libcst as cst

from connlint.fix.imports import Imported, Imports, dotted
from connlint.fix.names import Names, binds
from connlint.fix.outcome import Refused
from connlint.fix.provider import Provider
from connlint.fix.rewrite import ImportRequest
from connlint.fix.tree import Scope


@dataclass(frozen=True, slots=True)
class Access:
    """How to name something: the expression, and what has to be imported for it."""

    expression: cst.BaseExpression
    request: ImportRequest | None = None


def access(
    site: cst.CSTNode,
    replaced: cst.BaseExpression,
    module: str,
    attribute: str,
    imports: Imports,
    known_as: Collection[str] = (),
) -> Access:
    """How to name ``attribute`` of ``module`` at ``site``, where ``replaced`` stands so far.

    ``known_as`` are global names of the file that stand for it by way of another module. Raises
    :class:`Refused` where ``module`` is this very file and the name means something else here.
    """
    scope = imports.names.scope(site)
    if module == imports.module:
        return _access_here(site, attribute, scope, imports)
    if named := _named_already(f"{module}.{attribute}", site, imports, known_as):
        return named
    if isinstance(replaced, cst.Attribute) and imports.target_of(replaced.value, scope) == module:
        return Access(cst.Attribute(replaced.value.deep_clone(), cst.Name(attribute)))
    beside = _import_of(replaced, site, imports)
    owner: Scope = beside.scope if beside else imports.tree.module
    if isinstance(owner, cst.ClassDef):
        owner, beside = imports.tree.module, None
    local = _free_name(module, attribute, imports.names, imports)
    if beside is None or not imports.reaches(beside, site):
        return Access(cst.Name(local), ImportRequest(module, attribute, local, owner, site))
    # An import that is run on some ways only serves the block that it is in.
    within = imports.tree.statement_of(beside.statement) if beside.is_guarded else None
    request = ImportRequest(module, attribute, local, owner, site, beside.statement, within)
    return Access(cst.Name(local), request)


def provider_access(
    site: cst.CSTNode,
    replaced: cst.BaseExpression,
    provider: Provider,
    imports: Imports,
    known_as: Collection[str] = (),
) -> Access:
    """How to name ``provider`` at ``site``: of a method, the object is what is imported."""
    root, *path = provider.attribute.split(".")
    found = access(site, replaced, provider.module, root, imports, known_as)
    expression = found.expression
    for attribute in path:
        expression = cst.Attribute(expression, cst.Name(attribute))
    return Access(expression, found.request)


def library(
    site: cst.CSTNode,
    module: str,
    attribute: str,
    imports: Imports,
    known_as: Collection[str] = (),
) -> Access:
    """How to name ``attribute`` of a library's ``module`` at ``site``.

    ``known_as`` are global names of the file that stand for it by way of another module. Where the
    file imports neither, the import goes to the top of the file.
    """
    scope = imports.names.scope(site)
    if named := _named_already(f"{module}.{attribute}", site, imports, known_as):
        return named
    for imported in imports.every:
        is_module = imported.attribute is None and imported.module == imported.target == module
        binding = imports.binding(imported.local, scope) if is_module else None
        if binding is imported and imports.reaches(imported, site) and "." not in imported.local:
            return Access(cst.Attribute(cst.Name(imported.local), cst.Name(attribute)))
    local = _free_name(module, attribute, imports.names, imports)
    return Access(
        cst.Name(local), ImportRequest(module, attribute, local, imports.tree.module, site)
    )


def _access_here(site: cst.CSTNode, attribute: str, scope: Scope, imports: Imports) -> Access:
    """How to name what the file itself defines."""
    tree, names = imports.tree, imports.names
    found = names.of_variable(attribute, tree.module)
    bindings = [each for each in found if binds(each, tree)]
    is_here = len(bindings) == 1 and names.owner_from(scope, attribute) is tree.module
    if not is_here:
        raise Refused(f"{attribute} means something else in the file that defines the provider")
    definition = tree.parent(bindings[0])
    if tree.is_within(site, [definition]):
        raise Refused("it is the provider that opens the session")
    if names.function(site) is tree.module and tree.is_before(site, definition):
        raise Refused("it is run before the provider is defined")
    return Access(cst.Name(attribute))


def _named_already(
    wanted: str, site: cst.CSTNode, imports: Imports, known_as: Collection[str]
) -> Access | None:
    """``wanted`` by a name that an import gives it at ``site``, from its own module or another."""
    scope = imports.names.scope(site)
    for imported in imports.every:
        is_known = imported.local in known_as and imported.scope is imports.tree.module
        target = imported.target if is_known else wanted
        if _is_usable(imported, target, site, scope, imports):
            return Access(cst.Name(imported.local))
    return None


def _is_usable(
    imported: Imported, target: str, site: cst.CSTNode, scope: Scope, imports: Imports
) -> bool:
    """Does this import make ``target`` known under its own name at ``site``?"""
    if imported.attribute is None or imported.target != target:
        return False
    binding = imports.binding(imported.local, scope)
    if binding is None or binding.target != target or binding.scope is not imported.scope:
        return False
    return imports.reaches(imported, site)


def _import_of(
    replaced: cst.BaseExpression, site: cst.CSTNode, imports: Imports
) -> Imported | None:
    """The import that ``replaced`` starts from, or that the name it starts from is an alias of."""
    scope = imports.names.scope(site)
    seen: set[str] = set()
    expression = replaced
    while (root := (dotted(expression) or "").partition(".")[0]) and root not in seen:
        if imported := imports.binding(root, scope):
            alike = imports.alike(imported)
            return next((each for each in reversed(alike) if imports.reaches(each, site)), imported)
        seen.add(root)
        value = imports.names.value_of(root, scope)
        if value is None:
            break
        expression = value
    return None


def _free_name(module: str, attribute: str, names: Names, imports: Imports) -> str:
    """The name to import under: the attribute's own, else one that says what it is."""
    return next(
        name
        for name in _candidates(module, attribute)
        if names.is_free(name) or _stands_for(name, f"{module}.{attribute}", names, imports)
    )


def _stands_for(name: str, target: str, names: Names, imports: Imports) -> bool:
    """Does ``name`` mean ``target`` wherever the file uses it?"""
    owned = {names.owner(each) for each in names.occurrences[name]}
    bindings = [imports.binding(name, scope) for scope in owned]
    return all(binding and binding.target == target for binding in bindings)


def _candidates(module: str, attribute: str) -> Iterator[str]:
    yield attribute
    provide = f"provide_{attribute.removeprefix('get_')}"
    yield provide
    yield f"{module.rpartition('.')[2]}_{attribute}"
    number = 2
    while True:
        yield f"{provide}_{number}"
        number += 1
