"""Diffs that git takes, and edits that make one text of the other."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.findings import Edit
from connlint.fix.diff import edits_between, unified_diff
from connlint.fix.outcome import FileChange
from connlint.location import Span
from connlint.source import decode, split_lines

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

CHANGES = {
    "plain": ("app/a.py", b"a\nb\nc\n", b"a\nB\nc\n"),
    "no newline at the end": ("a.py", b"a\nb", b"a\nB"),
    "newline added": ("a.py", b"a\nb", b"a\nb\n"),
    "newline removed": ("a.py", b"a\nb\n", b"a\nb"),
    "from nothing": ("a.py", b"", b"a\n"),
    "line ends of Windows": ("a.py", b"a\r\nb\r\n", b"a\r\nB\r\n"),
    "lone carriage returns": ("a.py", b"a\rb\rc", b"a\rB\rc"),
    "latin-1": ("a.py", "ä\nb\n".encode("latin-1"), "ä\nü\n".encode("latin-1")),
    "space in the name": ("my app/a b.py", b"a\n", b"b\n"),
    "quote in the name": ('a"b.py', b"a\n", b"b\n"),
    "backslash in the name": ("a\\b.py", b"a\n", b"b\n"),
    "tab in the name": ("a\tb.py", b"a\n", b"b\n"),
    "wide name": ("größe.py", b"a\n", b"b\n"),
    "far apart": ("a.py", b"x\n" * 50 + b"a\n" * 50, b"y\n" + b"x\n" * 49 + b"a\n" * 49 + b"b\n"),
}


@needs_git
@pytest.mark.parametrize(("path", "before", "after"), CHANGES.values(), ids=CHANGES)
def test_git_applies_it(tmp_path: Path, path: str, before: bytes, after: bytes) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(before)
    (tmp_path / "other.py").write_bytes(b"1\n2\n")
    changes = [
        FileChange(path, place, before, after),
        FileChange("other.py", tmp_path / "other.py", b"1\n2\n", b"1\n3\n"),
    ]
    done = subprocess.run(
        ["git", "apply", "--verbose"],
        input=unified_diff(changes), cwd=tmp_path, capture_output=True, timeout=60, check=False,
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert place.read_bytes() == after
    assert (tmp_path / "other.py").read_bytes() == b"1\n3\n"


def test_how_it_looks(tmp_path: Path) -> None:
    change = FileChange("app/a.py", tmp_path, b"a\nb\nc", b"a\nB\nc")
    assert unified_diff([change]).decode() == (
        "--- a/app/a.py\n+++ b/app/a.py\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
        "\\ No newline at end of file\n"
    )
    assert unified_diff([]) == b""


def _applied(text: str, edits: tuple[Edit, ...]) -> str:
    """``text`` after ``edits``, as an editor would apply them: from the last to the first."""
    starts = [0]
    for line in _with_ends(text):
        starts.append(starts[-1] + len(line))
    for edit in reversed(edits):
        first = starts[edit.span.line - 1] + edit.span.column
        last = starts[edit.span.end_line - 1] + edit.span.end_column
        text = text[:first] + edit.content + text[last:]
    return text


def _with_ends(text: str) -> list[str]:
    lines, at = [], 0
    for line in split_lines(text):
        end = at + len(line)
        stop = end + (2 if text.startswith("\r\n", end) else 1 if end < len(text) else 0)
        lines.append(text[at:stop])
        at = stop
    return lines


LINE = st.sampled_from(["a", "b", "c", "", "x = 1", "ü\x0c", "\u2028d"])
TEXT = st.builds(
    lambda lines, end, last: end.join(lines) + (end if last and lines else ""),
    st.lists(LINE, max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)


@given(TEXT, TEXT)
def test_edits_make_one_text_of_the_other(before: str, after: str) -> None:
    edits = edits_between("a.py", before.encode(), after.encode())
    assert _applied(before, edits) == after
    assert bool(edits) == (before != after)
    starts = [(edit.span.line, edit.span.column) for edit in edits]
    ends = [(edit.span.end_line, edit.span.end_column) for edit in edits]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_edits_are_small() -> None:
    before = "".join(f"line {n}\n" for n in range(5_000))
    after = before.replace("line 10\n", "").replace("line 4000\n", "line 4000\nmore\n")
    assert edits_between("a.py", before.encode(), after.encode()) == (
        Edit("a.py", Span(11, 0, 12, 0), ""),
        Edit("a.py", Span(4002, 0, 4002, 0), "more\n"),
    )


def test_what_cannot_be_read_has_no_edits() -> None:
    assert edits_between("a.py", b"\xff", b"a") == ()
    assert decode(b"a").text == "a"
