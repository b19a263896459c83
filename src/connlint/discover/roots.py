"""What each file imports in, the import roots that this shows out: folders that no configuration
names, and that the code must have been started from (``backend`` for ``backend/app/main.py`` that
says ``import app.db``)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from connlint.discover.layout import above, dotted_name, prefix_of


class Imported(NamedTuple):
    """One name that a file imports: ``from module import attr``, or ``import module``.

    ``level`` counts leading dots.
    """

    module: str
    attr: str
    level: int


class Files:
    """Looks up modules by folder and dotted name. Folders end in a slash; the project's is empty.

    A folder without ``__init__.py`` is a module only for what is inside: an installed package of
    that name comes before it.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._modules = frozenset(dotted_name(path) for path in paths)
        self._parts = frozenset(part for name in self._modules for part in name.split("."))

    def may_have(self, name: str) -> bool:
        """Whether some folder could hold the module of that dotted name."""
        return name.partition(".")[0] in self._parts

    def has(self, folder: str, name: str) -> bool:
        """Whether ``folder`` holds the module of that dotted name."""
        return folder.replace("/", ".") + name in self._modules

    def found(self, folder: str, item: Imported) -> str:
        """The module below ``folder`` that ``item`` imports, as an absolute import; or nothing."""
        inner = f"{item.module}.{item.attr}"
        if item.attr and self.has(folder, inner):
            return inner
        return item.module if self.has(folder, item.module) else ""


def implied_roots(
    imports: Mapping[str, Sequence[Imported]], src: Iterable[str], libraries: frozenset[str]
) -> tuple[str, ...]:
    """The folders that more files import from than into, apart from the import roots ``src``.

    ``imports`` holds, by path, all imports of each file. A file imports *from* a folder at or above
    its own when an absolute name that no root has is there, and *into* a folder when it names it
    as a package. Where all names are as short as ``import db``, nobody may import into the folder.
    Names of ``libraries`` say nothing. In POSIX form, relative to the project, in order.
    """
    files = Files(imports)
    known = [prefix_of(root) for root in src]
    uses: dict[str, _Uses] = {}
    for path, items in imports.items():
        for item in items:
            if item.level:
                uses.setdefault(_climbed(path, item.level), _Uses()).into.add(path)
                continue
            root = None if _is_foreign(item, libraries) else _root_of(files, known, path, item)
            if root is None:
                continue
            found = files.found(root, item)
            if root not in known:
                uses.setdefault(root, _Uses()).start(path, found)
            for package in _packages(root, found):
                uses.setdefault(package, _Uses()).into.add(path)
    return tuple(root.rstrip("/") or "." for root in sorted(uses) if uses[root].is_root)


class _Uses:
    """The files that import from a folder, and those that import into it."""

    def __init__(self) -> None:
        self.into: set[str] = set()
        self._from: set[str] = set()
        self._is_deep = False

    def start(self, path: str, found: str) -> None:
        """A file imports the module ``found`` from the folder."""
        self._from.add(path)
        self._is_deep |= "." in found

    @property
    def is_root(self) -> bool:
        return len(self._from) > len(self.into) and (self._is_deep or not self.into)


def _is_foreign(item: Imported, libraries: frozenset[str]) -> bool:
    """Whether an absolute import is that of something installed."""
    first = item.module.partition(".")[0]
    return first in sys.stdlib_module_names or first in libraries


def _root_of(files: Files, known: Sequence[str], path: str, item: Imported) -> str | None:
    """The folder that an absolute import of a file starts from, if it is part of the project."""
    if not files.may_have(item.module):
        return None
    for folder in known:
        if files.found(folder, item):
            return folder
    own = dotted_name(path)
    for folder in above(path):
        found = files.found(folder, item)
        if found and folder.replace("/", ".") + found != own:
            return folder
    return None


def _climbed(path: str, level: int) -> str:
    """The folder that a relative import starts from."""
    folders = list(above(path))
    return folders[min(level, len(folders)) - 1]


def _packages(root: str, module: str) -> Iterator[str]:
    """The folders that importing ``module`` from ``root`` passes as packages."""
    parts = module.split(".")[:-1]
    for end in range(1, len(parts) + 1):
        yield root + "".join(f"{part}/" for part in parts[:end])
