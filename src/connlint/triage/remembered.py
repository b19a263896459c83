"""What a run found, as one value that can be kept, and the key under which it is kept.

The key covers everything that the findings depend on: all paths and contents, the standard, and
connlint itself. What only the report depends on (scope, baseline, severities) stays out.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from connlint.config.standard import Standard
from connlint.facts.cache import hashed
from connlint.facts.results import ResultCache
from connlint.facts.types import Directive
from connlint.findings import Finding, Problem
from connlint.rules.own_code import own_code


class RunResult(msgspec.Struct, frozen=True, array_like=True):
    """The findings before they are judged, and what judging needs besides.

    ``directives`` has the suppression comments of each file that has any; ``notes`` say what the
    user should know of the standard.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    directives: dict[str, tuple[Directive, ...]]
    notes: tuple[str, ...] = ()


_DECODER = msgspec.msgpack.Decoder(RunResult)


class Memory:
    """The results of earlier runs of a project."""

    def __init__(self, folder: Path | None) -> None:
        """Keep them in ``folder``; ``None`` keeps nothing."""
        self._cache = ResultCache(folder)

    def recall(self, key: bytes) -> RunResult | None:
        """The result kept under ``key``; ``None`` on any doubt."""
        data = self._cache.get(key)
        if data is None:
            return None
        try:
            return _DECODER.decode(data)
        except (msgspec.MsgspecError, RecursionError):
            return None

    def keep(self, key: bytes, result: RunResult) -> Problem | None:
        """Keep ``result`` under ``key``; returns the problem when that failed."""
        return self._cache.put(key, msgspec.msgpack.encode(result))


def result_key(
    contents: bytes, standard: Standard, declared: bool, codes: frozenset[str], rules: bytes
) -> bytes:
    """The key for files with this digest under a standard, declared or assumed, and these rules.

    ``rules`` stands for the code of those that connlint does not ship.
    """
    parts = (
        contents,
        repr(standard).encode(),
        repr((declared, sorted(codes))).encode(),
        own_code(),
        rules,
    )
    return hashed(b"".join(hashed(part) for part in parts))
