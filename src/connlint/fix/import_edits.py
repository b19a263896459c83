"""Names to import and imports to remove in, the changed import statements as one rewrite out.

A new name joins the statement that imports from its module already; else it gets a statement of
its own next to the import that it replaces, in order where the statements there are in order.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst

from connlint.fix.import_names import (
    Statement,
    names_in,
    with_name,
    with_only,
    without_names,
)
from connlint.fix.imports import Imported, Imports, dotted
from connlint.fix.outcome import Refused
from connlint.fix.rewrite import ImportRequest, Rewrite, Splice, Statements, leading_lines
from connlint.fix.tree import Block, Scope, Tree


def edit_imports(
    requests: Iterable[ImportRequest], unimports: Iterable[cst.ImportAlias], imports: Imports
) -> Rewrite:
    """The rewrite that imports what is requested, and no longer what ``unimports`` are.

    Raises :class:`Refused` where there is no place for an import.
    """
    rewrite = Rewrite()
    tree = imports.tree
    added: dict[Statement, list[cst.ImportAlias]] = {}
    gone: dict[Statement, list[int]] = {}
    new: dict[tuple[str, Scope, Statement | None], list[ImportRequest]] = {}
    for request in _first_needed(requests, imports):
        if joined := _statement_to_join(request, imports):
            added.setdefault(joined, []).append(_alias(request))
        else:
            key = (request.module, request.scope, request.beside)
            new.setdefault(key, []).append(request)
    rewrite.splices += _insertions(new.values(), imports)
    for alias in dict.fromkeys(unimports):
        statement = _statement_with(alias, tree)
        gone.setdefault(statement, []).append(list(names_in(statement)).index(alias))
    for statement in dict.fromkeys((*added, *gone)):
        changed = _changed(statement, added.get(statement, []), gone.get(statement, []))
        if changed:
            rewrite.replace(statement, changed)
        else:
            rewrite.removed.append(tree.statement_of(statement))
    return rewrite


def is_removable(alias: cst.ImportAlias, tree: Tree) -> bool:
    """Can the import of ``alias`` be taken out by itself? It has to have a line to itself."""
    line = tree.parent(_statement_with(alias, tree))
    return isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1


def _statement_with(alias: cst.ImportAlias, tree: Tree) -> Statement:
    statement = tree.parent(alias)
    assert isinstance(statement, cst.Import | cst.ImportFrom)
    return statement


def _changed(
    statement: Statement, joining: Sequence[cst.ImportAlias], gone: Sequence[int]
) -> Statement | None:
    """``statement`` with its new names; ``None`` when none is left."""
    if len(gone) == len(names_in(statement)):
        if not joining:
            return None
        assert isinstance(statement, cst.ImportFrom)
        return with_only(statement, joining)
    if gone:
        statement = without_names(statement, gone)
    for alias in joining:
        assert isinstance(statement, cst.ImportFrom)
        statement = with_name(statement, alias)
    return statement


def _statement_to_join(request: ImportRequest, imports: Imports) -> cst.ImportFrom | None:
    """The statement in the same scope that imports from the same module, the replaced one first."""
    here = [
        each.statement
        for each in imports.every
        if each.attribute and each.module == request.module and _is_ahead(each, request, imports)
    ]
    chosen = next((each for each in here if each is request.beside), here[0] if here else None)
    return chosen if isinstance(chosen, cst.ImportFrom) else None


def _first_needed(requests: Iterable[ImportRequest], imports: Imports) -> Iterable[ImportRequest]:
    """Each request once: for the place that needs the name before the others do."""

    def need(request: ImportRequest) -> tuple[bool, int]:
        runs_later = imports.names.function(request.site) is not request.scope
        return runs_later, imports.tree.line(request.site)

    first: dict[ImportRequest, ImportRequest] = {}
    for request in requests:
        first[request] = min(first.get(request, request), request, key=need)
    return first.values()


def _is_ahead(imported: Imported, request: ImportRequest, imports: Imports) -> bool:
    """Is this an import of the scope that has always been run where the name is used?"""
    return imported.scope is request.scope and imports.reaches(imported, request.site)


def _alias(request: ImportRequest) -> cst.ImportAlias:
    if request.local == request.attribute:
        return cst.ImportAlias(cst.Name(request.attribute))
    return cst.ImportAlias(cst.Name(request.attribute), asname=cst.AsName(cst.Name(request.local)))


@dataclass(slots=True)
class _Insertion:
    """Statements that go in front of statement ``at`` of ``block``.

    ``takes_lines``: with the lines above that one; ``is_section``: and with a blank line behind.
    """

    block: Block
    at: int
    new: list[cst.SimpleStatementLine]
    takes_lines: bool = False
    is_section: bool = False

    def splice(self) -> Splice:
        if not self.takes_lines:
            return Splice(self.block, self.at, self.at, lambda _: self.new)
        return Splice(self.block, self.at, self.at + 1, self._in_front)

    def _in_front(self, old: Statements) -> Statements:
        first, *rest = sorted(self.new, key=lambda each: _key(each) or (0, ""))
        below = [cst.EmptyLine(indent=False)] if self.is_section else []
        return [
            first.with_changes(leading_lines=leading_lines(old[0])),
            *rest,
            old[0].with_changes(leading_lines=below),
        ]


def _insertions(groups: Iterable[Sequence[ImportRequest]], imports: Imports) -> Iterable[Splice]:
    """Where new statements go, one for each group of requests for the same module."""
    found: dict[tuple[Block, int, bool], _Insertion] = {}
    for requests in groups:
        each = _insertion(requests, imports)
        known = found.setdefault((each.block, each.at, each.takes_lines), each)
        if known is not each:
            known.new += each.new
            known.is_section |= each.is_section
    return [each.splice() for each in found.values()]


def _insertion(requests: Sequence[ImportRequest], imports: Imports) -> _Insertion:
    """A statement of its own for ``requests``, at its place."""
    request, tree = requests[0], imports.tree
    beside = request.beside or _kin_of(request, imports)
    new = _import_from(requests, beside, imports)
    if beside is None and (first := _first_import(request, imports)):
        block, at = tree.place_in_block(tree.statement_of(first))
        return _Insertion(block, at, [new], takes_lines=True, is_section=True)
    if beside is None:
        return _Insertion(*_start_of(request, tree), [new])
    block, number = tree.place_in_block(tree.statement_of(beside))
    at = _sorted_place(new, block.body, number)
    takes_lines = at <= number and bool(leading_lines(block.body[at]))
    return _Insertion(block, at, [new], takes_lines)


def _import_from(
    requests: Sequence[ImportRequest], beside: Statement | None, imports: Imports
) -> cst.SimpleStatementLine:
    module = requests[0].module
    relative = isinstance(beside, cst.ImportFrom) and bool(beside.relative)
    path = _relative_path(module, imports.package) if relative else None
    statement = cst.parse_statement(
        f"from {path or module} import {requests[0].attribute}",
        config=imports.tree.module.config_for_parsing,
    )
    assert isinstance(statement, cst.SimpleStatementLine)
    plain = statement.body[0]
    assert isinstance(plain, cst.ImportFrom)
    names = [_alias(request) for request in requests]
    return statement.with_changes(body=[with_only(plain, names)])


def _relative_path(module: str, package: str) -> str | None:
    """``module`` as written from inside ``package``; ``None`` when they have nothing in common."""
    target, base = module.split("."), package.split(".")
    common = 0
    while common < min(len(target), len(base)) and target[common] == base[common]:
        common += 1
    if not common:
        return None
    return "." * (len(base) - common + 1) + ".".join(target[common:])


def _kin_of(request: ImportRequest, imports: Imports) -> Statement | None:
    """The last import in the scope that is most like the one requested: same package, or any.

    One from the standard library goes with others from there, one from elsewhere in front of those
    from the file's own package. Imports in the middle of a file only count where there are none
    before its first definition.
    """
    ahead = [
        each
        for each in imports.every
        if each.module != "__future__" and _is_ahead(each, request, imports)
    ]
    here = [each for each in ahead if not _is_in_the_middle(each, imports.tree)] or ahead
    top = request.module.partition(".")[0]
    kin = [each for each in here if each.module.partition(".")[0] == top]
    if top in sys.stdlib_module_names:
        kin = kin or [each for each in here if _is_standard(each)]
    elif not kin:
        others = itertools.dropwhile(
            lambda each: _is_standard(each) or _is_own(each, imports), here
        )
        first = itertools.takewhile(lambda each: not _is_own(each, imports), others)
        kin = list(first) or here
    return kin[-1].statement if kin else None


def _is_in_the_middle(imported: Imported, tree: Tree) -> bool:
    """Does the import come behind a function or class of its scope?"""
    scope = imported.scope
    block = scope.body if isinstance(scope, cst.FunctionDef | cst.ClassDef) else scope
    statements = block.body if isinstance(block, cst.Module | cst.IndentedBlock) else ()
    defined = (each for each in statements if isinstance(each, cst.FunctionDef | cst.ClassDef))
    first = next(defined, None)
    return first is not None and tree.is_before(first, imported.statement)


def _is_own(imported: Imported, imports: Imports) -> bool:
    """Is this an import from the package that the file itself is in?"""
    top = imports.module.partition(".")[0]
    return bool(imported.level) or imported.module.partition(".")[0] == top


def _is_standard(imported: Imported) -> bool:
    return not imported.level and imported.module.partition(".")[0] in sys.stdlib_module_names


def _first_import(request: ImportRequest, imports: Imports) -> Statement | None:
    """The first import of the scope, if none of the others there is from the standard library."""
    here = [
        each.statement
        for each in imports.every
        if each.module != "__future__" and _is_ahead(each, request, imports)
    ]
    return here[0] if here else None


def _start_of(request: ImportRequest, tree: Tree) -> tuple[Block, int]:
    """The place behind the docstring and ``__future__`` imports of the scope."""
    scope = request.scope
    block = scope.body if isinstance(scope, cst.FunctionDef) else scope
    if not isinstance(block, cst.Module | cst.IndentedBlock):
        raise Refused("there is no place to import the provider")
    at = 0
    while at < len(block.body) and _comes_first(block.body[at], is_first=not at):
        at += 1
    return block, at


def _comes_first(statement: cst.BaseStatement, *, is_first: bool) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    only = statement.body[0]
    if isinstance(only, cst.ImportFrom):
        return dotted(only.module) == "__future__"
    is_text = isinstance(only, cst.Expr) and isinstance(only.value, cst.BaseString)
    return is_first and is_text


def _sorted_place(new: cst.SimpleStatementLine, body: Statements, beside: int) -> int:
    """Where ``new`` goes among the ``from`` imports around ``beside``: behind it if unsorted."""
    first = last = beside
    while first and not leading_lines(body[first]) and _key(body[first - 1]):
        first -= 1
    while last + 1 < len(body) and not leading_lines(body[last + 1]) and _key(body[last + 1]):
        last += 1
    keys = [_key(each) for each in body[first : last + 1]]
    own = _key(new)
    ordered = [key for key in keys if key]
    if own is None or len(ordered) < len(keys) or ordered != sorted(ordered):
        return beside + 1
    at = first + sum(key <= own for key in ordered)
    has_comment = at == first and any(line.comment for line in leading_lines(body[first]))
    return beside + 1 if has_comment else at


def _key(statement: cst.BaseStatement) -> tuple[int, str] | None:
    """The order of a ``from`` import among others: those of outer packages first."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return None
    only = statement.body[0]
    if not isinstance(only, cst.ImportFrom):
        return None
    return (-len(only.relative) if only.relative else -1_000, (dotted(only.module) or "").lower())
