"""Suppression comments: what counts as one, what it says, and on which statement it stands."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.facts.directives import directives
from connlint.facts.types import Directive
from connlint.location import unpack
from connlint.source import decode, split_lines


def read(text: str) -> tuple[Directive, ...]:
    return directives(decode(text.encode()))


def said(text: str) -> list[tuple[str, tuple[str, ...], str]]:
    return [(each.kind, each.codes, each.reason) for each in read(text)]


def malformed(reason: str) -> tuple[str, tuple[str, ...], str]:
    return ("malformed", (), reason)


OURS = {
    "one code": ("# connlint: ignore[DBC301]", ("DBC301",), ""),
    "a reason": ("# connlint: ignore[DBC301] it's fine", ("DBC301",), "it's fine"),
    "several codes": ("# connlint: ignore[DBC301, DBC302] ok", ("DBC301", "DBC302"), "ok"),
    "a code twice": ("# connlint: ignore[DBC301,DBC301]", ("DBC301",), ""),
    "a rule's name": ("# connlint: ignore[per-event-write]", ("per-event-write",), ""),
    "small letters": ("# connlint: ignore[dbc301]", ("DBC301",), ""),
    "no such code": ("# connlint: ignore[E501]", ("E501",), ""),
    "no blanks": ("#connlint:ignore[DBC301]because", ("DBC301",), "because"),
    "many blanks": ("#  connlint :  ignore [ DBC301  DBC302 ]   so  ", ("DBC301", "DBC302"), "so"),
    "capitals": ("# Connlint: Ignore[DBC301]", ("DBC301",), ""),
    "a colon before the reason": ("# connlint: ignore[DBC301]: so", ("DBC301",), "so"),
    "a dash before the reason": ("# connlint: ignore[DBC301] - so", ("DBC301",), "so"),
    "the reason as a comment": ("# connlint: ignore[DBC301]  # so", ("DBC301",), "so"),
    "a number in the reason": (
        "# connlint: ignore[DBC301] see #12: ok",
        ("DBC301",),
        "see #12: ok",
    ),
    "behind other words": ("# why not  # connlint: ignore[DBC301] so", ("DBC301",), "so"),
    "behind another tool": ("# type: ignore[x]  # connlint: ignore[DBC301]", ("DBC301",), ""),
    "before another tool": ("# connlint: ignore[DBC301] so  # type: ignore", ("DBC301",), "so"),
    "before a foreign noqa": ("# connlint: ignore[DBC301] so # noqa: E501", ("DBC301",), "so"),
}


@pytest.mark.parametrize(("comment", "codes", "reason"), OURS.values(), ids=OURS)
def test_our_comments(comment: str, codes: tuple[str, ...], reason: str) -> None:
    assert said(f"x = 1  {comment}\n") == [("ignore", codes, reason)]


NOQA = {
    "blanket": ("# noqa", [((), "")]),
    "blanket with a reason": ("# noqa - it is late", [((), "it is late")]),
    "a code": ("# noqa: DBC301", [(("DBC301",), "")]),
    "codes and a reason": ("# noqa:DBC301,DBC302 so", [(("DBC301", "DBC302"), "so")]),
    "capitals": ("# NOQA: dbc301", [(("DBC301",), "")]),
    "a blank before the colon": ("# noqa : DBC301", [(("DBC301",), "")]),
    "codes of other tools": ("# noqa: E501, F401", []),
    "among codes of other tools": ("# noqa: E501, DBC301 F401 so", [(("DBC301",), "so")]),
    "an unknown code of ours": ("# noqa: DBC999", [(("DBC999",), "")]),
    "no code of ours": ("# noqa: DBCX", [(("DBCX",), "")]),
    "prose": ("# noqa: this line is fine", []),
    "a colon only": ("# noqa:", []),
    "another word": ("# noqaDBC301", []),
    "not at the start": ("# see noqa: DBC301", []),
    "twice": ("# noqa: DBC301  # noqa: DBC302", [(("DBC301",), ""), (("DBC302",), "")]),
}


@pytest.mark.parametrize(("comment", "expected"), NOQA.values(), ids=NOQA)
def test_noqa(comment: str, expected: list[tuple[tuple[str, ...], str]]) -> None:
    assert said(f"x = 1  {comment}\n") == [("noqa", codes, reason) for codes, reason in expected]


MALFORMED = {
    "# connlint: ignor[DBC301]": "'ignor' is neither 'ignore' nor 'ignore-file'",
    "# connlint: disable=DBC301": "'disable' is neither 'ignore' nor 'ignore-file'",
    "# connlint:": "'' is neither 'ignore' nor 'ignore-file'",
    "# connlint: ignore": "'ignore' has to name codes: ignore[DBC301]",
    "# connlint: ignore DBC301": "'ignore' has to name codes: ignore[DBC301]",
    "# connlint: ignore-file": "'ignore-file' has to name codes: ignore-file[DBC301]",
    "# connlint: ignore[]": "there is no code between the brackets",
    "# connlint: ignore[ , ]": "there is no code between the brackets",
    "# connlint: ignore[DBC301": "the bracket is never closed",
    "# connlint: ignore[DBC301; DBC302]": "'DBC301;' is neither a code nor a rule's name",
    "# connlint: ignore-file[DBC301]": "'ignore-file' has to stand on a line of its own",
}


@pytest.mark.parametrize(("comment", "reason"), MALFORMED.items())
def test_what_can_not_be_read_is_told(comment: str, reason: str) -> None:
    assert said(f"x = 1  {comment}\n") == [malformed(reason)]


def test_whole_files() -> None:
    text = (
        "# connlint: ignore-file[DBC104, DBC301] so\nx = 1\n    # connlint: ignore-file[DBC1] x\n"
    )
    assert said(text) == [
        ("ignore-file", ("DBC104", "DBC301"), "so"),
        ("ignore-file", ("DBC1",), "x"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x = '# connlint: ignore[DBC301]'\n",
        "'''\n# connlint: ignore-file[DBC301]\n# noqa\n'''\n",
        "x = f'{y}# noqa: DBC301'\n",
        "import connlint: # nothing",
        "connlint: int = 1  # ignore[DBC301]\n",
        "x = 'noqa: DBC301'  # a comment\n",
    ],
)
def test_text_is_no_comment(text: str) -> None:
    assert read(text) == ()


STATEMENTS = {
    "a line": ("x = 1  # noqa\n", 1),
    "a line of its own": ("x = 1\n# noqa\n", 0),
    "an indented line of its own": ("if x:\n    # noqa\n    y = 1\n", 0),
    "the last line of several": ("\nf(\n    1,\n)  # noqa\n", 2),
    "between brackets": ("x = 1\nf(\n    1,  # noqa\n)\n", 2),
    "alone between brackets": ("f(\n    # noqa\n    1,\n)\n", 0),
    "behind a text of several lines": ("x = '''\na\n'''  # noqa\n", 1),
    "behind a backslash": ("x = 1 + \\\n    2  # noqa\n", 1),
    "a header": ("if a and \\\n   b:  # noqa\n    pass\n", 1),
    "a body": ("if a:\n    f()  # noqa\n", 2),
    "after a semicolon": ("a(); b(\n)  # noqa\n", 1),
    "a decorator": ("@a\n@b  # noqa\ndef f(): pass\n", 2),
    "the end of the file": ("x = [\n1]  # noqa", 1),
    "carriage returns": ("x = 1\ry = 2  # noqa\r", 2),
    "a form feed": ("x = 1\n\x0cy = 2  # noqa\n", 2),
    "a line separator": ("x = '\u2028'\ny = 2  # noqa\n", 2),
}


@pytest.mark.parametrize(("text", "statement"), STATEMENTS.values(), ids=STATEMENTS)
def test_the_statement_of_a_comment(text: str, statement: int) -> None:
    assert [each.statement for each in read(text)] == [statement]


SPANS = {
    "x = 1  # connlint: ignore[DBC301] so   \n": ["# connlint: ignore[DBC301] so"],
    "'\U0001f4be\xeb'  # noqa: DBC301\n": ["# noqa: DBC301"],
    "x  # type: ignore # noqa: DBC1 a # noqa: DBC2 # x: y": ["# noqa: DBC1 a", "# noqa: DBC2"],
    "\r\n\n  # noqa  \r\n": ["# noqa"],
    "x = 1 # connlint: ignor": ["# connlint: ignor"],
}


@pytest.mark.parametrize(("text", "expected"), SPANS.items())
def test_spans_hold_the_directive_and_no_more(text: str, expected: list[str]) -> None:
    assert [_spanned(text, each) for each in read(text)] == expected


def _spanned(text: str, directive: Directive) -> str:
    (line, start), (last, end) = unpack(directive.at), unpack(directive.end)
    assert line == last
    return split_lines(text)[line - 1][start:end]


def test_what_comes_before_text_that_can_not_be_tokenized_is_kept() -> None:
    assert said("x = 1  # noqa: DBC301\ny = '''\nz = 1  # noqa: DBC302\n") == [
        ("noqa", ("DBC301",), "")
    ]
    assert said("if x:\n        y = 1  # noqa: DBC301\n    z = 1  # noqa: DBC302\n")[:1] == [
        ("noqa", ("DBC301",), "")
    ]


@pytest.mark.parametrize(
    "text", ["x = 1\n", "x = 1  # noqa: E501, F401\n", "noqa = 'connlint'\n", "# noqa: see above\n"]
)
def test_text_without_a_directive_is_not_tokenized(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(tokenize, "generate_tokens")
    assert read(text) == ()


CODES = st.lists(
    st.from_regex(r"DBC[1-9]\d\d", fullmatch=True), min_size=1, max_size=3, unique=True
)
REASONS = st.from_regex(r"([a-z0-9][a-z0-9 (),.#'!-]{0,30}[a-z0-9)])?", fullmatch=True)
BLANKS = st.sampled_from(["", " ", "  ", "\t"])


@given(CODES, REASONS, BLANKS, BLANKS, st.sampled_from(["ignore", "ignore-file", "noqa"]))
def test_what_was_written_is_read(
    codes: list[str], reason: str, blank: str, other: str, kind: str
) -> None:
    if " #" in reason:
        reason = ""
    if kind == "noqa":
        comment = f"#{blank}noqa:{other}{f',{other}'.join(codes)}{' (' + reason if reason else ''}"
        expected = f"({reason}" if reason else ""
    else:
        comment = f"#{blank}connlint:{other}{kind}[{f'{other},'.join(codes)}]{blank} {reason}"
        expected = reason
    text = f"{comment}\n" if kind == "ignore-file" else f"x = 1{blank}{comment}\n"
    assert said(text) == [(kind, tuple(codes), expected)]


LINES = st.lists(
    st.sampled_from(
        [
            "# noqa", "# noqa: DBC301", "# connlint: ignore[DBC301] so", "# connlint: ignor", "\\",
            "'", '"', "'''", '"""', "\n", "\r\n", "\r", "\x0c", "x", "(", ")", "#", " ", "    ",
            "f'", "{", "}", "\xeb", ": ", "connlint:", "noqa", "[", "]", ",", "DBC1",
        ]
    )
).map("".join)  # fmt: skip


@given(LINES)
def test_any_text_is_survived_and_spans_stand_in_comments(text: str) -> None:
    found = read(text)
    assert list(found) == sorted(found, key=lambda each: each.at)
    for directive in found:
        assert _spanned(text, directive).startswith("#")
        line = unpack(directive.at)[0]
        assert directive.statement <= line
    assert len(found) == len({each.at for each in found})


@given(LINES)
def test_directives_are_those_of_the_comments_one_by_one(text: str) -> None:
    """Reading a whole text gives what reading each of its comments alone gives."""
    normal = "\n".join(split_lines(text)) + "\n"
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(normal).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    alone = [each for comment in comments for each in read(f"{comment}\n")]
    assert [each.codes for each in read(text)] == [each.codes for each in alone]
