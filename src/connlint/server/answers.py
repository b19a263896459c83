"""Requests about a project that somebody edits in, the analyses that answer and confirm out.

The first answer to a change comes from the last whole analysis and from what the change can reach.
A whole analysis then confirms it, and is what the next answer starts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connlint.discover.walk import Found
from connlint.incremental import Start, is_start
from connlint.pipeline import Analysis, Request, Watch
from connlint.server.outcome import Checked


class Answers:
    """What was answered last about one project, and its last whole analysis with the model."""

    def __init__(self) -> None:
        """Nothing has been answered yet."""
        self._start = Start()
        self._given: Sequence[Checked] = ()
        self._edited: frozenset[str] = frozenset()

    def quickest(self, request: Request, found: Found, watch: Watch) -> Analysis:
        """The quickest analysis of ``request`` that there is; it is about the files ``found``."""
        return self._start.quickest(request, watch, found)

    def give(self, checked: Sequence[Checked], edited: Iterable[str]) -> None:
        """Note what is answered: buffers of one analysis, some of which have been ``edited``."""
        self._given = checked
        self._edited = frozenset(edited)
        if checked and is_start(checked[0].analysis):
            self.confirm(checked)

    @property
    def is_open(self) -> bool:
        """Whether what was answered is still to be confirmed."""
        return bool(self._given)

    def whole(self, watch: Watch) -> list[Checked]:
        """What was answered, for a whole analysis to be judged by."""
        before = self._given[0].analysis
        analysis = Analysis(before.request, watch)
        analysis.found = before.found
        return [each._replace(analysis=analysis, findings=()) for each in self._given]

    def drop(self) -> None:
        """Leave what was answered as it is: a whole analysis can't be."""
        self._given = ()

    def confirm(self, checked: Sequence[Checked]) -> None:
        """Start from this whole analysis, if that is the best start there is."""
        analysis = checked[0].analysis
        self._given = ()
        if not self._start.move_to(analysis, self._edited):
            analysis.forget_model()
