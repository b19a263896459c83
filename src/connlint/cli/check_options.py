"""What the command line says about a check, as one value that knows what makes no sense in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from connlint.errors import UsageError

if TYPE_CHECKING:
    from connlint.cli.baseline import BaselineOptions
    from connlint.findings import Severity


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of one run of the command, as they were given."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    fix: bool
    unsafe_fixes: bool
    diff: bool
    verify_with: str | None
    add_noqa: bool
    form: str
    output: Path | None
    statistics: bool
    baseline: BaselineOptions
    reason: str
    since: str
    watch: bool
    fail_on: Severity
    exit_zero: bool
    exit_non_zero_on_fix: bool
    stdin_filename: Path | None
    config: Path | None
    isolated: bool
    jobs: int | None
    no_cache: bool
    timings: bool
    quiet: bool

    @property
    def changes_files(self) -> bool:
        """Source files are changed, or it is shown how they would be."""
        return self.fix or self.diff or self.add_noqa

    def check(self) -> None:
        """Raise :class:`UsageError` for options that make no sense together."""
        from connlint.report.formats import STATISTICS_FORMATS

        self.baseline.check()
        if self.statistics and self.form not in STATISTICS_FORMATS:
            formats = ", ".join(STATISTICS_FORMATS)
            raise UsageError(f"--statistics goes with --format {formats}, not {self.form}")
        if sum((self.fix, self.diff, self.add_noqa)) > 1:
            raise UsageError("--fix, --diff and --add-noqa exclude each other")
        if self.verify_with is not None and not self.fix:
            raise UsageError("--verify-with goes with --fix")
        if self.verify_with is not None and not self.verify_with.strip():
            raise UsageError("--verify-with needs a command")
        for option, is_given in (("--since", bool(self.since)), ("--watch", self.watch)):
            if is_given and (self.changes_files or self.baseline.write or self.baseline.extend):
                reason = "nothing is fixed, silenced or accepted with it"
                raise UsageError(f"{option} only reports: {reason}")
        if self.watch and self.stdin_filename is not None:
            raise UsageError("--watch and --stdin-filename exclude each other")
        if self.stdin_filename is None:
            if any(str(path) == "-" for path in self.paths):
                raise UsageError("- needs --stdin-filename FILE")
            return
        if self.changes_files:
            raise UsageError("--stdin-filename goes with none of --fix, --diff and --add-noqa")
        if any(str(path) != "-" for path in self.paths):
            raise UsageError("--stdin-filename and PATHS exclude each other")
