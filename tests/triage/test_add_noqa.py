"""Comments are put where they silence what they are for, and change no code."""

from __future__ import annotations

import ast

import pytest

from connlint.facts.directives import directives
from connlint.source import decode
from connlint.triage.add_noqa import with_noqa
from connlint.triage.suppress import suppress
from triage.making import REGISTRY, finding


@pytest.mark.parametrize(
    ("before", "line", "statement", "after"),
    [
        ("x = f()\n", 1, 1, "x = f()  # noqa: DBC301\n"),
        ("x = f()", 1, 1, "x = f()  # noqa: DBC301"),
        ("x = f()  \r\ny = 1\r\n", 1, 1, "x = f()  # noqa: DBC301\r\ny = 1\r\n"),
        ("x = f()  # why\n", 1, 1, "x = f()  # why  # noqa: DBC301\n"),
        ("x = f()  # noqa: E501\n", 1, 1, "x = f()  # noqa: E501, DBC301\n"),
        ("x = f()  # noqa: E501 old\n", 1, 1, "x = f()  # noqa: E501, DBC301 old\n"),
        (
            "x = f()  # connlint: ignore[DBC104] old\n",
            1,
            1,
            "x = f()  # connlint: ignore[DBC104, DBC301] old\n",
        ),
        ('x = f("# noqa: E501")\n', 1, 1, 'x = f("# noqa: E501")  # noqa: DBC301\n'),
        ('x = f("""\na\n""")\n', 1, 1, None),
        ('x = f(\n  """\na\n""", g())\n', 4, 1, 'x = f(\n  """\na\n""", g())  # noqa: DBC301\n'),
        ('x = f(\n  """\na\n""", g())\n', 3, 1, 'x = f(  # noqa: DBC301\n  """\na\n""", g())\n'),
        ("x = \\\n  f()\n", 2, 1, "x = \\\n  f()  # noqa: DBC301\n"),
        ("x = \\\n  f()\n", 1, 1, None),
        ("x = f()  # a \\\n", 1, 1, "x = f()  # a \\  # noqa: DBC301\n"),
        ("x = (\n", 1, 1, None),
    ],
)
def test_the_comment_is_put_where_it_can_stand(
    before: str, line: int, statement: int, after: str | None
) -> None:
    found = finding(line=line, statement=statement)
    text, unplaced = with_noqa(decode(before.encode()), [found])
    assert text == (before if after is None else after)
    assert unplaced == ([found] if after is None else [])


def test_the_reason_stands_behind_all_codes_of_a_line() -> None:
    found = [finding(line=1), finding("DBC104", 1), finding(line=1, column=9)]
    text, _ = with_noqa(decode(b"x = f()\n"), found, "until the\nbuffer lands")
    assert text == "x = f()  # noqa: DBC301, DBC104 until the buffer lands\n"


def test_what_is_put_in_silences_and_changes_no_code() -> None:
    source = 'def f():\n    g(\n        "a"\n    )\n    h()  # why\n    s = """\n    x"""\n'
    found = [finding(line=line, statement=first) for line, first in ((2, 2), (3, 2), (5, 5))]
    found.append(finding(line=7, statement=6))
    text, unplaced = with_noqa(decode(source.encode()), found, "why")
    assert unplaced == []
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(source))
    comments = {"app/jobs.py": directives(decode(text.encode()))}
    assert [item.reason for item in suppress(found, comments, REGISTRY, {})] == ["why"] * 4
