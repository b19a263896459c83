"""Stand-ins for the extractor, which other processes find by their names in this module."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from connlint.facts.reading import Extracted
from connlint.facts.store import decode_facts
from connlint.facts.types import FileFacts

KILLER = b"kill the process"
RAISER = b"raise"
TOO_DEEP = b"recurse"


def echo(data: bytes) -> FileFacts:
    """Facts that hold the data, and the process that made them as the number of lines."""
    text = data.decode("latin-1")
    return FileFacts(None, (), (), (), {}, (text,), (), os.getpid(), ())


def deadly(data: bytes) -> FileFacts:
    """As :func:`echo`, but for data that ends the process, raises or exhausts the stack."""
    if data.startswith(KILLER):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(RAISER):
        raise ValueError("something is wrong")
    if data.startswith(TOO_DEEP):
        raise RecursionError
    return echo(data)


def text_of(extracted: Extracted) -> str:
    """What :func:`echo` was given, or the problem of the file."""
    facts = decode_facts(extracted.blob)
    if facts.problem:
        return facts.problem.message
    assert facts.exports
    return facts.exports[0]


def process_of(extracted: Extracted) -> int:
    """The process in which :func:`echo` ran."""
    return decode_facts(extracted.blob).lines


def write(folder: Path, *contents: bytes) -> list[Path]:
    """Files with these contents, in order."""
    paths = [folder / f"{number:03}.py" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths
