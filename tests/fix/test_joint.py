"""A fix that spans files is done in all of them or in none, whatever happens on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import libcst as cst
import pytest

from connlint.findings import Finding, FixIntent, FixPart
from connlint.fix import groups as fix_groups
from connlint.fix import plan, write
from connlint.fix.apply import plan_and_apply
from connlint.fix.joint import paths_of, together
from connlint.fix.outcome import FixOptions, FixOutcome, FixTarget, Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite
from connlint.fix.transformers import Transformer
from connlint.location import Span


class Words:
    """Files in which the word ``old`` is found and replaced with ``new`` wherever it stands.

    Each word is one finding, in the first of its files, with a part in each other place.
    """

    def __init__(self, root: Path, **files: str) -> None:
        self.root = root
        self.files = {f"{name}.py": text.encode() for name, text in files.items()}
        for path, content in self.files.items():
            (root / path).write_bytes(content)

    def __call__(self, changes: Mapping[str, bytes]) -> list[Finding]:
        places: dict[str, list[tuple[str, Span]]] = {}
        for path, content in sorted({**self.files, **changes}.items()):
            for line, text in enumerate(content.decode().splitlines(), 1):
                for word in re.finditer(r"old_\w+", text):
                    span = Span(line, word.start(), line, word.end())
                    places.setdefault(word[0], []).append((path, span))
        return [_finding(word, found) for word, found in sorted(places.items())]

    def fix(self, *, missing: str = "", unsafe: bool = True) -> FixOutcome:
        targets = {
            path: FixTarget(path, self.root / path, content)
            for path, content in self.files.items()
            if path != missing
        }
        options = FixOptions(self.root, self.root / "cache", unsafe=unsafe)
        return plan_and_apply(self({}), targets, options, self)

    def read(self) -> list[str]:
        return [(self.root / path).read_text() for path in self.files]


def _finding(word: str, found: list[tuple[str, Span]]) -> Finding:
    (path, span), *rest = found
    parts = tuple(FixPart(other, at, {"word": word}) for other, at in rest)
    return Finding(
        code="DBC107", name="x", severity="warning", priority="low", message=word, path=path,
        span=span, statement=span, symbol=path, matched=word,
        intent=FixIntent("rename", "safe", f"rename {word}", parts=parts),
    )  # fmt: skip


def _rename(place: Place) -> Rewrite:
    name = place.tree.node_at(place.span, cst.Name)
    assert name
    assert place.data.get("word", name.value) == name.value
    rewrite = Rewrite()
    rewrite.replace(name, cst.Name(name.value.replace("old", "new")))
    if "refused" in place.tree.source.text:
        raise Refused("not here")
    if "unsafe" in place.tree.source.text:
        rewrite.unsafe.append("odd")
    return rewrite


@pytest.fixture(autouse=True)
def _renaming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "transformer_of", lambda kind: Transformer(_rename, False))


def _told(outcome: FixOutcome) -> list[tuple[str, str]]:
    return [(each.finding.matched, each.reason) for each in (*outcome.refused, *outcome.left)]


def test_all_places_change_together(tmp_path: Path) -> None:
    words = Words(tmp_path, a="old_x = 1\nold_x\n", b="old_y = 2\n", c="old_x + old_x\n")
    outcome = words.fix()
    assert words.read() == ["new_x = 1\nnew_x\n", "new_y = 2\n", "new_x + new_x\n"]
    assert [each.finding.matched for each in outcome.fixed] == ["old_x", "old_y"]
    assert _told(outcome) == []


def test_what_one_file_refuses_no_file_gets(tmp_path: Path) -> None:
    words = Words(tmp_path, a="old_x = 1\n", b="old_x  # refused\n", c="old_x + old_y\n")
    outcome = words.fix()
    assert words.read() == ["old_x = 1\n", "old_x  # refused\n", "old_x + new_y\n"]
    assert _told(outcome) == [("old_x", "not here")]


def test_what_is_unsafe_in_one_file_is_unsafe(tmp_path: Path) -> None:
    words = Words(tmp_path, a="old_x = 1\n", b="old_x  # unsafe\n")
    outcome = words.fix(unsafe=False)
    assert words.read() == ["old_x = 1\n", "old_x  # unsafe\n"]
    assert _told(outcome) == [("old_x", "takes --unsafe-fixes: odd")]
    assert words.fix().changes


def test_what_collides_in_one_file_waits_in_all(tmp_path: Path) -> None:
    words = Words(tmp_path, a="old_x = 1\n", b="old_y = 2\n", c="old_x + old_y\n")
    outcome = words.fix()
    assert words.read() == ["new_x = 1\n", "new_y = 2\n", "new_x + new_y\n"]
    assert len(outcome.fixed) == 2


@pytest.mark.parametrize("text", ["old_x = 1\r\ny = 2\n", "old_x = 1\n\x0cy = 2\n"])
def test_a_file_that_can_not_be_rewritten_keeps_the_others(tmp_path: Path, text: str) -> None:
    words = Words(tmp_path, a="old_x = 1\n", b=text, c="old_y = 1\n")
    outcome = words.fix()
    assert words.read()[0] == "old_x = 1\n"
    assert words.read()[2] == "new_y = 1\n"
    ((word, reason),) = _told(outcome)
    assert word == "old_x"
    assert reason.startswith("b.py: the file ")


def test_a_file_that_nobody_asked_for_keeps_the_others(tmp_path: Path) -> None:
    words = Words(tmp_path, a="old_x = 1\n", b="old_x\n")
    outcome = words.fix(missing="b.py")
    assert words.read() == ["old_x = 1\n", "old_x\n"]
    assert _told(outcome) == [("old_x", "b.py: the file is not among those that were analysed")]


def test_what_one_file_does_not_stand_up_to_no_file_gets(tmp_path: Path) -> None:
    class Wary(Words):
        def __call__(self, changes: Mapping[str, bytes]) -> list[Finding]:
            found = super().__call__(changes)
            if b"new_x" in changes.get("b.py", b""):
                found.append(_finding("worse", [("b.py", Span(1, 0, 1, 1))]))
            return found

    words = Wary(tmp_path, a="old_x = 1\n", b="old_x\n", c="old_y\n")
    outcome = words.fix()
    assert words.read() == ["old_x = 1\n", "old_x\n", "new_y\n"]
    assert _told(outcome) == [("old_x", "DBC107 would be found in b.py")]


def test_a_file_that_can_not_be_written_keeps_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = Words(tmp_path, a="old_x = 1\n", b="old_x\n", c="old_y\n")
    really = write.replace

    def replace(location: Path, root: Path, old: bytes, new: bytes, token: str) -> None:
        if location.name == "b.py":
            raise Refused("it can't be written: disk full")
        really(location, root, old, new, token)

    monkeypatch.setattr(fix_groups, "replace", replace)
    outcome = words.fix()
    assert words.read() == ["old_x = 1\n", "old_x\n", "new_y\n"]
    assert _told(outcome) == [("old_x", "it changes together with b.py, which can't be")]
    assert [each.path for each in outcome.changes] == ["c.py"]


def test_files_hang_together_through_others() -> None:
    groups = [("b", "c"), ("a", "b"), ("d", "e")]
    assert together(["a"], groups) == {"a", "b", "c"}
    assert together([], groups) == set()
    assert paths_of(_finding("old", [("z", Span(1, 0, 1, 1)), ("a", Span(1, 0, 1, 1))])) == (
        "z",
        "a",
    )
