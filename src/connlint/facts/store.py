"""Facts kept from run to run: which content each file had, and the encoded facts of each content.

One file a project: a header, an index that is decoded as a whole, and the blobs, which are fetched
and verified one by one when they are asked for. What is in it is never trusted: whatever is not
exactly as this version of connlint would have written it is a miss.
"""

from __future__ import annotations

import os
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from connlint.facts.cache import HASH_SIZE, hashed, write_cached
from connlint.facts.garbage import collector_paused
from connlint.findings import Problem
from connlint.version import __version__

if TYPE_CHECKING:
    from connlint.facts.types import FileFacts

_FILE = "facts.bin"
_MAGIC = b"connlint facts\r\n"
_HEADER = struct.Struct(f"<{len(_MAGIC)}s{HASH_SIZE}s{HASH_SIZE}sQ")
_SECOND = 10**9
_COARSE_TICK = 2 * _SECOND
_FINE_TICK = _SECOND // 10


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a file's status says of its content; times are in nanoseconds."""

    modified: int
    changed: int
    size: int


class _Known(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The hash of the content that a file had when its status was ``stamp``."""

    stamp: Stamp
    content: bytes


class _Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where among the blobs one of them is."""

    offset: int
    length: int
    checksum: int


class _Index(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The files by relative path, and the blobs by the hash of the content that they are about."""

    files: dict[str, _Known] = {}
    places: dict[bytes, _Place] = {}


_INDEX_DECODER = msgspec.msgpack.Decoder(_Index)
_ENCODER = msgspec.msgpack.Encoder()


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file with this status."""
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size)


def encode_facts(facts: FileFacts) -> bytes:
    """The blob that stands for ``facts``."""
    return _ENCODER.encode(facts)


def decode_facts(blob: bytes) -> FileFacts:
    """The facts that ``blob`` stands for; raises ``msgspec.MsgspecError`` on anything else."""
    with collector_paused():
        return _facts_decoder().decode(blob)


@cache
def _facts_decoder() -> msgspec.msgpack.Decoder[FileFacts]:
    """Made late: a run in which nothing changed never looks at facts."""
    from connlint.facts.types import FileFacts

    return msgspec.msgpack.Decoder(FileFacts)


class FactsStore:
    """The facts cached in ``folder``, which may be missing or unreadable; ``None`` keeps nothing.

    Runs at the same time may share a folder: each goes on reading the file that it opened, and the
    one that saves last wins.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / _FILE if folder else None
        self._seal = _seal(str(folder))
        self._files: dict[str, _Known] = {}
        self._used: set[bytes] = set()
        self._fresh: dict[bytes, bytes] = {}
        self._open()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is cached that this run could use."""
        return not self._saved.files

    def content(self, relative: str, stamp: Stamp) -> bytes | None:
        """The hash of the content of the file ``relative``, if ``stamp`` proves it unchanged."""
        known = self._saved.files.get(relative)
        if known is None or known.stamp != stamp:
            return None
        self._files[relative] = known
        self._used.add(known.content)
        return known.content

    def remember(self, relative: str, stamp: Stamp, content: bytes) -> None:
        """Note that the file had this content when its status was read, or later.

        The stamp of a file that has just been written proves nothing: the clocks of file systems
        tick slowly, and another change within the tick would not show.
        """
        self._used.add(content)
        tick = _FINE_TICK if stamp.modified % _SECOND else _COARSE_TICK
        if max(stamp.modified, stamp.changed) + tick < time.time_ns():
            self._files[relative] = _Known(stamp, content)

    def __contains__(self, content: bytes) -> bool:
        """Whether there are facts for the content with this hash; they may turn out damaged."""
        return content in self._fresh or content in self._saved.places

    def facts(self, content: bytes) -> FileFacts | None:
        """The facts for the content with this hash, or ``None`` on any doubt.

        Without a folder, what was put here is handed out once: nobody is to save it.
        """
        keep = self._fresh.get if self._path else self._fresh.pop
        blob = keep(content, None) or self._fetch(content)
        if blob is None:
            return None
        try:
            return decode_facts(blob)
        except (msgspec.MsgspecError, RecursionError):
            return None

    def put(self, content: bytes, blob: bytes) -> None:
        """Keep ``blob`` as the encoded facts for the content with this hash."""
        self._used.add(content)
        self._fresh[content] = blob

    def save(self) -> Problem | None:
        """Write what this run learned, if anything; returns the problem when that failed.

        Files that this run did not ask about are forgotten; their facts stay for a while, because
        whoever switched to another branch will come back.
        """
        if self._path is None or not (self._fresh or self._files != self._saved.files):
            return None
        places, blobs = self._kept()
        end = sum(map(len, blobs))
        for content, blob in self._fresh.items():
            places[content] = _Place(end, len(blob), zlib.crc32(blob))
            blobs.append(blob)
            end += len(blob)
        index = _ENCODER.encode(_Index(self._files, places))
        header = _HEADER.pack(_MAGIC, self._seal, hashed(index), len(index))
        if problem := write_cached(self._path, b"".join((header, index, *blobs))):
            return problem
        self._open()
        for content in self._saved.places:
            self._fresh.pop(content, None)  # the file has it now, memory need not
        return None

    def _open(self) -> None:
        self._saved = _Index()
        self._file: _OpenFile | None = None
        self._blobs_start = 0
        if self._path is None:
            return
        try:
            file = _OpenFile(self._path)
            magic, seal, checksum, length = _HEADER.unpack(file.read(0, _HEADER.size))
            if magic != _MAGIC or seal != self._seal or length > file.size:
                return
            index = file.read(_HEADER.size, length)
            if hashed(index) != checksum:
                return
            with collector_paused():
                self._saved = _INDEX_DECODER.decode(index)
        except (OSError, struct.error, msgspec.MsgspecError):
            return
        self._file = file
        self._blobs_start = _HEADER.size + length

    def _fetch(self, content: bytes) -> bytes | None:
        place = self._saved.places.get(content)
        if place is None or self._file is None:
            return None
        try:
            blob = self._file.read(self._blobs_start + place.offset, place.length)
        except (OSError, ValueError, OverflowError):
            return None
        return blob if zlib.crc32(blob) == place.checksum else None

    def _kept(self) -> tuple[dict[bytes, _Place], list[bytes]]:
        """The saved blobs that are worth keeping: all while most are in use, else only those."""
        if self._file is None:
            return {}, []
        used = self._used & self._saved.places.keys()
        total = self._file.size - self._blobs_start
        if 2 * sum(self._saved.places[content].length for content in used) >= total:
            with suppress(OSError):
                return dict(self._saved.places), [self._file.read(self._blobs_start, total)]
        places: dict[bytes, _Place] = {}
        blobs = []
        end = 0
        for content in sorted(used):
            if blob := self._fetch(content):
                places[content] = _Place(end, len(blob), self._saved.places[content].checksum)
                blobs.append(blob)
                end += len(blob)
        return places, blobs


class _OpenFile:
    """A file that can be read anywhere, by any thread, even after another has taken its place."""

    def __init__(self, path: Path) -> None:
        self._handle = -1
        self._data = b""
        if sys.platform == "win32":  # where an open file could not be replaced
            self._data = path.read_bytes()
            self.size = len(self._data)
        else:
            self._handle = os.open(path, os.O_RDONLY)
            self.size = os.fstat(self._handle).st_size

    def __del__(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)

    def read(self, offset: int, count: int) -> bytes:
        """Up to ``count`` bytes from ``offset`` on; raises ``OSError``."""
        if sys.platform == "win32":
            data = self._data[offset : offset + count]
        else:
            data = os.pread(self._handle, count, offset)
        return data


def _seal(folder: str) -> bytes:
    """A hash of all that cached facts depend on besides the content that they are about."""
    parts = [__version__, sys.version, msgspec.__version__, folder]
    return hashed("\n".join((*parts, *_own_sources())).encode("utf-8", "surrogateescape"))


def _own_sources() -> Iterator[str]:
    """The sources that turn content into facts: a change in them changes facts, not the version."""
    here = Path(__file__).parent
    for path in (
        *sorted(here.glob("*.py")),
        here.parent / "location.py",
        here.parent / "source.py",
    ):
        with suppress(OSError):  # installed without sources, connlint changes with its version only
            yield path.read_text("utf-8")
