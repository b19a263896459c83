"""Imports in, those out that nothing needs any more once their uses are gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import libcst as cst

from connlint.fix.import_edits import is_removable
from connlint.fix.imports import Imported
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import OpenFile, Place
from connlint.fix.rewrite import Rewrite
from connlint.source import split_lines

# A blanket noqa, or one that allows the import to be unused: someone wants it there.
_WANTED = re.compile(r"#.*\bnoqa\b(?!:)|#.*\bnoqa:.*\bF401\b|#.*\bconnlint:", re.IGNORECASE)
_TYPE = re.compile(r"#\s*type:")
_Variable = tuple[tuple[str, ...], str, str]


def unimport(place: Place) -> Rewrite:
    """Take out the imported name of this place; raises :class:`Refused` when it is still needed."""
    alias = place.tree.node_at(place.span, cst.ImportAlias)
    if alias is None:
        raise Refused("the import is a star, or has changed")
    if place.data.get("reexported") == "yes":
        raise Refused("other modules import the name from here")
    _check_unneeded(alias, place.file, place.vanished)
    return Rewrite(unimports=[alias])


def left_unused(before: OpenFile, after: OpenFile) -> list[cst.ImportAlias]:
    """The imports of ``after`` that nothing needs by now, and that were used in ``before``.

    The two are the same file before and after it was rewritten.
    """
    were_used = set(_used(before))
    by_variable: dict[_Variable, list[Imported]] = {}
    for imported in after.imports.every:
        by_variable.setdefault(_variable(imported, after), []).append(imported)
    return [
        each.alias
        for variable, (each, *more) in by_variable.items()
        if variable in were_used and not more and _is_unneeded(each, after)
    ]


def _used(file: OpenFile) -> Iterator[_Variable]:
    """The variables of ``file`` that imports bind, and that something uses."""
    for imported in file.imports.every:
        own = set(map(id, file.tree.inside(imported.alias)))
        uses = file.names.of_variable(imported.local, imported.scope)
        if any(id(use) not in own for use in uses):
            yield _variable(imported, file)


def _variable(imported: Imported, file: OpenFile) -> _Variable:
    """What tells the variable of an import from others, also in a rewritten file."""
    above = (imported.statement, *file.tree.ancestors(imported.statement))
    around = [each.name.value for each in above if isinstance(each, cst.FunctionDef | cst.ClassDef)]
    return tuple(around), imported.local, imported.target


def _is_unneeded(imported: Imported, file: OpenFile) -> bool:
    """Can the import of a name go, as far as anybody can tell?"""
    is_public = imported.scope is file.tree.module
    if imported.attribute is None or imported.is_guarded:
        return False  # loading a module, or seeing whether it can be, may be all that it is for
    if isinstance(imported.scope, cst.ClassDef) or (is_public and file.target.is_package):
        return False
    try:
        _check_unneeded(imported.alias, file)
    except Refused:
        return False
    return not (is_public and file.target.is_taken(imported.local))


def _check_unneeded(
    alias: cst.ImportAlias, file: OpenFile, vanished: Collection[int] = frozenset()
) -> None:
    """Raise :class:`Refused` when something in the file needs the import."""
    if not is_removable(alias, file.tree):
        raise Refused("its import shares a line with another statement")
    _check_wanted(alias, file)
    local = alias.evaluated_alias or alias.evaluated_name.partition(".")[0]
    owner = file.names.owner_from(file.names.scope(alias), local)
    own = {id(node) for each in _alike(alias, file) for node in file.tree.inside(each)}
    for use in file.names.of_variable(local, owner):
        if id(use) in own or id(use) in vanished:
            continue
        verb = "bound" if binds(use, file.tree) else "used"
        raise Refused(f"{local} is still {verb} on line {file.tree.line(use)}")
    _check_strings(local, file)


def _alike(alias: cst.ImportAlias, file: OpenFile) -> list[cst.ImportAlias]:
    """The imports of the same thing under the same name in the same scope, ``alias`` among them."""
    imported = next((each for each in file.imports.every if each.alias is alias), None)
    return [each.alias for each in file.imports.alike(imported)] if imported else [alias]


def _check_wanted(alias: cst.ImportAlias, file: OpenFile) -> None:
    """Raise :class:`Refused` for an import that is there for others."""
    if alias.asname and alias.evaluated_alias == alias.evaluated_name:
        raise Refused("importing a name as itself exports it")
    span = file.tree.span(file.tree.statement_of(alias))
    lines = split_lines(file.tree.source.text)[span.line - 1 : span.end_line]
    if any(_WANTED.search(line) for line in lines):
        raise Refused("a comment says that the import is wanted although it is unused")


def _check_strings(name: str, file: OpenFile) -> None:
    """Raise :class:`Refused` when a string or a comment may mean ``name``.

    Such strings are annotations, entries of ``__all__``, examples that are run as tests, and dotted
    names as for patching in tests; such comments say what type something has.
    """
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for node in file.tree.nodes:
        if not isinstance(node, cst.SimpleString | cst.Comment) or not word.search(node.value):
            continue
        if isinstance(node, cst.Comment):
            if _TYPE.match(node.value):
                raise Refused(f"{name} is a type in a comment on line {file.tree.line(node)}")
            continue
        is_annotation = file.tree.enclosing(node, cst.Annotation) is not None
        if is_annotation or ">>>" in node.value or not re.search(r"\s", node.raw_value):
            raise Refused(f"{name} is named in a string on line {file.tree.line(node)}")
