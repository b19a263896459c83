"""How files are named, opened and limited, and proof that another file would be noticed."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for part in ("src", "tests") for path in (ROOT / part).rglob("*.py"))
PACKAGE = ROOT / "src" / "connlint"
MAX_LINES = 450
MIN_WORDS = 5
NAMES_THAT_SAY_NOTHING = re.compile(r"(?:utils?|commons?|helpers?|misc|shared|stuff)$")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def _opening(source: str) -> str:
    """The first paragraph of the module's docstring; empty when it has none."""
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")[0]


def _is_sentence(text: str) -> bool:
    return text.endswith((".", ":")) and len(text.split()) >= MIN_WORDS


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _unfinished(source: str) -> list[int]:
    return [line for line, comment in _comments(source) if UNFINISHED.search(comment)]


def _says_nothing(path: Path) -> bool:
    return any(NAMES_THAT_SAY_NOTHING.search(part) for part in path.with_suffix("").parts)


def test_there_are_sources() -> None:
    assert len(SOURCES) > 20


def test_no_file_is_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_folder_of_code_has_an_init() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_no_two_test_modules_share_a_name() -> None:
    """Their folders are no packages: pytest could import one of them only."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, number in names.items() if number > 1] == []


def test_every_module_says_what_it_is() -> None:
    openings = {path: _opening(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
    assert [path for path, opening in openings.items() if not _is_sentence(opening)] == []


def test_no_name_says_nothing() -> None:
    assert [path for path in SOURCES if _says_nothing(path.relative_to(ROOT))] == []


def test_nothing_is_left_unfinished() -> None:
    left = {path: lines for path in SOURCES if (lines := _unfinished(path.read_text("utf-8")))}
    assert left == {}


def test_the_checks_notice_what_they_are_for() -> None:
    assert _opening('"""One sentence.\n\nMore."""') == "One sentence."
    assert not _is_sentence(_opening("x = 1"))
    assert _unfinished('x = "TODO"\ny = 1  # TODO: later\n') == [2]
    assert _says_nothing(Path("src/connlint/utils.py"))
    assert _says_nothing(Path("src/connlint/test_helpers/a.py"))
    assert not _says_nothing(Path("src/connlint/community.py"))
