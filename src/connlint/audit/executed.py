"""A coverage file in, which lines of which file the tests executed out."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from connlint.errors import UsageError

_DATABASE = b"SQLite format 3\x00"


class _FileData(msgspec.Struct, frozen=True):
    executed_lines: list[int]
    missing_lines: list[int]


class _CoverageReport(msgspec.Struct, frozen=True):
    files: dict[str, _FileData]


class Covered:
    """The executed lines of one file. ``statements`` are the lines on which statements begin."""

    def __init__(self, executed: list[int], missing: list[int]) -> None:
        self._executed = frozenset(executed)
        self._statements = sorted({*executed, *missing})

    def ran(self, line: int) -> bool:
        """Whether the statement that ``line`` belongs to was executed."""
        if line in self._executed:
            return True
        before = bisect_right(self._statements, line)
        return before > 0 and self._statements[before - 1] in self._executed


def load_coverage(path: Path, root: Path) -> dict[str, Covered]:
    """The coverage by path relative to ``root``.

    Reads what ``coverage json`` writes and, where the coverage package is installed, the database
    that ``coverage run`` writes. Raises :class:`UsageError` when the file is neither.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}") from error
    if data.startswith(_DATABASE):
        return _from_database(path, root)
    try:
        report = msgspec.json.decode(data, type=_CoverageReport)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"{path} is neither a report of `coverage json` nor a database of `coverage run`"
        ) from error
    return {
        _relative(name, root): Covered(file.executed_lines, file.missing_lines)
        for name, file in report.files.items()
    }


def _from_database(path: Path, root: Path) -> dict[str, Covered]:
    try:
        import coverage
    except ImportError as error:
        raise UsageError(
            f"{path} is a coverage database: install coverage, or give what `coverage json` writes"
        ) from error
    reader: Any = coverage.Coverage(data_file=str(path))
    found = {}
    try:
        reader.load()
        for name in reader.get_data().measured_files():
            if Path(name).exists():
                _, statements, _, missing, _ = reader.analysis2(name)
                executed = sorted(set(statements) - set(missing))
                found[_relative(name, root)] = Covered(executed, missing)
    except coverage.CoverageException as error:
        raise UsageError(f"{path} can't be read as coverage data: {error}") from error
    return found


def _relative(name: str, root: Path) -> str:
    """A file's path as the audit spells it: POSIX, from the project's root."""
    path = Path(name)
    if path.is_absolute():
        try:
            path = path.resolve().relative_to(root.resolve())
        except ValueError:
            return path.as_posix()
    return PurePosixPath(*path.parts).as_posix()
