"""The blocks around a place, and the ways in which a block can end."""

from __future__ import annotations

from textwrap import dedent

import pytest

from connlint.facts import types as f
from connlint.facts.extract import extract
from connlint.location import pack, unpack
from connlint.model.enclosing import endings, frames_around


def body_of(text: str) -> f.Body:
    """The body of a function with this text."""
    lines = "\n".join(f"    {line}" for line in dedent(text).strip().splitlines())
    return f.decode_body(extract(f"def function():\n{lines}\n".encode()).bodies[1])


PARTS = """
    with opened():
        try:
            first()
        except Exception:
            second()
        else:
            third()
        finally:
            fourth()
    fifth()
"""


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (4, ["body", "body", "body"]),
        (6, ["body", "body", "handler"]),
        (8, ["body", "body", "orelse"]),
        (10, ["body", "body", "final"]),
        (11, ["body"]),
    ],
)
def test_a_place_has_the_blocks_around_it(line: int, parts: list[str]) -> None:
    frames = frames_around(body_of(PARTS), pack(line, 20))
    assert [frame.part for frame in frames] == parts
    last = frames[-1].statement
    assert isinstance(last, f.Evaluate)
    assert unpack(last.at)[0] == line


def test_what_follows_a_place_is_behind_its_statement() -> None:
    frames = frames_around(body_of(PARTS), pack(4, 20))
    assert [len(frame.following) for frame in frames] == [1, 0, 0]


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("call()", {"end"}),
        ("raise ValueError", {"raise"}),
        ("if a:\n    return\nraise ValueError", {"return", "raise"}),
        ("if a:\n    return\nelse:\n    raise ValueError", {"return", "raise"}),
        ("if a:\n    return", {"return", "end"}),
        ("for a in b:\n    break", {"end"}),
        ("for a in b:\n    return a", {"return", "end"}),
        ("try:\n    raise ValueError\nexcept ValueError:\n    return", {"return"}),
        ("try:\n    a()\nfinally:\n    return", {"return"}),
        ("try:\n    return a()\nexcept ValueError:\n    pass", {"return", "end"}),
        ("with a:\n    return", {"return"}),
        ("stop()\nreturn", {"raise"}),
    ],
)
def test_a_block_ends_as_its_statements_do(text: str, ways: set[str]) -> None:
    def stops(call: f.Call) -> bool:
        return isinstance(call.func, f.Name) and call.func.id == "stop"

    assert endings(body_of(text), stops) == ways
