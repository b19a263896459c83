"""A misspelt word and the words that are known in, what was probably meant out."""

from __future__ import annotations

from collections.abc import Iterable

from connlint.config.keys import quoted


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean "..."?`` with the known word most like ``word``, or nothing."""
    match = closest(word, known)
    return f"; did you mean {quoted(match)}?" if match else ""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word most like ``word``, whatever its case; empty when none is like it."""
    # Only needed once something is wrong; loading a sound configuration stays quick.
    import difflib

    by_fold = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(word.casefold().replace("_", "-"), by_fold, n=1)
    return by_fold[close[0]] if close else ""
