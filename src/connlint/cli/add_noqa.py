"""An analysis and its findings in, files with suppression comments and what was done out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from connlint.errors import UsageError

if TYPE_CHECKING:
    from connlint.findings import Finding
    from connlint.pipeline import Analysis

_ABOUT_THE_RUN = "DBC9"


class Silencing(NamedTuple):
    """The new content of each file by path, and a line for each finding that stays."""

    contents: dict[str, bytes]
    left: list[str]


def silence(analysis: Analysis, findings: Iterable[Finding], reason: str) -> Silencing:
    """Write a comment for each of ``findings``; those about the run itself are left alone.

    Raises :class:`UsageError` when a file can't be written.
    """
    from connlint.writing import write_atomically

    planned = _plan(analysis, findings, reason)
    root = analysis.request.loaded.root
    for path, data in planned.contents.items():
        try:
            write_atomically(Path(root / path), data)
        except OSError as error:
            raise UsageError(f"{path} can't be written: {error.strerror or error}") from error
    return planned


def _plan(analysis: Analysis, findings: Iterable[Finding], reason: str) -> Silencing:
    from connlint.report.view import one_line
    from connlint.source import SourceError, decode
    from connlint.triage.add_noqa import with_noqa

    planned = Silencing({}, [])
    wanted = [finding for finding in findings if not finding.code.startswith(_ABOUT_THE_RUN)]
    for path, group in groupby(wanted, key=lambda finding: finding.path):
        found = list(group)
        try:
            source = decode(analysis.content(path))
            text, unplaced = with_noqa(source, found, reason)
            data = source.encode(text)
        except (SourceError, UnicodeEncodeError) as error:
            planned.left.extend(f"{one_line(finding)} ({error})" for finding in found)
            continue
        planned.left.extend(f"{one_line(finding)} (no line for a comment)" for finding in unplaced)
        if len(unplaced) < len(found):
            planned.contents[path] = data
    return planned
