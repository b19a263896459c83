"""What other programs call: paths and a standard in, the report that ``check --format json`` writes
out, as objects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from connlint.errors import ConfigError, UsageError
from connlint.pipeline import Analysis, Request
from connlint.proposals import proposals
from connlint.report.check_json import CheckReport, report_of
from connlint.report.view import CheckView
from connlint.rules.project import load_project

PathLike = str | os.PathLike[str]


def check(
    paths: PathLike | Iterable[PathLike] = (),
    standard: PathLike | Mapping[str, Any] | None = None,
    *,
    jobs: int = 0,
    use_cache: bool = True,
) -> CheckReport:
    """Hold the code at ``paths`` against a standard, and report what was found.

    The whole project is analysed; ``paths`` say which files and folders the report is about, by
    default the import roots of the project of the working folder. ``standard`` is a configuration
    file, or the settings themselves as they stand under ``[tool.connlint]``; without one, the
    project's own configuration holds, and where there is none, what the code shows. ``jobs`` is how
    many processes to use at most, 0 as many as pay; ``use_cache`` says whether what earlier runs
    have read may be used and kept.

    Paths in the report are relative to the project's root, lines and columns start at 1. Raises
    :class:`connlint.ConnlintError`, with one line for each thing that has to be mended, for a path
    that does not exist and a standard or rule that can't be used. ``errors`` of the report holds
    what went wrong on the way; the findings are incomplete where one of them is fatal.
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    chosen = tuple(Path(path) for path in given)
    if missing := [str(path) for path in chosen if not path.exists()]:
        raise UsageError(f"no such file or folder: {', '.join(missing)}")
    settings = _settings(standard) if isinstance(standard, Mapping) else None
    file = None if standard is None or isinstance(standard, Mapping) else Path(standard)
    registry, loaded = load_project(chosen, config=file, settings=settings, use_cache=use_cache)
    analysis = Analysis(
        Request(loaded=loaded, registry=registry, paths=chosen, jobs=jobs, use_cache=use_cache)
    )
    verdict = analysis.verdict
    fixes = proposals(analysis, verdict.findings)
    return report_of(CheckView(verdict, registry.rules, analysis.source_lines, fixes))


def _settings(standard: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as TOML would give them: tables and arrays of plain values."""
    try:
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(standard))
    except TypeError as error:
        raise ConfigError([f"settings: {error}"]) from error
    return plain
