"""Who imports whom, read from source. In: a package's folder. Out: its modules and their imports.

Every import counts, wherever it stands: inside functions, under TYPE_CHECKING, or as the dotted
name of a module in a string, which is how modules are named that something loads later.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHAIN = re.compile(r"`([^`]+ > [^`]+)`")


@dataclass(frozen=True)
class Import:
    """One module importing another; ``target`` is as precise as the package's files allow."""

    importer: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


class Package:
    """The modules of the package in ``folder``, by dotted name, and what they import."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.folder = folder
        self.modules = {self._dotted(path): path for path in sorted(folder.rglob("*.py"))}
        self.imports = [found for name in self.modules for found in self._imports(name)]

    @property
    def inner(self) -> list[Import]:
        """The imports between modules of this package."""
        return [each for each in self.imports if each.target in self.modules]

    @property
    def parts(self) -> set[str]:
        """The modules and folders directly in the package, without its own two entry modules."""
        names = {path.stem for path in self.folder.glob("*.py")} - {"__init__", "__main__"}
        return names | {path.parent.name for path in self.folder.glob("*/*.py")}

    def part(self, module: str) -> str:
        """The module or folder directly in the package that holds ``module``.

        It is ``""`` for the package itself.
        """
        return module.removeprefix(self.name).removeprefix(".").partition(".")[0]

    def _dotted(self, path: Path) -> str:
        names = [self.name, *path.relative_to(self.folder).with_suffix("").parts]
        return ".".join(names[:-1] if names[-1] == "__init__" else names)

    def _imports(self, importer: str) -> Iterator[Import]:
        path = self.modules[importer]
        container = importer if path.stem == "__init__" else importer.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for target in self._targets(node, container):
                if target != importer:
                    yield Import(importer, target, getattr(node, "lineno", 0))

    def _targets(self, node: ast.AST, container: str) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = container.split(".")[: len(container.split(".")) + 1 - node.level]
            source = ".".join([*(base if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                inside = f"{source}.{alias.name}"
                yield inside if inside in self.modules else source
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = node.value.partition(":")[0]
            if "." in named and named in self.modules:
                yield named


def layers_of(document: str) -> list[set[str]]:
    """The layers that a document's ``a > b | c > d`` chain lists, from the top down.

    Raises ``ValueError`` unless the document holds exactly one such chain.
    """
    (chain,) = _CHAIN.findall(document)
    return [set(re.split(r"\s*\|\s*", layer.strip())) for layer in chain.split(">")]


def strangers(package: Package, layers: list[set[str]]) -> set[str]:
    """The parts of the package that no layer lists, and the listed parts that do not exist."""
    return package.parts ^ set().union(*layers)


def breaches(package: Package, layers: list[set[str]]) -> list[Import]:
    """The imports that go up, or across to a sibling of the same layer.

    The package's own two entry modules stand above all layers.
    """
    height = {part: -depth for depth, layer in enumerate(layers) for part in layer}
    height |= {"__main__": 1, "": 1}

    def goes_down(each: Import) -> bool:
        importer, target = package.part(each.importer), package.part(each.target)
        return importer == target or height[importer] > height[target]

    return [each for each in package.inner if not goes_down(each)]


def rings(package: Package) -> list[list[str]]:
    """The groups of modules in which each imports each other, be it through further modules."""
    direct: dict[str, set[str]] = {name: set() for name in package.modules}
    for each in package.inner:
        direct[each.importer].add(each.target)
    reached = {name: _reached(name, direct) for name in direct}
    groups = {
        tuple(sorted(other for other in reached[name] if name in reached[other]))
        for name in direct
        if name in reached[name]
    }
    return [list(group) for group in sorted(groups)]


def _reached(start: str, direct: dict[str, set[str]]) -> set[str]:
    """Everything that ``start`` imports, directly or not; itself only when a ring leads back."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        new = direct[waiting.pop()] - reached
        reached |= new
        waiting.extend(new)
    return reached
