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
    ``folders`` are the names of packages that have no ``__init__.py``. ``inner`` are roots for the
    files below them alone, because other files go by the same names: folders that end in a slash.
    """

    names: Mapping[str, str]
    paths: Mapping[str, str]
    folders: frozenset[str]
    conflicts: tuple[Conflict, ...]
    inner: tuple[str, ...] = ()

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


def lay_out(paths: Iterable[str], src: Sequence[str], implied: Sequence[str] = ()) -> Layout:
    """The layout of the files ``paths`` under the import roots ``src``.

    ``implied`` are roots that only the code shows: where several files would have one name by them,
    those files keep the names that they have without.

    The canonical name of a file comes from the innermost root that holds it, though not from a
    root that is a package itself (has an ``__init__.py``) if another holds it too. A file below no
    root is named by its path. Where files claim one name, the one whose canonical name it is
    wins, then the one below the innermost root, then a package; all keep their canonical names.
    """
    ordered = sorted(paths)
    prefixes = _prefixes([*src, *implied], frozenset(ordered))
    plain = _prefixes(src, frozenset(ordered))
    doubtful = _doubtful(ordered, prefixes, plain) if implied else frozenset()
    names: dict[str, str] = {}
    claims: dict[str, list[_Claim]] = {}
    for path in ordered:
        for name, root in _names(path, plain if path in doubtful else prefixes).items():
            is_alternate = names.setdefault(path, name) != name
            claim = _Claim(is_alternate, root, not is_package(path), path)
            claims.setdefault(name, []).append(claim)
    for rivals in claims.values():
        rivals.sort()
    chosen = {name: rivals[0].path for name, rivals in claims.items()}
    inside: dict[str, list[str]] = {prefix_of(root): [] for root in implied}
    for path in ordered if inside else ():
        for folder in above(path):
            if folder in inside:
                inside[folder].append(path)
    hidden = [root for root, held in inside.items() if _is_hidden(root, held, chosen)]
    return Layout(names, chosen, _folders(chosen), tuple(_conflicts(claims)), tuple(hidden))


def _doubtful(
    paths: Sequence[str], prefixes: Mapping[str, int], plain: Mapping[str, int]
) -> frozenset[str]:
    """The files that have another's name, and have it from a root that is not ``plain``."""
    named: dict[str, list[str]] = {}
    for path in paths:
        named.setdefault(next(iter(_names(path, prefixes))), []).append(path)
    return frozenset(
        path
        for name, rivals in named.items()
        if len(rivals) > 1
        for path in rivals
        if next(iter(_names(path, plain))) != name
    )


def _is_hidden(root: str, paths: Iterable[str], chosen: Mapping[str, str]) -> bool:
    """Whether the name that one of ``paths`` has below ``root`` finds another file, or none."""
    return any(
        chosen.get(dotted_name(path[len(root) :])) != path
        for path in paths
        if path != f"{root}__init__.py"
    )


def above(path: str) -> Iterator[str]:
    """The folders that hold a file, the nearest first: each with a slash, the project's empty."""
    while path:
        path = path.rstrip("/").rpartition("/")[0]
        path = f"{path}/" if path else ""
        yield path


def prefix_of(root: str) -> str:
    """What the paths below a root begin with."""
    folder = "/".join(part for part in root.split("/") if part not in ("", "."))
    return f"{folder}/" if folder else ""


def _prefixes(src: Sequence[str], paths: frozenset[str]) -> dict[str, int]:
    """What the paths below each root begin with, numbered in the order in which roots are tried."""
    prefixes = dict.fromkeys(map(prefix_of, src))
    tried = sorted(
        prefixes, key=lambda prefix: (f"{prefix}__init__.py" in paths, -prefix.count("/"))
    )
    return {prefix: number for number, prefix in enumerate(tried)}


def _names(path: str, prefixes: Mapping[str, int]) -> dict[str, int]:
    """The names that ``path`` goes by, the canonical one first, each with its root's number."""
    names: dict[str, int] = {}
    roots = ((prefixes[folder], folder) for folder in above(path) if folder in prefixes)
    for number, prefix in sorted(roots):
        if name := dotted_name(path[len(prefix) :]):
            names.setdefault(name, number)
    names.setdefault(dotted_name(path) or "__init__", len(prefixes))
    return names


def dotted_name(path: str) -> str:
    """The dotted name of a file below the folder that ``path`` starts from; may be empty."""
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
