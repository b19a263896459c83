"""A file before and after it was rewritten in, the latter without the imports that this has left
unused out."""

from __future__ import annotations

import symtable
import warnings
from collections import Counter
from collections.abc import Iterator

from connlint.fix.import_edits import edit_imports
from connlint.fix.place import OpenFile
from connlint.fix.rewrite import apply
from connlint.fix.tree import open_tree
from connlint.fix.unimport import left_unused
from connlint.source import Source


def without_unused(before: OpenFile, rewritten: Source) -> str:
    """The text of ``rewritten`` without the imports that something used in ``before`` alone."""
    old, new = before.tree.source.text, rewritten.text
    if not Counter(_seemingly_unused(new)) - Counter(_seemingly_unused(old)):
        return new
    after = OpenFile.of(before.target, open_tree(rewritten))
    unused = left_unused(before, after)
    if not unused:
        return new
    return apply(after.tree.module, [edit_imports((), unused, after.imports)]).code


def _seemingly_unused(text: str) -> list[str]:
    """The imported names that Python's own tables know no use of, once for each scope.

    These are more than there are, since annotations may not count, and never less: a quick look
    that mostly says that there is nothing to be done. None for a file that does not compile.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(text, "<rewritten>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    imported: list[tuple[bool, str]] = []
    used_from_inside: dict[bool, set[str]] = {True: set(), False: set()}
    for table in _tables(top):
        for symbol in table.get_symbols():
            is_bound_here = symbol.is_local() or table is top
            if symbol.is_imported() and not symbol.is_referenced():
                imported.append((table is top, symbol.get_name()))
            elif symbol.is_referenced() and not is_bound_here:
                used_from_inside[symbol.is_global()].add(symbol.get_name())
    return [name for is_top, name in imported if name not in used_from_inside[is_top]]


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from _tables(inner)
