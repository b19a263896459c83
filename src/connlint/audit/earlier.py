"""The JSON of earlier audits in, what is to be compared with the code of today out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from connlint.errors import UsageError
from connlint.findings import EntryPointRef


class EarlierPosition(msgspec.Struct, frozen=True):
    line: int
    column: int


class EarlierRange(msgspec.Struct, frozen=True):
    start: EarlierPosition
    end: EarlierPosition


class EarlierPoint(msgspec.Struct, frozen=True):
    """A connection point as the earlier audit had it."""

    kind: str
    path: str
    range: EarlierRange
    symbol: str
    call: str
    verdict: str
    reason: str = ""
    purpose: str = ""
    entry_points: list[EntryPointRef] = []
    codes: list[str] = []


class EarlierFinding(msgspec.Struct, frozen=True):
    """A finding as the earlier audit had it."""

    code: str
    path: str
    range: EarlierRange
    message: str
    symbol: str
    fingerprint: str
    name: str = ""
    priority: str = "medium"
    severity: str = "warning"


class EarlierFile(msgspec.Struct, frozen=True):
    """A file as the earlier audit had it."""

    path: str
    findings: int = 0


class EarlierTool(msgspec.Struct, frozen=True):
    """The connlint that made the earlier audit."""

    version: str = ""


class EarlierSetting(msgspec.Struct, frozen=True):
    """A setting of the standard that the earlier audit was held against."""

    key: str
    value: Any = None


class EarlierStandard(msgspec.Struct, frozen=True):
    """The standard that the earlier audit was held against."""

    settings: list[EarlierSetting] = []


class EarlierAudit(msgspec.Struct, frozen=True):
    """What is read of an earlier audit; the rest of it is not looked at."""

    schema_version: int
    connection_points: list[EarlierPoint]
    findings: list[EarlierFinding]
    files: list[EarlierFile] = []
    tool: EarlierTool = EarlierTool()
    standard: EarlierStandard = EarlierStandard()

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of its standard by key."""
        return {setting.key: setting.value for setting in self.standard.settings}


class History(msgspec.Struct, frozen=True):
    """Earlier audits by name, the oldest first."""

    audits: tuple[tuple[str, EarlierAudit], ...]

    @property
    def last(self) -> EarlierAudit:
        """The one to compare with."""
        return self.audits[-1][1]

    @property
    def before_last(self) -> tuple[EarlierAudit, ...]:
        """Those that were made before it."""
        return tuple(audit for _, audit in self.audits[:-1])


_VERSION = 1


def load_history(path: Path) -> History:
    """The audits below a folder, in order of their file names, or the one that a file holds.

    Raises :class:`UsageError` when a file can't be read or is something else, and for a folder
    without any.
    """
    if not path.is_dir():
        return History(((path.stem, load_earlier(path)),))
    files = sorted(path.glob("*.json"), key=lambda each: each.name)
    if not files:
        raise UsageError(f"{path} holds no audit: no file there ends in .json")
    return History(tuple((each.stem, load_earlier(each)) for each in files))


def load_earlier(path: Path) -> EarlierAudit:
    """The audit that ``connlint audit --format json`` wrote to ``path``.

    Raises :class:`UsageError` when the file can't be read or is something else.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}") from error
    try:
        audit = msgspec.json.decode(data, type=EarlierAudit)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"{path} is not what connlint audit --format json writes: {error}"
        ) from error
    if audit.schema_version != _VERSION:
        raise UsageError(
            f"{path} has schema version {audit.schema_version}; this connlint reads {_VERSION}"
        )
    return audit
