"""Files on disk with forbidden factories in, what fixing them has made of them out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from connlint.findings import Finding
from connlint.fix.apply import plan_and_apply
from connlint.fix.outcome import FixOptions, FixOutcome
from fix.analyser import FORBIDDEN, SYNC, Analyser

GOOD = b"from app.db import SessionLocal\n\nwith SessionLocal() as db:\n    db.get(1)\n"
FIXED = b"from app.db import get_session\n\nwith get_session() as db:\n    db.get(1)\n"


class Project:
    """Files on disk, the analysis of them, and a way to fix them."""

    def __init__(self, root: Path, **files: bytes) -> None:
        self.root = root
        self.analyser = Analyser(
            {f"app/{name}.py": content for name, content in files.items()}, FORBIDDEN, SYNC
        )
        self.targets = self.analyser.targets(root)
        self.findings = self.analyser({})

    def fix(self, *, write: bool = True, unsafe: bool = False) -> FixOutcome:
        options = FixOptions(self.root, unsafe=unsafe, write=write)
        return plan_and_apply(self.findings, self.targets, options, self.reanalyse)

    def reanalyse(self, changes: Mapping[str, bytes]) -> list[Finding]:
        return self.analyser(changes)

    def read(self, name: str) -> bytes:
        return (self.root / f"app/{name}.py").read_bytes()


def reasons(outcome: FixOutcome) -> set[str]:
    """Why findings were not fixed although there is a fix for them."""
    return {each.reason for each in outcome.refused}
