"""A finding and its file in, all that a transformer needs to know about the place out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from connlint.findings import Finding, FixPart
from connlint.fix.imports import Imports, imports_of
from connlint.fix.names import Names, names_of
from connlint.fix.outcome import FixTarget
from connlint.fix.tree import Tree
from connlint.location import Span


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was opened for rewriting."""

    target: FixTarget
    tree: Tree
    names: Names
    imports: Imports

    @classmethod
    def of(cls, target: FixTarget, tree: Tree) -> OpenFile:
        """Work out what the names in ``tree`` mean."""
        names = names_of(tree)
        return cls(target, tree, names, imports_of(tree, names, target.module, target.is_package))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is to be fixed. ``vanished`` are names that other rewrites take away.

    ``part`` is the part of the fix that is meant, where it is not the place of the finding itself.
    """

    finding: Finding
    file: OpenFile
    vanished: frozenset[int] = frozenset()
    part: FixPart | None = None

    @property
    def data(self) -> Mapping[str, str]:
        """The arguments of the fix intent."""
        own = self.finding.intent.data if self.finding.intent else {}
        return {**own, **self.part.data} if self.part else own

    def known_as(self, what: str) -> Collection[str]:
        """The global names that the file has already for something that the fix needs."""
        return self.data.get(f"{what}_known_as", "").split()

    @property
    def span(self) -> Span:
        """Where in the file the place is."""
        return self.part.span if self.part else self.finding.span

    @property
    def tree(self) -> Tree:
        return self.file.tree

    @property
    def names(self) -> Names:
        return self.file.names

    @property
    def imports(self) -> Imports:
        return self.file.imports
