"""One request after another about a project that somebody works on in, an answer to each out, soon.

The first answer to a change comes from the last whole analysis and from what the change can reach.
A whole analysis in a thread of its own confirms it, and is what the next change starts from.
"""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

from connlint.incremental import Incremental, incremental, make_ready
from connlint.pipeline import Analysis, Request, Watch

if TYPE_CHECKING:
    from connlint.triage.verdict import Verdict


class Follower:
    """Answers requests of which each replaces the one before."""

    def __init__(self) -> None:
        self._base: Analysis | None = None
        self._confirmation: _Confirmation | None = None

    def analyse(self, request: Request, watch: Watch) -> Analysis:
        """The quickest analysis of ``request`` that there is; it is about what is there now."""
        if self._confirmation:
            self._confirmation.is_wanted = False
            self._confirmation = None
        quick = None
        if self._base and not request.timed:
            quick = incremental(self._base, request, watch)
        return quick or Analysis(request, watch)

    def confirm(self, shown: Analysis) -> None:
        """Have what was shown confirmed; :meth:`otherwise` tells the outcome."""
        if not isinstance(shown, Incremental) and shown.is_modelled:
            self._start_from(shown)
            return
        self._confirmation = _Confirmation(shown)
        self._confirmation.start()

    @property
    def is_confirming(self) -> bool:
        """Whether a whole analysis is under way."""
        return self._confirmation is not None and self._confirmation.is_alive()

    def otherwise(self) -> Analysis | None:
        """The whole analysis, once, if it has come to something else than what was shown.

        Raises what the whole analysis raised.
        """
        done = self._confirmation
        if done is None or self.is_confirming:
            return None
        self._confirmation = None
        if done.error:
            raise done.error
        self._start_from(done.whole)
        return done.whole if done.whole.verdict != done.shown else None

    def _start_from(self, whole: Analysis) -> None:
        """Have the next answer start from this analysis, unless files can't be read just now that
        could before: they soon can, and then the one before is the better start."""
        if self._base is None or _unreadable(whole) <= _unreadable(self._base):
            self._base = whole
            make_ready(whole)
        # What is left once the analyses are gone that others have replaced need not be looked
        # through again before the next one is done.
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def _unreadable(analysis: Analysis) -> set[str]:
    return {path for path, facts in analysis.facts.items() if facts.problem}


class _Superseded(Exception):  # noqa: N818  (an answer, not an error)
    """The analysis is about code that has changed since."""


class _Confirmation(threading.Thread):
    """A whole analysis of what an answer was given to."""

    def __init__(self, answer: Analysis) -> None:
        super().__init__(name="confirmation", daemon=True)
        self.shown: Verdict = answer.verdict
        self.whole = Analysis(answer.request, self._go_on)
        self.error: Exception | None = None
        self.is_wanted = True

    def run(self) -> None:
        try:
            _ = self.whole.verdict
            make_ready(self.whole)
        except _Superseded:
            pass
        except Exception as error:
            self.error = error

    def _go_on(self, stage: str, done: int, total: int) -> None:
        if not self.is_wanted:
            raise _Superseded
