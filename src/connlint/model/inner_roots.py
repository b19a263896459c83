"""Modules and folders that are import roots for the files below them alone in, what such files'
absolute imports mean out: several services in one repository each have their own ``db.session``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connlint.discover.layout import dotted_name
from connlint.discover.roots import Files, Imported
from connlint.model.names import Module


def apply_inner_roots(modules: Iterable[Module], roots: Sequence[str]) -> None:
    """Tell each module below one of the ``roots`` what its absolute imports find there.

    Roots are paths that end in a slash. Of several around a file the innermost counts first.
    """
    known = tuple(modules)
    files = Files(module.path for module in known)
    innermost_first = sorted(roots, key=lambda root: -root.count("/"))
    for module in known:
        around = [root for root in innermost_first if module.path.startswith(root)]
        if around:
            module.inner_roots = tuple(around)
            module.local_names = _local_names(module, files, around)


def spelled_in(importing: Module, module: Module) -> str:
    """What ``importing`` has to write to import ``module``; nothing when the code doesn't tell."""
    if not module.inner_roots:
        return module.dotted
    root = next((root for root in module.inner_roots if root in importing.inner_roots), None)
    return "" if root is None else dotted_name(module.path[len(root) :])


def _local_names(module: Module, files: Files, roots: Sequence[str]) -> dict[str, str]:
    """The modules and packages that a file imports, with the names of their paths."""
    found: dict[str, str] = {}
    for item in module.facts.imports:
        imported = Imported(item.module, item.attr or "", item.level)
        root = next((root for root in roots if files.found(root, imported)), None)
        if root is not None and not item.level:
            for name in (item.module.partition(".")[0], item.module):
                found[name] = root.replace("/", ".") + name
    return found
