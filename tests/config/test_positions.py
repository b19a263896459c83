"""The lines of keys, held against tomllib: in the documents below each number is its own line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.config.keys import KeyPath, quoted
from connlint.config.positions import lines_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DOCUMENTS = {
    "keys and headers": """\
a = 1
b.c = 2
b."d.e" = 3

[t]
x = 6   # y = 9
[t.u]
'q' = 8
"r\\u0073" = 9
[ "v w" . z ]
k = 11
""",
    "arrays": """\
a = [1,
  2,
  # [[
  4, [4,
    5], ]
b = [ ]
c = 7
""",
    "inline tables": """\
a = { x = 1, y = { z = 1 }, "w" = [1, { v = 1 }] }
b = [ { p = 2 },
  { p = 3 }, ]
e = {}
c = 5
""",
    "texts with syntax inside": '''\
a = "# = ["
b = \'"""\'
c = """
x = [
\\"""
"""
d = \'\'\'
[t]
\'\'\'\'
e = """a"""""
f = "\\\\"
g = 12
[t] # ]
h = 14
''',
    "arrays of tables": """\
[[a]]
x = 2
[[a]]
x = 4
[a.b]
y = 6
[[a.c]]
z = 8
[[a.c]]
z = 10
[[d.e]]
f = 12
""",
    "numbers and dates": """\
a = 1979-05-27 07:32:00
b = 1979-05-27T07:32:00.5Z # 1
c = -inf
d = 0x04
e = 5
""",
}


def _leaves(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    yield path, value
    if isinstance(value, (dict, list)):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, entry in entries:
            yield from _leaves(entry, (*path, key))


def _check(text: str) -> int:
    """Hold the positions of ``text`` against its contents; how many numbers there were."""
    found = dict(_leaves(tomllib.loads(text)))
    del found[()]
    lines = lines_of(text)
    assert lines.keys() == found.keys()
    numbers = {path: value for path, value in found.items() if type(value) is int}
    assert {path: lines[path] for path in numbers} == numbers
    return len(numbers)


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_each_number_is_found_on_its_line(text: str) -> None:
    assert _check(text) > 0


def test_a_table_has_the_line_of_its_first_mention() -> None:
    lines = lines_of("\n[a.b]\nc = 1\n[a]\nd = 1\n")
    assert lines[("a",)] == lines[("a", "b")] == 2


def test_an_empty_document_has_no_lines() -> None:
    assert lines_of("") == lines_of("# only a comment") == {}


@pytest.mark.parametrize("text", ["= 1", "a = "])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not valid TOML at character"):
        lines_of(text)


SPACE = st.sampled_from(["", " ", "\t"])
BREAK = st.sampled_from(["", "\n", " # c ]},\n", "\n\n"])
TEXTS = st.text("ab#[]{}=,.\\\"'", max_size=6)
KEYS = st.text("ab-_1", min_size=1, max_size=3) | TEXTS.map(quoted)
SCALARS = st.one_of(
    st.just("@"),
    st.just("1979-05-27 07:32:00"),
    st.just("true"),
    st.just('"""\n"\\"""a"""'),
    st.just("'''\n''a'''"),
    TEXTS.map(quoted),
)


@st.composite
def arrays(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    parts = draw(st.lists(items, max_size=3))
    return "[" + ",".join(draw(BREAK) + part + draw(BREAK) for part in parts) + draw(BREAK) + "]"


@st.composite
def pairs(draw: st.DrawFn, values: st.SearchStrategy[str], key: str) -> str:
    return f"{key}{draw(SPACE)}={draw(SPACE)}{draw(values)}{draw(SPACE)}"


@st.composite
def inline_tables(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    keys = draw(st.lists(KEYS, max_size=3, unique_by=_spelt))
    return "{" + ",".join(draw(pairs(values, key)) for key in keys) + "}"


def _spelt(key: str) -> str:
    return str(next(iter(tomllib.loads(f"{key} = 1"))))


VALUES = st.recursive(SCALARS, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A valid document, with ``@`` for each number."""
    blocks = [""]
    for number in range(draw(st.integers(0, 4))):
        name = f"t{number}" if draw(st.booleans()) else "items"
        blocks.append(f"[[{name}]]\n" if name == "items" else f"[{name} . x]\n")
    lines: list[str] = []
    for block in blocks:
        lines.append(block)
        for key in draw(st.lists(KEYS, max_size=3, unique_by=_spelt)):
            if _spelt(key) != "items" and not _spelt(key).startswith("t"):
                lines += [draw(BREAK), draw(pairs(VALUES, key)), "\n"]
    return "".join(lines)


def _numbered(text: str) -> str:
    """``text`` with each ``@`` replaced by its line."""
    return "\n".join(
        line.replace("@", str(number)) for number, line in enumerate(text.split("\n"), 1)
    )


@given(documents())
def test_any_document_is_read_as_tomllib_reads_it(document: str) -> None:
    _check(_numbered(document))
