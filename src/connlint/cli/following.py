"""One request after another about a project that somebody works on in, an answer to each out, soon.

The first answer to a change comes from the last whole analysis and from what the change can reach.
A whole analysis in a thread of its own confirms it, and is what the next change starts from.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from connlint.facts.garbage import keep_what_is_left
from connlint.incremental import Start, is_start, make_ready
from connlint.pipeline import Analysis, Request, Watch

if TYPE_CHECKING:
    from connlint.triage.verdict import Verdict


class Follower:
    """Answers requests of which each replaces the one before."""

    def __init__(self) -> None:
        self._start = Start()
        self._confirmation: _Confirmation | None = None

    def analyse(self, request: Request, watch: Watch) -> Analysis:
        """The quickest analysis of ``request`` that there is; it is about what is there now."""
        if self._confirmation:
            self._confirmation.is_wanted = False
            self._confirmation = None
        return self._start.quickest(request, watch)

    def confirm(self, shown: Analysis) -> None:
        """Have what was shown confirmed; :meth:`otherwise` tells the outcome."""
        if is_start(shown):
            self._move_to(shown)
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
        self._move_to(done.whole)
        return done.whole if done.whole.verdict != done.shown else None

    def _move_to(self, whole: Analysis) -> None:
        self._start.move_to(whole)
        keep_what_is_left()


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
