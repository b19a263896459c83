"""The facts and the layout of a project in, whether something is there out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from connlint.discover.layout import Layout
    from connlint.facts.types import FileFacts


class LaidOut(Protocol):
    """Gives the facts of files by path and the layout when it is asked for them."""

    @property
    def facts(self) -> Mapping[str, FileFacts]: ...
    @property
    def layout(self) -> Layout: ...


class ProjectPlaces:
    """What there is in a project, looked up when somebody asks."""

    def __init__(self, project: LaidOut) -> None:
        self._project = project

    def defines(self, path: str, symbol: str) -> bool:
        """Whether the file has a function or class of that dotted path, or is that module.

        What could not be read has whatever is asked for.
        """
        facts = self._project.facts.get(path)
        if facts is None or facts.problem:
            return facts is not None
        module = self._project.layout.names[path]
        names = {f"{module}.{scope.qualname}" for scope in facts.scopes}
        return symbol in ("", module) or symbol in names

    def is_module(self, name: str) -> bool:
        """Whether a module or package goes by this dotted name."""
        layout = self._project.layout
        return name in layout.paths or name in layout.folders
