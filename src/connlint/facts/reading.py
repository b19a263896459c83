"""One file in, its encoded facts out, whatever is wrong with it: what a worker process runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from connlint.facts.cache import hashed_file, hashed_problem, is_sql
from connlint.facts.garbage import collector_paused
from connlint.facts.nesting import is_risky
from connlint.facts.store import encode_facts
from connlint.facts.types import FileFacts, ReadProblem
from connlint.source import SourceError, read

Extract = Callable[[bytes], FileFacts]
"""Turns bytes into facts. Other processes get it by its name, so it has to be a module's own."""


class Extracted(NamedTuple):
    """What became of a file. ``content`` is the hash of its bytes, or of why there are none.

    ``blob`` holds the encoded facts; it is empty when the file was put off because parsing it in
    this process is risky. ``is_final``: for the same content, the same would come out again.
    """

    content: bytes
    blob: bytes
    is_readable: bool = True
    is_final: bool = True


def read_chunk(extract: Extract, paths: Sequence[str]) -> list[Extracted]:
    """What became of each of the files."""
    return [read_file(extract, path) for path in paths]


def read_file(extract: Extract, path: str, *, isolated: bool = False) -> Extracted:
    """Read a file and extract its facts; it never raises, an error of ours is told as the file's.

    SQL has an extraction of its own, which can't exhaust the stack. ``isolated``: nothing is lost
    if this process dies, so that risky files are not put off.
    """
    try:
        data = read(path)
    except SourceError as error:
        return Extracted(
            hashed_problem(error.message), unreadable(error.message), is_readable=False
        )
    content = hashed_file(path, data)
    if is_sql(path):
        from connlint.facts.sql_statements import extract_sql

        extract = extract_sql
    elif not isolated and is_risky(data):
        return Extracted(content, b"")
    try:
        with collector_paused():
            return Extracted(content, encode_facts(extract(data)))
    except (RecursionError, MemoryError):
        return Extracted(content, unreadable("too complex to be analysed"), is_final=False)
    except Exception as error:
        message = f"analysing it failed: {type(error).__name__}: {error}"
        return Extracted(content, unreadable(message), is_final=False)


def unreadable(message: str) -> bytes:
    """The encoded facts of a file of which no more is known than this problem."""
    problem = ReadProblem(message, 1, 0)
    return encode_facts(FileFacts(problem, (), (), (), {}, None, (), 0, ()))
