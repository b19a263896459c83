"""An import of a forbidden name in, the rewrite that takes it out when nothing needs it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import libcst as cst

from connlint.fix.import_edits import is_removable
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite
from connlint.source import split_lines

# A blanket noqa, or one that allows the import to be unused: someone wants it there.
_WANTED = re.compile(r"#.*\bnoqa\b(?!:)|#.*\bnoqa:.*\bF401\b", re.IGNORECASE)


def unimport(place: Place) -> Rewrite:
    """Take out the imported name of this place; raises :class:`Refused` when it is still needed."""
    alias = place.tree.node_at(place.span, cst.ImportAlias)
    if alias is None:
        raise Refused("the import is a star, or has changed")
    _check_unneeded(alias, place)
    return Rewrite(unimports=[alias])


def _check_unneeded(alias: cst.ImportAlias, place: Place) -> None:
    """Raise :class:`Refused` when something needs the import."""
    if not is_removable(alias, place.tree):
        raise Refused("its import shares a line with another statement")
    _check_wanted(alias, place)
    local = alias.evaluated_alias or alias.evaluated_name.partition(".")[0]
    owner = place.names.owner_from(place.names.scope(alias), local)
    own = {id(node) for each in _alike(alias, place) for node in place.tree.inside(each)}
    for use in place.names.of_variable(local, owner):
        if id(use) in own or id(use) in place.vanished:
            continue
        verb = "bound" if binds(use, place.tree) else "used"
        raise Refused(f"{local} is still {verb} on line {place.tree.line(use)}")
    _check_strings(local, place)


def unimport_with(
    gone: Sequence[cst.Name], kept: Collection[str], place: Place
) -> list[cst.ImportAlias]:
    """The imports that nothing needs any more when the names ``gone`` are.

    ``kept`` are the names that other files take from this one (``*``: all of them).
    """
    vanished = place.vanished | {id(name) for name in gone}
    found: dict[cst.ImportAlias, None] = {}
    for name in gone:
        imported = place.imports.binding(name.value, place.names.scope(name))
        if imported is None or not imported.attribute or {imported.local, "*"} & set(kept):
            continue
        rest = Place(place.finding, place.file, vanished)
        try:
            _check_unneeded(imported.alias, rest)
        except Refused:
            continue
        found[imported.alias] = None
    return list(found)


def _alike(alias: cst.ImportAlias, place: Place) -> list[cst.ImportAlias]:
    """The imports of the same thing under the same name in the same scope, ``alias`` among them."""
    imported = next((each for each in place.imports.every if each.alias is alias), None)
    return [each.alias for each in place.imports.alike(imported)] if imported else [alias]


def _check_wanted(alias: cst.ImportAlias, place: Place) -> None:
    """Raise :class:`Refused` for an import that is there for others."""
    if place.data.get("reexported") == "yes":
        raise Refused("other modules import the name from here")
    if alias.asname and alias.evaluated_alias == alias.evaluated_name:
        raise Refused("importing a name as itself exports it")
    span = place.tree.span(place.tree.statement_of(alias))
    lines = split_lines(place.tree.source.text)[span.line - 1 : span.end_line]
    if any(_WANTED.search(line) for line in lines):
        raise Refused("a comment says that the import is wanted although it is unused")


def _check_strings(name: str, place: Place) -> None:
    """Raise :class:`Refused` when a string may mean ``name``.

    Such strings are annotations, entries of ``__all__``, and dotted names as for patching in tests.
    """
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for node in place.tree.nodes:
        if not isinstance(node, cst.SimpleString) or not word.search(node.value):
            continue
        is_annotation = place.tree.enclosing(node, cst.Annotation) is not None
        if is_annotation or not re.search(r"\s", node.raw_value):
            raise Refused(f"{name} is named in a string on line {place.tree.line(node)}")
