"""The last few results of whole runs: where nothing has changed, a run is answered at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from connlint.facts.cache import HASH_SIZE, hashed, write_cached
from connlint.findings import Problem

_PREFIX = "result-"


class ResultCache:
    """Results in ``folder``, which may be missing or unreadable; ``None`` keeps nothing.

    A result is found under a hash of everything that it depends on, so it is never stale.
    """

    def __init__(self, folder: Path | None, *, keep: int = 4) -> None:
        self._folder = folder
        self._keep = keep

    def get(self, key: bytes) -> bytes | None:
        """What was kept under ``key``, or ``None`` on any doubt."""
        if self._folder is None:
            return None
        try:
            data = self._path(self._folder, key).read_bytes()
        except OSError:
            return None
        checksum, result = data[:HASH_SIZE], data[HASH_SIZE:]
        return result if hashed(key + result) == checksum else None

    def put(self, key: bytes, result: bytes) -> Problem | None:
        """Keep ``result`` under ``key`` in place of the oldest; returns the problem, if any."""
        if self._folder is None:
            return None
        problem = write_cached(self._path(self._folder, key), hashed(key + result) + result)
        if not problem:
            self._forget_oldest(self._folder)
        return problem

    @staticmethod
    def _path(folder: Path, key: bytes) -> Path:
        return folder / f"{_PREFIX}{hashed(key).hex()}.bin"

    def _forget_oldest(self, folder: Path) -> None:
        with suppress(OSError):  # a run at the same time may have been here first
            kept = sorted(folder.glob(f"{_PREFIX}*"), key=lambda path: path.stat().st_mtime_ns)
            for path in kept[: -self._keep]:
                path.unlink()
