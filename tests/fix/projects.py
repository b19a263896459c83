"""A small project in, what the real analysis and its fixes make of it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connlint.cli.baseline import BaselineOptions
from connlint.cli.fixing import fix
from connlint.fix.outcome import FixOutcome
from rules.case_projects import analysis_of

_NO_BASELINE = BaselineOptions(None, write=False, extend=False, reason="")


@dataclass(frozen=True)
class Outcome:
    """What the files became, and what became of the findings."""

    files: Mapping[str, str]
    outcome: FixOutcome

    def reasons(self, code: str) -> list[str]:
        """Why findings of ``code`` were not fixed."""
        unfixed = (*self.outcome.refused, *self.outcome.left)
        return [each.reason for each in unfixed if each.finding.code == code]

    def fixed(self, code: str) -> int:
        """How many findings of ``code`` were fixed."""
        return sum(each.finding.code == code for each in self.outcome.fixed)


def fix_below(root: Path, *, unsafe: bool) -> FixOutcome:
    """Fix what is found in the project in ``root``."""
    return fix(analysis_of(root), _NO_BASELINE, unsafe=unsafe, write=True)


def fixed_project(
    root: Path, files: Mapping[str, str], standard: str = "", *, unsafe: bool = True
) -> Outcome:
    """Write ``files`` below ``root``, and fix what is found in them."""
    (root / "connlint.toml").write_text(standard, "utf-8")
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    outcome = fix_below(root, unsafe=unsafe)
    return Outcome({path: (root / path).read_bytes().decode() for path in files}, outcome)
