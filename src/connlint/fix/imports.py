"""A file's imports in, what each of its names stands for out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from connlint.fix.names import Names, binds
from connlint.fix.tree import Scope, Tree

_CONDITIONAL = (cst.For, cst.If, cst.Match, cst.Try, cst.TryStar, cst.While, cst.With)


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """One imported name.

    ``module`` is absolute. ``attribute`` is ``None`` where the module itself is imported: then
    ``local`` stands for ``module``, or for its first part when it is imported without ``as``.
    ``is_guarded`` says that it depends on something whether the import is run.
    """

    local: str
    module: str
    attribute: str | None
    alias: cst.ImportAlias
    statement: cst.Import | cst.ImportFrom
    scope: Scope
    is_guarded: bool

    @property
    def target(self) -> str:
        """The dotted name that ``local`` stands for."""
        if self.attribute:
            return f"{self.module}.{self.attribute}" if self.module else self.attribute
        return self.module if self.alias.asname else self.module.partition(".")[0]

    @property
    def level(self) -> int:
        """How many leading dots the import has."""
        return len(self.statement.relative) if isinstance(self.statement, cst.ImportFrom) else 0


@dataclass(frozen=True, slots=True)
class Imports:
    """The imports of one file, and where that file is in its package."""

    tree: Tree
    names: Names
    module: str
    package: str
    every: tuple[Imported, ...]

    def binding(self, name: str, scope: Scope) -> Imported | None:
        """The import that gives ``name`` its value in ``scope``, when nothing else does."""
        owner = self.names.owner_from(scope, name)
        found = [each for each in self.every if each.local == name and each.scope is owner]
        bindings = [each for each in self.names.of_variable(name, owner) if binds(each, self.tree)]
        # ``import a.b`` and ``import a.c`` bind the same ``a``.
        is_one = len(found) == len(bindings) and len({each.target for each in found}) == 1
        return found[0] if is_one else None

    def alike(self, imported: Imported) -> list[Imported]:
        """The imports of the same thing under the same name in the same scope, in order."""
        return [
            each
            for each in self.every
            if each.local == imported.local
            and each.scope is imported.scope
            and each.target == imported.target
        ]

    def reaches(self, imported: Imported, site: cst.CSTNode) -> bool:
        """Has this import always been run when ``site`` is?"""
        if imported.is_guarded:
            line = self.tree.parent(imported.statement)
            around = [] if isinstance(line, cst.SimpleStatementSuite) else [self.tree.parent(line)]
            if not self.tree.is_within(site, around):
                return False
        runs_later = self.names.function(site) is not self.names.function(imported.statement)
        return runs_later or self.tree.is_before(imported.statement, site)

    def target_of(self, expression: cst.BaseExpression, scope: Scope) -> str | None:
        """The dotted name that ``a.b.c`` stands for in ``scope``, if imports tell."""
        parts = dotted(expression)
        if not parts:
            return None
        root, _, rest = parts.partition(".")
        imported = self.binding(root, scope)
        if imported is None:
            return None
        return f"{imported.target}.{rest}" if rest else imported.target


def imports_of(tree: Tree, names: Names, module: str, is_package: bool) -> Imports:
    """The imports of the file with the dotted name ``module``."""
    package = module if is_package else module.rpartition(".")[0]
    every = [
        imported
        for statement in tree.nodes
        if isinstance(statement, cst.Import | cst.ImportFrom)
        for imported in _imported(statement, tree, names, package)
    ]
    return Imports(tree, names, module, package, tuple(every))


def _imported(
    statement: cst.Import | cst.ImportFrom, tree: Tree, names: Names, package: str
) -> Iterator[Imported]:
    if isinstance(statement.names, cst.ImportStar):
        return
    scope = names.scope(statement)
    guarded = _is_guarded(statement, scope, tree)
    for alias in statement.names:
        path = dotted(alias.name) or ""
        local = alias.evaluated_alias or path.partition(".")[0]
        if isinstance(statement, cst.Import):
            yield Imported(local, path, None, alias, statement, scope, guarded)
        else:
            module = module_of(statement, package)
            if module is not None:
                yield Imported(local, module, path, alias, statement, scope, guarded)


def _is_guarded(statement: cst.CSTNode, scope: Scope, tree: Tree) -> bool:
    """Does it depend on something whether the import happens in its scope?"""
    for above in tree.ancestors(statement):
        if above is scope:
            return False
        if isinstance(above, _CONDITIONAL):
            return True
    return False


def module_of(statement: cst.ImportFrom, package: str) -> str | None:
    """The absolute name of the module that is imported from; ``None`` when it can't be known."""
    path = dotted(statement.module) if statement.module else ""
    level = len(statement.relative)
    if not level:
        return path
    base = package.split(".") if package else []
    if len(base) < level:
        return None
    return ".".join([*base[: len(base) - level + 1], *filter(None, [path])])


def dotted(expression: cst.CSTNode | None) -> str | None:
    """``a.b.c`` as text; ``None`` for any other expression."""
    parts: list[str] = []
    while isinstance(expression, cst.Attribute):
        parts.append(expression.attr.value)
        expression = expression.value
    if not isinstance(expression, cst.Name):
        return None
    return ".".join([expression.value, *reversed(parts)])
