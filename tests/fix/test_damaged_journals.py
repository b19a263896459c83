"""A journal that is damaged, forged or about something else does no harm."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from connlint.errors import ConnlintError
from connlint.facts.cache import hashed
from connlint.findings import Problem
from connlint.fix.journal import UnusableJournalError, journal_in, read_journal
from connlint.fix.recovery import recover
from connlint.fix.write import unfinished_file
from fix.killed_tree import NEW, OLD, Tree, write_all


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path, "a.py", "b.py", "sub/c.py")


def _edited(tree: Tree, content: bytes) -> None:
    tree.die_with("a.py")
    journal_in(tree.cache).write_bytes(content)


def _sealed(fields: Sequence[object]) -> bytes:
    """A journal with these fields and a sound checksum."""
    data = msgspec.msgpack.encode(fields)
    return b"connlint journal 1\r\n" + hashed(data) + data


def _noted(place: bytes) -> list[object]:
    return [place, OLD, hashed(NEW), 0, 0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"connlint journal 1\r\n",
        b"connlint journal 2\r\n" + bytes(64),
        b"\xff" * 1000,
        _sealed([]),
        _sealed(["x", 1, 2, 3]),
        _sealed([b"root", "ab", False, [[b"a.py", OLD, 1, 2, 3]]]),
        msgspec.msgpack.encode([b"root", "ab", False, []]),
    ],
)
def test_a_damaged_journal_changes_nothing(tree: Tree, content: bytes) -> None:
    _edited(tree, content)
    place = journal_in(tree.cache)
    assert tree.recover() == (
        "a run that was killed may have left fixes half done, and its journal can't be used "
        f"(it is damaged): look at what has changed, then delete {place}"
    )
    assert (tree.state, place.read_bytes()) == ("noo", content)
    with pytest.raises(ConnlintError, match="nothing is fixed"):
        write_all(tree, tree.options())


def test_a_journal_whose_every_byte_may_have_been_edited(tree: Tree) -> None:
    tree.die_with("a.py")
    place = journal_in(tree.cache)
    whole = place.read_bytes()
    for at in range(len(whole)):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(UnusableJournalError):
            read_journal(place, tree.root)
        place.write_bytes(whole[:at])
        with pytest.raises(UnusableJournalError):
            read_journal(place, tree.root)


def test_what_is_no_file_is_no_journal(tree: Tree) -> None:
    tree.cache.mkdir()
    journal_in(tree.cache).mkdir()
    assert "(it is no file)" in tree.recover()
    journal_in(tree.cache).rmdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(journal_in(tree.cache))
        assert "(it is no file)" in tree.recover()


def test_forged_times_do_no_harm(tree: Tree) -> None:
    root = os.fsencode(tree.root.resolve())
    noted = [b"a.py", OLD, hashed(NEW), 2**63, -(2**63)]
    _edited(tree, _sealed([root, "ab", True, [noted]]))
    assert "taken back: a.py" in tree.recover()
    assert tree.state == "ooo"


@pytest.mark.parametrize(
    "place", [b"../outside.py", b"/etc/passwd", b"sub/../../outside.py", b"a\0.py"]
)
def test_a_forged_journal_reaches_nothing_outside_the_project(tree: Tree, place: bytes) -> None:
    outside = tree.root.parent / "outside.py"
    outside.write_bytes(NEW)
    root = os.fsencode(tree.root.resolve())
    _edited(tree, _sealed([root, "ab", True, [_noted(place)]]))
    assert "(it names a file outside the project)" in tree.recover()
    assert outside.read_bytes() == NEW


def test_a_link_that_leads_outside_is_not_followed(tree: Tree) -> None:
    elsewhere = tree.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "c.py").write_bytes(NEW)
    unfinished = unfinished_file(elsewhere / "c.py", "0a1b")
    unfinished.write_bytes(b"")
    tree.die_with()
    tree.places["sub/c.py"].unlink()
    (tree.root / "sub").rmdir()
    (tree.root / "sub").symlink_to(elsewhere)
    assert "can't be put back: sub/c.py (the file is outside the project)" in tree.recover()
    assert (elsewhere / "c.py").read_bytes() == NEW
    assert unfinished.exists()


@pytest.mark.parametrize("token", ["../x", "a/b", "", "é"])
def test_a_forged_name_for_unfinished_files_is_no_use(tree: Tree, token: str) -> None:
    tree.die_with("a.py", token=token)
    assert "(it is about another project)" in tree.recover()


def test_a_journal_about_another_project_is_no_use(tree: Tree) -> None:
    tree.die_with("a.py")
    other = tree.root.parent / "other"
    other.mkdir()
    problem = recover(other, tree.cache)
    assert isinstance(problem, Problem)
    assert "(it is about another project)" in problem.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may chown")
def test_a_journal_of_another_user_is_no_use(tree: Tree) -> None:
    tree.die_with("a.py")
    os.chown(journal_in(tree.cache), 1234, 1234)
    assert "(it belongs to another user)" in tree.recover()
    assert tree.state == "noo"
