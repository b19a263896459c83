"""Bytes become the text that Python would see, or an error at the byte that is in the way."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from connlint.source import Source, SourceError, decode

BOM = b"\xef\xbb\xbf"

NEWLINES = {
    b"": ((), False),
    b"x": ((), False),
    b"x\n": (("\n",), True),
    b"x\ny": (("\n",), False),
    b"x\r\ny\r\n": (("\r\n",), True),
    b"x\ry\r": (("\r",), True),
    b"x\ny\r\nz\r\n": (("\r\n", "\n"), True),
    b"x\n\ry\n": (("\n", "\r"), True),
    b"x\x0c\x0b\xe2\x80\xa8y": ((), False),
}


@pytest.mark.parametrize(("data", "expected"), NEWLINES.items())
def test_line_ends_are_told_the_commonest_first(
    data: bytes, expected: tuple[tuple[str, ...], bool]
) -> None:
    source = decode(data)
    assert (source.newlines, source.ends_with_newline) == expected
    assert source.text == data.decode()


def test_a_plain_file() -> None:
    assert decode(b"x = 1\n") == Source("x = 1\n", "utf-8", False, ("\n",), False, True)


def test_form_feeds_are_told() -> None:
    assert decode(b"\x0cx = 1\n").has_form_feed
    assert not decode(b"x = '\\x0c'\n").has_form_feed


ENCODINGS = {
    "a byte order mark": (BOM + b"x = '\xc3\xab'", "utf-8", "x = '\xeb'"),
    "a byte order mark and a cookie": (BOM + b"# coding: utf8-x\n", None, ""),
    "a byte order mark and the same": (
        BOM + b"#coding=UTF_8-unix\n",
        "utf-8",
        "#coding=UTF_8-unix\n",
    ),
    "emacs": (
        b"# -*- coding: latin-1 -*-\n'\xeb'",
        "iso-8859-1",
        "# -*- coding: latin-1 -*-\n'\xeb'",
    ),
    "vim": (b"# vim: set fileencoding=cp1252 :\n'\x80'", "cp1252", None),
    "on line two": (b"#!/bin/python\n# coding: cp1252\n'\x80'", "cp1252", None),
    "on line two after a blank": (b" \t\x0c\n# coding: cp1252\n'\x80'", "cp1252", None),
    "on line two, carriage return": (b"#\r# coding: cp1252\r'\x80'", "cp1252", None),
    "on line two, both": (b"#\r\n# coding: cp1252\r\n'\x80'", "cp1252", None),
    "on line three": (b"\n\n# coding: cp1252\n'x'", "utf-8", None),
    "after code": (b"x = 1\n# coding: cp1252\n", "utf-8", None),
    "behind code": (b"x = 1 # coding: cp1252\n", "utf-8", None),
    "the second word of two": (b"# coding: # coding: cp1252\n", "cp1252", None),
    "in a string": (b"'''\n# coding: cp1252\n'''", "utf-8", None),
}


@pytest.mark.parametrize(("data", "encoding", "text"), ENCODINGS.values(), ids=ENCODINGS)
def test_encodings(data: bytes, encoding: str | None, text: str | None) -> None:
    if encoding is None:
        with pytest.raises(SourceError, match="byte order mark of UTF-8, but declared as utf8-x"):
            decode(data)
        return
    source = decode(data)
    assert source.encoding == encoding
    assert source.has_bom == data.startswith(BOM)
    assert source.text == (data.decode(encoding) if text is None else text)
    assert source.encode(source.text) == data


ERRORS = {
    b"x\nabc\0": (2, 3, "null byte"),
    BOM + b"ab\0": (1, 2, "null byte"),
    b"x\r\ny\rz\n\xc3\xab\xff": (4, 1, "byte 0xff is not UTF-8, and no other encoding is declared"),
    b"# coding: utf-8\n\xff": (2, 0, "byte 0xff is not UTF-8$"),
    b"# coding: shift_jis\n\x83\x65\x83\x65x\xff": (2, 3, "byte 0xff is not shift_jis"),
    b"#!\n# coding: nothing\n": (2, 10, "unknown encoding nothing"),
    b"# coding: rot13\n": (1, 10, "unknown encoding rot13"),
    b"# coding: undefined\n": (1, 10, "not undefined, the declared encoding"),
    b"# coding: utf-7\n+2AA-": (1, 10, "lone surrogate"),
    b"# coding: utf-7\n+AAA-": (1, 10, "null character"),
    b"\xff\xfex\0": (1, 0, "UTF-16"),
    b"\xff\xfe\0\0x\0\0\0": (1, 0, "UTF-32"),
}


@pytest.mark.parametrize(("data", "expected"), ERRORS.items())
def test_errors_stand_where_the_flaw_is(data: bytes, expected: tuple[int, int, str]) -> None:
    line, column, message = expected
    with pytest.raises(SourceError, match=message) as caught:
        decode(data)
    assert (caught.value.line, caught.value.column) == (line, column)


NAMES = st.sampled_from(
    [
        "utf-8", "UTF_8", "utf8", "utf-8-sig", "utf-8-unix", "latin-1", "Latin_1-dos", "iso-8859-1",
        "iso-8859-15", "cp1252", "cp037", "ascii", "shift_jis", "utf-16", "utf-7", "nothing", "hex",
        "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs",
    ]
)  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(
        [b"#", b" ", b"\t", b"\x0c", b"\n", b"\r\n", b"coding", b":", b"=", b"x", b"-*-"]
    ),
    st.sampled_from([b"\xe9", b"\xc3\xa9", b"\0", b"\\ud800", b"+2AA-", b"'", b"\\", b"coding: "]),
    NAMES.map(str.encode),
)
SOURCES = st.builds(
    lambda bom, name, pieces: (
        bom + (f"# coding: {name}\n".encode() if name else b"") + b"".join(pieces)
    ),
    st.sampled_from([b"", b"", BOM]),
    st.one_of(st.none(), NAMES),
    st.lists(PIECES, max_size=12),
)


@given(SOURCES)
@example(b"#\x0c coding:utf8\n")
def test_any_bytes_are_decoded_or_refused_at_a_place_in_them(data: bytes) -> None:
    try:
        source = decode(data)
    except SourceError as error:
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        assert 1 <= error.line <= len(lines)
        assert 0 <= error.column <= len(lines[error.line - 1])
    else:
        source.text.encode("utf-8")
        assert "\0" not in source.text


@pytest.mark.filterwarnings("ignore:invalid escape sequence")
@given(SOURCES)
def test_the_encoding_is_the_one_that_tokenize_detects(data: bytes) -> None:
    assume(b"\r" not in data.replace(b"\r\n", b""))
    try:
        expected, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(expected)
    except (SyntaxError, LookupError, ValueError):
        return
    try:
        source = decode(data)
    except SourceError as error:
        assert "null" in error.message or "surrogate" in error.message
    else:
        assert source.encoding == expected.removesuffix("-sig")
        assert source.text == text


@given(SOURCES)
def test_what_is_decoded_is_what_the_parser_sees(data: bytes) -> None:
    """Bytes that Python parses are decoded, to a text with the same syntax tree.

    Unless they are not UTF-8: of those the parser overlooks some, in comments.
    """
    try:
        tree = _parse(data)
    except (SyntaxError, ValueError, LookupError):
        return
    try:
        source = decode(data)
    except SourceError as error:
        assert "is not UTF-8" in error.message or "unicode_escape" in error.message
    else:
        assert ast.dump(_parse(source.text)) == ast.dump(tree)


def _parse(source: bytes | str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


@given(st.text(), st.booleans())
def test_encoding_undoes_decoding(text: str, has_bom: bool) -> None:
    assume("\0" not in text and "coding" not in text and not text.startswith("\ufeff"))
    data = (BOM if has_bom else b"") + text.encode("utf-8", "ignore")
    source = decode(data)
    assert source.encode(source.text) == data
