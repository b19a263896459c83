"""A small project in, what the real rules and fixes make of it and what its code does then out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from connlint.fix.outcome import FixOutcome
from fix.projects import fix_below


@dataclass(frozen=True)
class Project:
    """Files below ``root``, held against a standard."""

    root: Path
    code: str

    @classmethod
    def of(cls, root: Path, code: str, standard: str, files: Mapping[str, str]) -> Project:
        """Lay out ``files``, to be checked for the rule with ``code`` alone."""
        standard = f'select = ["{code}"]\n{dedent(standard)}'
        for name, text in {"connlint.toml": standard, **files}.items():
            place = root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(dedent(text), "utf-8")
        return cls(root, code)

    def fix(self, *, unsafe: bool = False) -> FixOutcome:
        """Fix the files."""
        outcome = fix_below(self.root, unsafe=unsafe)
        assert {each.finding.code for each in outcome.fixed} <= {self.code}
        return outcome

    def reasons(self, *, unsafe: bool = False) -> list[str]:
        """Why what has a fix is not fixed, in order; the files must stay as they are."""
        before = {place: place.read_bytes() for place in self.root.rglob("*.py")}
        outcome = self.fix(unsafe=unsafe)
        assert not outcome.fixed
        assert {place: place.read_bytes() for place in before} == before
        unfixed = (*outcome.refused, *outcome.left)
        return [each.reason for each in unfixed if each.finding.intent]

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def run(self, statements: str) -> str:
        """What a new process prints that runs ``statements``; standard error is part of it."""
        done = subprocess.run(
            [sys.executable, "-c", dedent(statements)],
            cwd=self.root, text=True, timeout=60, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(self.root)},
        )  # fmt: skip
        return done.stdout
