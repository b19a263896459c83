"""Unused codes are taken out of comments, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.case_projects import apply_fixes

CASES = {
    "the whole comment": ("x = 1  # connlint: ignore[DBC900] why\n", "x = 1\n"),
    "one of two": (
        "def f(:  # connlint: ignore[DBC101, DBC900] why\n",
        "def f(:  # connlint: ignore[DBC101, DBC900] why\n",
    ),
    "by name": ("x = 1  # connlint: ignore[unreadable-file] why\n", "x = 1\n"),
    "noqa": ("x = 1  # noqa: DBC900\n", "x = 1\n"),
    "noqa with a reason": ("x = 1  # noqa: DBC900 why\n", "x = 1\n"),
    "codes of others stay": ("x = 1  # noqa: E501, DBC900\n", "x = 1  # noqa: E501\n"),
    "codes of others stay first": (
        "x = 1  # noqa: DBC900, E501 why\n",
        "x = 1  # noqa: E501 why\n",
    ),
    "words before it stay": ("x = 1  # big  # noqa: DBC900\n", "x = 1  # big\n"),
    "another pragma stays": (
        "x = 1  # noqa: DBC900  # type: ignore\n",
        "x = 1  # type: ignore\n",
    ),
    "two comments on a line": (
        "x = 1  # noqa: DBC900  # connlint: ignore[DBC101] why\n",
        "x = 1\n",
    ),
    "a line of its own": ("x = 1\n# connlint: ignore-file[DBC900] why\ny = 2\n", "x = 1\ny = 2\n"),
    "in a block": (
        "def f():\n    # connlint: ignore-file[DBC900] why\n    return 1\n",
        "def f():\n    return 1\n",
    ),
    "behind a header": ("def f():  # noqa: DBC900\n    return 1\n", "def f():\n    return 1\n"),
    "inside brackets": ("x = [\n    1,  # noqa: DBC900\n    2,\n]\n", "x = [\n    1,\n    2,\n]\n"),
    "at the end": ("x = 1\n# connlint: ignore-file[DBC900] why\n", "x = 1\n"),
    "wide characters before it": ("x = '大'  # noqa: DBC900\n", "x = '大'\n"),
    "in a string": ("x = '# noqa: DBC900'\n", "x = '# noqa: DBC900'\n"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_only_what_is_not_needed_goes(before: str, after: str, tmp_path: Path) -> None:
    (tmp_path / "connlint.toml").write_text("")
    (tmp_path / "app.py").write_text(before, encoding="utf-8")
    apply_fixes(tmp_path)
    assert (tmp_path / "app.py").read_text("utf-8") == after


def test_needed_codes_of_the_same_comment_stay(tmp_path: Path) -> None:
    (tmp_path / "connlint.toml").write_text('[sessions]\nforbidden = ["a.make"]\n')
    (tmp_path / "a.py").write_text("def make(): ...\n")
    line = "x = make()  # connlint: ignore[{}] why\n"
    source = "from a import make  # noqa: DBC102\n\n"
    (tmp_path / "app.py").write_text(source + line.format("DBC900, DBC101, unreadable-file"))
    apply_fixes(tmp_path)
    assert (tmp_path / "app.py").read_text() == source + line.format("DBC101")
