"""Files and import roots in, dotted names of the files and the file behind each name out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

_TOP_PACKAGE = "__init__.py"


class Conflict(NamedTuple):
    """Two files that go by one dotted name: an import of it finds ``chosen``, never ``hidden``."""

    name: str
    chosen: str
    hidden: str


class Layout(NamedTuple):
    """Which file is which module. Paths are POSIX and relative to the project root.

    ``names`` gives each path its canonical name. ``paths`` knows the others too: with the import
    roots ``.`` and ``src``, code may call ``src/app/db.py`` both ``app.db`` and ``src.app.db``.
    ``folders`` are the names of packages that have no ``__init__.py``.
    """

    names: Mapping[str, str]
    paths: Mapping[str, str]
    folders: frozenset[str]
    conflicts: tuple[Conflict, ...]

    def package_of(self, path: str) -> str:
        """The package that relative imports in the file ``path`` start from; may be empty."""
        if path == _TOP_PACKAGE:
            return ""
        name = self.names[path]
        return name if is_package(path) else name.rpartition(".")[0]


def is_package(path: str) -> bool:
    """Whether the file at ``path`` is a package's own module."""
    return path.endswith("/__init__.py") or path == _TOP_PACKAGE


class _Claim(NamedTuple):
    """A file's claim to a name; of two claims the smaller one wins."""

    is_alternate: bool
    root: int
    is_module: bool
    path: str


def lay_out(paths: Iterable[str], src: Sequence[str]) -> Layout:
    """The layout of the files ``paths`` under the import roots ``src``.

    The canonical name of a file comes from the innermost root that holds it, though not from a
    root that is a package itself (has an ``__init__.py``) if another holds it too. A file below no
    root is named by its path. Where files claim one name, the one whose canonical name it is
    wins, then the one below the innermost root, then a package; all keep their canonical names.
    """
    ordered = sorted(paths)
    prefixes = _prefixes(src, frozenset(ordered))
    names: dict[str, str] = {}
    claims: dict[str, list[_Claim]] = {}
    for path in ordered:
        for name, root in _names(path, prefixes).items():
            is_alternate = names.setdefault(path, name) != name
            claim = _Claim(is_alternate, root, not is_package(path), path)
            claims.setdefault(name, []).append(claim)
    for rivals in claims.values():
        rivals.sort()
    chosen = {name: rivals[0].path for name, rivals in claims.items()}
    return Layout(names, chosen, _folders(chosen), tuple(_conflicts(claims)))


def _prefixes(src: Sequence[str], paths: frozenset[str]) -> list[str]:
    """What the paths below each root begin with, in the order in which roots are tried."""
    folders = ("/".join(part for part in root.split("/") if part not in ("", ".")) for root in src)
    prefixes = dict.fromkeys(f"{folder}/" if folder else "" for folder in folders)
    return sorted(
        prefixes, key=lambda prefix: (f"{prefix}__init__.py" in paths, -prefix.count("/"))
    )


def _names(path: str, prefixes: Sequence[str]) -> dict[str, int]:
    """The names that ``path`` goes by, the canonical one first, each with its root's number."""
    names: dict[str, int] = {}
    for number, prefix in enumerate(prefixes):
        if path.startswith(prefix) and (name := _dotted(path[len(prefix) :])):
            names.setdefault(name, number)
    names.setdefault(_dotted(path) or "__init__", len(prefixes))
    return names


def _dotted(path: str) -> str:
    stem = path.removesuffix(".py").removesuffix(".pyw")
    while stem.startswith("../"):
        stem = stem[len("../") :]
    if stem == "__init__":
        return ""
    return stem.removesuffix("/__init__").replace("/", ".")


def _folders(names: Iterable[str]) -> frozenset[str]:
    """The packages that the dotted ``names`` imply and that are not among them."""
    taken = frozenset(names)
    folders: set[str] = set()
    for name in taken:
        above = name.rpartition(".")[0]
        while above and above not in folders:
            if above not in taken:
                folders.add(above)
            above = above.rpartition(".")[0]
    return frozenset(folders)


def _conflicts(claims: Mapping[str, Sequence[_Claim]]) -> Iterator[Conflict]:
    """The names that are canonical for several files."""
    for name in sorted(claims):
        winner, *losers = claims[name]
        for loser in losers:
            if not loser.is_alternate:
                yield Conflict(name, winner.path, loser.path)
