"""Content that is in no file in, its facts out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connlint.facts.types import FileFacts


def facts_of(data: bytes) -> FileFacts:
    """The facts of content that is in no file; what could exhaust the stack is put into one."""
    from connlint.facts.extract import extract
    from connlint.facts.nesting import is_risky
    from connlint.facts.store import decode_facts
    from connlint.facts.workers import FileToRead, extract_files

    if not is_risky(data):
        return extract(data)
    with tempfile.TemporaryDirectory(prefix="connlint-") as folder:
        file = Path(folder) / "unsaved.py"
        file.write_bytes(data)
        (extracted,) = extract_files([FileToRead(str(file), len(data))], extract, jobs=1)
    return decode_facts(extracted.blob)
