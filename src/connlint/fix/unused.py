"""A file before and after it was rewritten in, the latter without the imports that this has left
unused out."""

from __future__ import annotations

import re

from connlint.fix.import_edits import edit_imports
from connlint.fix.imports import Imported
from connlint.fix.place import OpenFile
from connlint.fix.rewrite import apply
from connlint.fix.tree import open_tree
from connlint.fix.unimport import left_unused
from connlint.source import Source


def without_unused(before: OpenFile, rewritten: Source) -> str:
    """The text of ``rewritten`` without the imports that something used in ``before`` alone."""
    old, new = before.tree.source.text, rewritten.text
    if not any(_is_rarer(each, old, new) for each in before.imports.every if each.attribute):
        return new
    after = OpenFile.of(before.target, open_tree(rewritten))
    unused = left_unused(before, after)
    if not unused:
        return new
    return apply(after.tree.module, [edit_imports((), unused, after.imports)]).code


def _is_rarer(imported: Imported, old: str, new: str) -> bool:
    """Is the name written less often than before, so that it may be unused?"""
    word = re.compile(rf"\b{re.escape(imported.local)}\b")
    return len(word.findall(new)) < len(word.findall(old))
