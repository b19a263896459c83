"""A small project on disk in; what connlint's own rules and fixes make of it out."""

from __future__ import annotations

from pathlib import Path

from connlint import testing
from connlint.pipeline import Analysis
from connlint.rules.registry import load_rules


def analysis_of(root: Path) -> Analysis:
    """The analysis of the project in ``root``."""
    return testing.analysis_of(root, load_rules())


def apply_fixes(root: Path) -> None:
    """Fix what can be fixed in the project in ``root``."""
    testing.apply_fixes(root, load_rules())
