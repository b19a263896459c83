"""A verdict and the baseline options in, the verdict under that baseline out.

Writing only ever removes entries, but for a file that is not there yet; adding takes a reason.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from connlint.errors import UsageError

if TYPE_CHECKING:
    from connlint.triage.baseline_file import Entry
    from connlint.triage.judge import Terms
    from connlint.triage.verdict import Verdict

_FIRST_REASON = "found when the baseline was first written"


@dataclass(frozen=True, slots=True)
class BaselineOptions:
    """What the command line says about the baseline."""

    path: Path | None
    write: bool
    extend: bool
    reason: str

    def check(self) -> None:
        """Raise :class:`UsageError` for options that make no sense together."""
        if self.path is None:
            if self.write or self.extend:
                option = "--write-baseline" if self.write else "--extend-baseline"
                raise UsageError(f"{option} needs --baseline FILE")
            return
        exists = self.path.exists()
        if not exists and not self.write:
            raise UsageError(f"there is no baseline {self.path}: --write-baseline makes one")
        if self.extend and not self.reason.strip():
            raise UsageError("--extend-baseline needs --reason TEXT")
        if self.reason and not self.extend and (exists or not self.write):
            raise UsageError("--reason goes with --extend-baseline")


def under_baseline(
    verdict: Verdict, options: BaselineOptions, terms: Terms, root: Path
) -> tuple[Verdict, str]:
    """``verdict`` under the baseline, changed first if that is asked for, and what was changed.

    Raises :class:`ConfigError` for a file that can't be read, understood or written. A broken run
    changes no baseline: it did not see everything.
    """
    from connlint.triage.baseline import Baseline
    from connlint.triage.baseline_file import is_tidy, load_baseline, save_baseline
    from connlint.triage.judge import hold_against

    path = options.path
    if path is None:
        return verdict, ""
    exists = path.exists()
    is_rewritten = (options.write or options.extend) and not verdict.is_broken
    before = load_baseline(path, is_rewritten=is_rewritten) if exists else ()
    remark = ""
    if is_rewritten:
        after = _changed(before, exists, verdict, options, terms)
        if not exists or set(after) != set(before) or not is_tidy(path):
            save_baseline(path, after)
            remark = f"{path}: {len(before)} entries before, {len(after)} now"
        before = load_baseline(path)
    shown = Path(os.path.relpath(path, root)).as_posix()
    return hold_against(verdict, Baseline(shown, before), terms), remark


def _changed(
    entries: tuple[Entry, ...],
    exists: bool,
    verdict: Verdict,
    options: BaselineOptions,
    terms: Terms,
) -> tuple[Entry, ...]:
    """The entries that the file should hold."""
    from connlint.triage.baseline import UNMOVED, extended, shrunk
    from connlint.triage.judge import looked_for

    looked = looked_for(verdict, terms)
    left = shrunk(entries, verdict.findings, looked, terms.places or UNMOVED)
    if options.extend or not exists:
        return extended(left, verdict.findings, options.reason.strip() or _FIRST_REASON)
    return left
