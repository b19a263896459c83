"""Lines and columns of a text are those of Python's own tokenizer and parser."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.source import CharacterColumns, split_lines

LINES = {
    "": [],
    "x": ["x"],
    "x\n": ["x"],
    "\n": [""],
    "x\n\n": ["x", ""],
    "x\r\ny\rz\n": ["x", "y", "z"],
    "\r\r\n\n": ["", "", ""],
    "a\x0cb\x0bc\x1cd\x85e\u2028f\u2029g": ["a\x0cb\x0bc\x1cd\x85e\u2028f\u2029g"],
}


@pytest.mark.parametrize(("text", "lines"), LINES.items())
def test_lines(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


TEXTS = st.lists(
    st.sampled_from(
        ["\n", "\r\n", "\r", "\x0c", "\x0b", "\u2028", "\x85", "a", "\xeb", "\U0001f4be", " "]
    )
).map("".join)


@given(TEXTS)
def test_lines_are_those_that_the_tokenizer_sees(text: str) -> None:
    """Every line is made a comment, so that any text can be tokenized."""
    commented = "".join(f"#{line}\n" for line in split_lines(text))
    tokens = tokenize.generate_tokens(io.StringIO(commented, newline="").readline)
    comments = [token.string[1:] for token in tokens if token.type == tokenize.COMMENT]
    assert [each.rstrip() for each in comments] == [each.rstrip() for each in split_lines(text)]


@given(
    st.lists(st.sampled_from(["x = 1", "", "'\xeb\U0001f4be'", "f(\x0c)", "'\u2028'"])), st.data()
)
def test_lines_are_those_that_the_parser_counts(statements: list[str], data: st.DataObject) -> None:
    ends = [data.draw(st.sampled_from(["\n", "\r\n", "\r"])) for _ in statements]
    text = "".join(map(str.__add__, statements, ends)) + "last"
    assert ast.parse(text).body[-1].lineno == len(split_lines(text))


@given(st.text(st.sampled_from("a\xeb\u4e2d\U0001f4be"), max_size=20), st.integers(0, 3))
def test_columns_count_characters(name: str, line: int) -> None:
    text = "x\n" * line + f"f('{name}', g)\n"
    call = ast.parse(text).body[-1]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    last = call.value.args[1]
    columns = CharacterColumns(text)
    assert columns.column(last.lineno, last.col_offset) == len(f"f('{name}', ")
    assert columns.column(last.lineno, 0) == 0


def test_a_column_inside_a_character_is_that_of_the_character() -> None:
    columns = CharacterColumns("x\n\U0001f4be\xeb\n")
    assert [columns.column(2, byte) for byte in range(7)] == [0, 0, 0, 0, 1, 1, 2]
    assert columns.column(1, 1) == 1
    assert columns.column(9, 3) == 3
