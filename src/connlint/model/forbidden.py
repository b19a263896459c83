"""What the standard forbids in, whether a definition is meant out."""

from __future__ import annotations

from collections.abc import Iterable

from connlint.config.globs import matches_name
from connlint.model.names import Names


class Forbidden:
    """Forbidden factories: by name, each also under its definition, and by globs."""

    def __init__(self, names: Names, forbidden: Iterable[str]) -> None:
        self._names = names
        self._exact: set[str] = set()
        self._globs: list[str] = []
        for name in forbidden:
            if "*" in name:
                self._globs.append(name)
            else:
                self._exact.add(name)
                self._exact.update(target.dotted for target in names.resolve_dotted(name))

    def __contains__(self, dotted: str) -> bool:
        """Whether a definition of this dotted name is forbidden."""
        if dotted in self._exact:
            return True
        spellings = self._names.spellings(dotted) if self._globs else ()
        return any(matches_name(glob, name) for glob in self._globs for name in spellings)
