"""The text that an editor holds in, the bytes that its file would hold out."""

from __future__ import annotations

import tokenize
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from connlint.source import SourceError, decode, read


class Buffer(NamedTuple):
    """An open document. ``version`` is what the editor counts up with every change."""

    uri: str
    path: Path
    version: int | None
    text: str


class Content(NamedTuple):
    """What a file would hold if its buffer was saved; ``is_saved`` when it does hold that."""

    data: bytes
    is_saved: bool


def content_of(buffer: Buffer) -> Content:
    """What the file of ``buffer`` would hold if it was saved now."""
    try:
        data = read(str(buffer.path))
        if decode(data).text == buffer.text:
            return Content(data, is_saved=True)
    except SourceError:
        pass
    return Content(_encoded(buffer.text), is_saved=False)


def _encoded(text: str) -> bytes:
    """``text`` in the encoding that it declares, or in UTF-8 where it can't be: Python says why."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        return data if encoding == "utf-8-sig" else text.encode(encoding)
    except (SyntaxError, ValueError):
        return data
