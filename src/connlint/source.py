"""One file's bytes in, its text out: decoded and split into lines as Python itself does it.

Nothing here parses: this is what the tokenizer does before its first token.
"""

from __future__ import annotations

import os
import re
import stat
import warnings

import msgspec

MAX_BYTES = 16 * 1024 * 1024
"""Larger files are not read: no source is that large, but data named ``.py`` may be."""

_BOM = b"\xef\xbb\xbf"
_FOREIGN_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# PEP 263: in a comment on line one, or on line two when line one holds nothing but a comment.
_COOKIE = re.compile(
    rb"(?:[ \t\f]*(?:\#[^\r\n]*)?(?:\r\n|\r|\n))??"
    rb"[ \t\f]*\#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_SMALLEST_READ = 4096
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class SourceError(Exception):
    """A file that can't be read, or bytes that are no Python source, and where.

    Lines count from 1, columns from 0, in characters. It ends as a finding, never as a crash.
    """

    def __init__(self, message: str, line: int = 1, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Source(msgspec.Struct, frozen=True):
    """A decoded file. ``newlines`` are the line ends in use, the commonest first.

    ``text`` keeps its line ends and lacks the byte order mark; ``encoding`` is the name under which
    Python decoded it.
    """

    text: str
    encoding: str
    has_bom: bool
    newlines: tuple[str, ...]
    has_form_feed: bool
    ends_with_newline: bool

    def encode(self, text: str) -> bytes:
        """The bytes of ``text`` in this file's encoding, with its byte order mark.

        Raises ``UnicodeEncodeError`` when the encoding lacks a character.
        """
        return (_BOM if self.has_bom else b"") + text.encode(self.encoding)


def read(path: str) -> bytes:
    """The content of the file at ``path``.

    Raises :class:`SourceError` when it can't be opened or read, is no regular file (a pipe would
    block the run) or is larger than :data:`MAX_BYTES`.
    """
    try:
        handle = os.open(path, _READ_FLAGS)
        try:
            return _read_regular(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise SourceError(f"can't be read: {error.strerror or error}") from error


def _read_regular(handle: int) -> bytes:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise SourceError("not a regular file, not read")
    parts: list[bytes] = []
    size = 0
    # The size may be wrong by now, or 0 as under /proc: the end is where nothing more comes.
    while size <= MAX_BYTES >= status.st_size:
        part = os.read(handle, max(status.st_size + 1 - size, _SMALLEST_READ))
        if not part:
            return parts[0] if len(parts) == 1 else b"".join(parts)
        parts.append(part)
        size += len(part)
    raise SourceError(f"larger than {MAX_BYTES >> 20} MiB, not read")


def decode(data: bytes) -> Source:
    """The text of a file with these bytes; raises :class:`SourceError` with the true position."""
    for mark, name in _FOREIGN_BOMS:
        if data.startswith(mark):
            raise SourceError(f"encoded as {name}, which Python does not read")
    has_bom = data.startswith(_BOM)
    body = data[len(_BOM) :] if has_bom else data
    if (null := body.find(b"\0")) >= 0:
        raise _error_at(body, null, "null byte: not Python source")
    cookie = _COOKIE.match(body)
    declared = cookie[1].decode("ascii") if cookie else "utf-8"
    encoding = _normal_name(declared)
    if cookie and has_bom and encoding != "utf-8":
        message = f"byte order mark of UTF-8, but declared as {declared}"
        raise _error_at(body, cookie.start(1), message)
    if encoding == "utf-8":
        text = _decode_utf8(body, declared=cookie is not None)
    else:
        assert cookie is not None
        text = _decode_declared(body, encoding, cookie.start(1))
    return Source(
        text=text,
        encoding=encoding,
        has_bom=has_bom,
        newlines=_newlines(text),
        has_form_feed="\f" in text,
        ends_with_newline=text.endswith(("\n", "\r")),
    )


def _normal_name(name: str) -> str:
    """The spellings that Python's tokenizer treats as one encoding, whatever the codecs say."""
    folded = name[:12].lower().replace("_", "-")
    if folded == "utf-8" or folded.startswith("utf-8-"):
        return "utf-8"
    latin = ("latin-1", "iso-8859-1", "iso-latin-1")
    if folded in latin or folded.startswith(tuple(f"{each}-" for each in latin)):
        return "iso-8859-1"
    return name


def _decode_utf8(body: bytes, *, declared: bool) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        hint = "" if declared else ", and no other encoding is declared"
        message = f"byte 0x{body[error.start]:02x} is not UTF-8{hint}"
        raise _error_at(body, error.start, message) from error


def _decode_declared(body: bytes, encoding: str, declared_at: int) -> str:
    """Decode with a codec that a file named, so with any that Python has, odd ones included."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = body.decode(encoding)
    except UnicodeDecodeError as error:
        at = min(error.start, max(len(body) - 1, 0))
        message = f"byte 0x{body[at]:02x} is not {encoding}, the declared encoding"
        raise _error_at(body, at, message, encoding) from error
    except LookupError as error:
        raise _error_at(body, declared_at, f"unknown encoding {encoding}") from error
    except ValueError as error:
        raise _error_at(body, declared_at, f"not {encoding}, the declared encoding") from error
    if "\0" in text:
        raise _error_at(body, declared_at, f"null character once decoded as {encoding}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        message = f"lone surrogate once decoded as {encoding}"
        raise _error_at(body, declared_at, message) from error
    return text


def _error_at(body: bytes, offset: int, message: str, encoding: str = "utf-8") -> SourceError:
    """The error for the byte at ``offset``; what stands before it on its line is decodable."""
    line, start = 1, 0
    for end in _LINE_END.finditer(body, 0, offset):
        line, start = line + 1, end.end()
    before = body[start:offset]
    try:
        column = len(before.decode(encoding, "replace"))
    except ValueError:  # a codec without "replace"
        column = len(before)
    return SourceError(message, line, column)


def _newlines(text: str) -> tuple[str, ...]:
    if "\r" not in text:
        return ("\n",) if "\n" in text else ()
    pairs = text.count("\r\n")
    counts = {
        "\n": text.count("\n") - pairs,
        "\r\n": pairs,
        "\r": text.count("\r") - pairs,
    }
    return tuple(
        sorted((end for end in counts if counts[end]), key=counts.__getitem__, reverse=True)
    )


def split_lines(text: str) -> list[str]:
    """The lines of ``text`` without their ends, as the tokenizer counts them.

    Only ``\\n``, ``\\r\\n`` and ``\\r`` end a line: form feeds and the Unicode separators at which
    ``str.splitlines`` splits do not.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


class CharacterColumns:
    """Turns columns that the parser counted in UTF-8 bytes into columns counted in characters."""

    __slots__ = ("_wide",)

    def __init__(self, text: str) -> None:
        self._wide: dict[int, bytes] = {}
        if not text.isascii():
            for number, line in enumerate(split_lines(text), 1):
                if not line.isascii():
                    self._wide[number] = line.encode("utf-8")

    def column(self, line: int, byte_column: int) -> int:
        """The column in characters of the byte at ``byte_column`` of ``line``."""
        wide = self._wide.get(line)
        return byte_column if wide is None else len(wide[:byte_column].decode("utf-8", "ignore"))
