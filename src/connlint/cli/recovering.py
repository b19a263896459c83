"""A project that is about to be read in, the same without half done fixes out."""

from __future__ import annotations

import os
from pathlib import Path


def take_back_unfinished(root: Path) -> None:
    """Take back what a run that was killed while it fixed files has left, and say so."""
    from connlint.facts.cache import project_cache
    from connlint.fix.journal import journal_in

    cache = project_cache(root)
    if cache is None or not os.path.lexists(journal_in(cache)):
        return
    from connlint.cli.output import note
    from connlint.fix.recovery import recover

    if problem := recover(root, cache):
        note(f"warning: {problem.message}")
