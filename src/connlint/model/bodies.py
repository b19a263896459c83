"""Encoded bodies in, decoded ones out; as many are kept as fit into a bound.

Decoded, a body takes about ten times the memory of its encoding, and decoding it takes less than
most of what is then done with it. So all are dropped whenever too many have come together.
"""

from __future__ import annotations

from connlint.facts.types import Body, decode_body

LIMIT = 1_000_000
"""How many bytes of encoded bodies are kept decoded: what files of some 1.5 MB hold."""


class Bodies:
    """The decoded bodies of one file."""

    __slots__ = ("_decoded", "_encoded", "_keeper")

    def __init__(self, encoded: tuple[bytes, ...], keeper: Keeper) -> None:
        self._encoded = encoded
        self._keeper = keeper
        self._decoded: dict[int, Body] = {}

    def __getitem__(self, scope: int) -> Body:
        body = self._decoded.get(scope)
        if body is None:
            encoded = self._encoded[scope]
            self._keeper.make_room(self, len(encoded))
            body = self._decoded[scope] = decode_body(encoded)
        return body

    def forget(self, scope: int) -> None:
        """Drop a decoded body; it is decoded again when it is asked for."""
        if self._decoded.pop(scope, None) is not None:
            self._keeper.give_back(len(self._encoded[scope]))

    def clear(self) -> None:
        """Drop all of them."""
        self._decoded.clear()


class Keeper:
    """Bounds what the files of one project keep decoded together."""

    def __init__(self, limit: int = LIMIT) -> None:
        """``limit``: in bytes of encoded bodies."""
        self._limit = limit
        self._held = 0
        self._files: set[Bodies] = set()

    def make_room(self, bodies: Bodies, size: int) -> None:
        """A file decodes a body of ``size`` bytes."""
        if self._held + size > self._limit:
            self.clear()
        self._held += size
        self._files.add(bodies)

    def give_back(self, size: int) -> None:
        """A body of ``size`` bytes has been dropped."""
        self._held -= size

    def clear(self) -> None:
        """Drop what all files keep."""
        for bodies in self._files:
            bodies.clear()
        self._files.clear()
        self._held = 0
