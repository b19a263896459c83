"""Hostile inputs: those in fixtures/hostile, those too large or deep to store, and odd files.

For each input in fixtures/hostile, what has to come of it is written down here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "fixtures" / "hostile"
HUGE = 200 * 1024 * 1024


class Flaw(NamedTuple):
    """Where an input can't be read, columns from 0, and a word of the reason.

    An empty word: the parser's own, which is another in each Python; so is its column then.
    """

    line: int
    column: int = 0
    word: str = ""


FLAWS = {
    "ascii_declared_but_not.py": Flaw(3, 6, "byte 0xc3 is not ascii, the declared encoding"),
    "backslash_at_the_end.py": Flaw(1),
    "binary.py": Flaw(1, 135, "null byte"),
    "byte_order_mark_against_cookie.py": Flaw(1, 14, "declared as latin-1"),
    "cookie_after_code.py": Flaw(3, 8, "byte 0xeb is not UTF-8, and no other encoding"),
    "cookie_on_line_three.py": Flaw(4, 8, "byte 0xeb is not UTF-8"),
    "encoding_that_is_none.py": Flaw(1, 10, "unknown encoding hex"),
    "half_a_function.py": Flaw(1),
    "huge_integer.py": Flaw(1),
    "inconsistent_tabs.py": Flaw(3),
    "latin1_undeclared.py": Flaw(2, 10, "byte 0xeb is not UTF-8"),
    "merge_conflict.py": Flaw(2),
    "null_byte.py": Flaw(2, 5, "null byte"),
    "open_string.py": Flaw(1),
    "python_2.py": Flaw(1),
    "stray_backslash.py": Flaw(3),
    "template.py": Flaw(1),
    "truncated_utf8.py": Flaw(2, 8, "byte 0xe2 is not UTF-8"),
    "unknown_encoding.py": Flaw(1, 10, "unknown encoding klingon"),
    "utf16.py": Flaw(1, 0, "encoded as UTF-16"),
    "utf7_hiding_a_null.py": Flaw(1, 10, "null character"),
    "utf7_hiding_a_surrogate.py": Flaw(1, 10, "lone surrogate"),
}
_NEWER = {
    "except_groups.py": ((3, 11), Flaw(3)),
    "except_without_parentheses.py": ((3, 14), Flaw(3)),
    "nested_f_strings.py": ((3, 12), Flaw(1)),
    "pep695_generics.py": ((3, 12), Flaw(1)),
    "template_strings.py": ((3, 14), Flaw(1)),
    "type_parameter_defaults.py": ((3, 13), Flaw(1)),
}
FLAWS |= {name: flaw for name, (version, flaw) in _NEWER.items() if sys.version_info < version}

STORED = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.py"))}


def _nested(opening: str, closing: str, depth: int) -> bytes:
    return f"x = {opening * depth}1{closing * depth}\n".encode()


def _indented(line: str, depth: int, last: str) -> bytes:
    lines = [f"{' ' * level}{line.format(level)}" for level in range(depth)]
    return "\n".join([*lines, f"{' ' * depth}{last}\n"]).encode()


DEEP: dict[str, Callable[[], bytes]] = {
    "attributes_5000.py": lambda: b"x = a" + b".b" * 5000 + b"\n",
    "brackets_190.py": lambda: _nested("[", "]", 190),
    "calls_chained_5000.py": lambda: b"x = a" + b".b().c()" * 5000 + b"\n",
    "calls_nested_150.py": lambda: _nested("f(", ")", 150),
    "classes_nested_90.py": lambda: _indented("class C{}:", 90, "session.commit()"),
    "comparisons_5000.py": lambda: b"x = " + b" < ".join([b"a"] * 5000) + b"\n",
    "conditions_chained_1000.py": lambda: b"x = " + b"a if b else " * 1000 + b"c\n",
    "decorators_2000.py": lambda: b"@a\n" * 2000 + b"def f(): pass\n",
    "elifs_2000.py": lambda: b"if a:\n f()\n" + b"elif b:\n session.commit()\n" * 2000,
    "functions_3000.py": lambda: b"def f(db):\n    db.commit()\n" * 3000,
    "functions_nested_120.py": lambda: _indented("def f{}():", 120, "session.commit()"),
    "functions_nested_90.py": lambda: _indented("def f{}():", 90, "session.commit()"),
    "lambdas_nested_1000.py": lambda: _nested("lambda: ", "", 1000),
    "line_of_1_MB.py": lambda: b"x = [" + b"f('%s'), " % (b"a" * 92) * 10_000 + b"]\n",
    "lists_nested_1000.py": lambda: _nested("[", "]", 1000),
    "loops_nested_20.py": lambda: _indented("for i{} in x:", 20, "session.commit()"),
    "names_of_1_MB.py": lambda: b"a" * 1_000_000 + b".commit()\n",
    "nots_3000.py": lambda: _nested("not ", "", 3000),
    "parentheses_3000.py": lambda: _nested("(", ")", 3000),
    "parentheses_open_3000.py": lambda: _nested("(", "", 3000),
    "powers_1000.py": lambda: b"x = " + b" ** ".join([b"a"] * 1000) + b"\n",
    "statements_on_a_line.py": lambda: b"a();" * 10_000 + b"\n",
    "string_of_1_MB.py": lambda: b"x = 'SELECT " + b"a" * 1_000_000 + b"'\n",
    "subscripts_5000.py": lambda: b"x = a" + b"[0]" * 5000 + b"\n",
    "sum_of_5000.py": lambda: b"x = " + b" + ".join([b"a"] * 5000) + b"\n",
    "try_blocks_3000.py": lambda: b"try:\n db.commit()\nexcept E:\n pass\n" * 3000,
    "withs_of_1000_items.py": lambda: b"with " + b", ".join([b"a as b"] * 1000) + b":\n pass\n",
}
"""Inputs that are deep or long. Some can be analysed, some only be reported."""

MUST_BE_ANALYSED = frozenset(
    {
        "brackets_190.py", "calls_nested_150.py", "classes_nested_90.py", "comparisons_5000.py",
        "decorators_2000.py", "functions_3000.py", "functions_nested_90.py", "line_of_1_MB.py",
        "loops_nested_20.py", "names_of_1_MB.py", "statements_on_a_line.py", "string_of_1_MB.py",
        "try_blocks_3000.py", "withs_of_1000_items.py",
    }
)  # fmt: skip
"""Those of the deep ones that Python itself runs in any version."""


def grow_odd_files(folder: Path) -> list[str]:
    """Make files that are hard to read at all; returns the names of those that can't be.

    A file that nobody may read is none of them: root may.
    """
    with (folder / "huge.py").open("wb") as file:
        file.truncate(HUGE)
    os.mkfifo(folder / "pipe.py")
    (folder / "folder.py").mkdir()
    (folder / "gone.py").symlink_to("nowhere.py")
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "loop").symlink_to(".")
    return ["huge.py", "pipe.py", "folder.py", "gone.py", "loop.py"]
