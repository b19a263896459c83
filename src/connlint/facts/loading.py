"""Files and the cache in, the facts of each file out: from the cache, else extracted.

In two steps, so that a run that knows the outcome for these contents can stop after the first:
:func:`look_up` tells which content each file has, :func:`load_facts` gets the facts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, Protocol

from connlint.facts.cache import HASH_SIZE, hashed, hashed_file, hashed_problem
from connlint.facts.store import FactsStore, Stamp, decode_facts, stamp_of
from connlint.source import SourceError, read

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from connlint.facts.reading import Extract
    from connlint.facts.types import FileFacts
    from connlint.facts.workers import Progress


class Locatable(Protocol):
    """A file: where to open it, and its POSIX path relative to the project root."""

    @property
    def path(self) -> str: ...
    @property
    def relative(self) -> str: ...


class Lookup(NamedTuple):
    """The hash of each file's content by relative path, as far as it is known without parsing.

    With an empty cache it is not: the workers find out as they read.
    """

    files: Sequence[Locatable]
    contents: dict[str, bytes]
    stamps: dict[str, Stamp]

    @property
    def digest(self) -> bytes | None:
        """A hash of all paths and contents; ``None`` while some content is unknown."""
        return _digest(self.files, self.contents)


class LazyFacts:
    """One file's facts, decoded when they are first asked for. Equal files share them."""

    __slots__ = ("_extract", "_facts", "_path", "_store", "content")

    def __init__(
        self,
        content: bytes,
        path: str,
        store: FactsStore,
        extract: Extract,
        facts: FileFacts | None = None,
    ) -> None:
        self.content = content
        self._path = path
        self._store = store
        self._extract = extract
        self._facts = facts

    @property
    def facts(self) -> FileFacts:
        """The facts; where the cache turns out damaged, they are extracted anew."""
        if self._facts is None:
            self._facts = self._store.facts(self.content) or self._extracted()
        return self._facts

    def _extracted(self) -> FileFacts:
        from connlint.facts.workers import FileToRead, extract_files

        (again,) = extract_files([FileToRead(self._path, 0)], self._extract, jobs=1)
        if again.is_final:
            self._store.put(again.content, again.blob)
        return decode_facts(again.blob)


class LoadedFacts(NamedTuple):
    """The facts of all files, by relative path in the order of the files.

    ``digest`` hashes all paths and contents. It is ``None`` when another run with the same
    contents could end otherwise, because something went wrong in this one.
    """

    by_path: Mapping[str, LazyFacts]
    digest: bytes | None


def look_up(files: Sequence[Locatable], store: FactsStore) -> Lookup:
    """Which content each of ``files`` has; only those that may have changed are read."""
    lookup = Lookup(files, {}, {})
    for file in files:
        relative = file.relative
        stamp = _stamp(file.path)
        if stamp:
            lookup.stamps[relative] = stamp
            if content := store.content(relative, stamp):
                lookup.contents[relative] = content
                continue
        if store.is_empty:
            continue
        try:
            content = hashed_file(file.path, read(file.path))
        except SourceError as error:
            lookup.contents[relative] = hashed_problem(error.message)
            continue
        lookup.contents[relative] = content
        if stamp:
            store.remember(relative, stamp, content)
    return lookup


def load_facts(
    lookup: Lookup,
    store: FactsStore,
    extract: Extract,
    *,
    jobs: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> LoadedFacts:
    """The facts of all files of ``lookup``; what ``store`` lacks is extracted and put there.

    ``jobs`` and ``executor`` are those of :func:`connlint.facts.workers.extract_files`.
    """
    from connlint.facts.workers import FileToRead, extract_files

    contents = dict(lookup.contents)
    missing = _missing(lookup, store)
    known = len(lookup.files) - len(missing)
    extracted = extract_files(
        [FileToRead(file.path, _size(lookup, file)) for file in missing],
        extract,
        jobs=jobs,
        executor=executor,
        progress=progress and (lambda done, _: progress(known + done, len(lookup.files))),
    )
    uncertain: dict[bytes, FileFacts] = {}
    for file, result in zip(missing, extracted, strict=True):
        content = result.content or contents.get(file.relative) or hashed(_encoded(file.relative))
        contents[file.relative] = content
        if not result.is_final:
            uncertain[content] = decode_facts(result.blob)
            continue
        store.put(content, result.blob)
        if result.is_readable and (stamp := lookup.stamps.get(file.relative)):
            store.remember(file.relative, stamp, content)
    by_content: dict[bytes, LazyFacts] = {}
    for file in lookup.files:
        content = contents[file.relative]
        if content not in by_content:
            facts = uncertain.get(content)
            by_content[content] = LazyFacts(content, file.path, store, extract, facts)
    return LoadedFacts(
        {file.relative: by_content[contents[file.relative]] for file in lookup.files},
        None if uncertain else _digest(lookup.files, contents),
    )


def _missing(lookup: Lookup, store: FactsStore) -> list[Locatable]:
    """The files to extract: one for each content that the store lacks, and all unknown ones."""
    missing: dict[bytes | str, Locatable] = {}
    for file in lookup.files:
        content = lookup.contents.get(file.relative)
        if content is None:
            missing[file.relative] = file
        elif content not in store:
            missing.setdefault(content, file)
    return list(missing.values())


def _size(lookup: Lookup, file: Locatable) -> int:
    stamp = lookup.stamps.get(file.relative)
    return stamp.size if stamp else 0


def _stamp(path: str) -> Stamp | None:
    try:
        return stamp_of(os.stat(path))  # noqa: PTH116 - a Path for each file costs more than this
    except OSError:
        return None


def _digest(files: Sequence[Locatable], contents: Mapping[str, bytes]) -> bytes | None:
    digest = blake2b(digest_size=HASH_SIZE)
    for file in sorted(files, key=lambda file: file.relative):
        content = contents.get(file.relative)
        if content is None:
            return None
        digest.update(_encoded(file.relative) + b"\0" + content)
    return digest.digest()


def _encoded(relative: str) -> bytes:
    return relative.encode("utf-8", "surrogateescape")
