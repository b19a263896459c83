"""A run that is killed while it writes is taken back by the next one, or had come to its end."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from connlint.errors import ConnlintError
from connlint.fix.groups import Disk
from connlint.fix.journal import journal_in, lock_in
from connlint.fix.journalled import journalled
from connlint.fix.lock import locked
from connlint.fix.outcome import FixOptions, Refused
from connlint.fix.write import unfinished_file
from fix.killed_tree import OLD, Tree, write_all


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path, "a.py", "b.py", "sub/c.py")


def test_in_the_normal_case_nothing_is_left(tree: Tree) -> None:
    write_all(tree, tree.options())
    assert (tree.state, tree.left_behind(), tree.recover()) == ("nnn", [], "")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_what_is_raised_on_the_way_has_all_files_put_back(
    tree: Tree, error: type[BaseException]
) -> None:
    with pytest.raises(error), journalled(tree.changes, tree.options()) as token:
        for change in tree.changes[:2]:
            assert Disk(tree.root, token).write(change)
        raise error
    assert (tree.state, tree.left_behind()) == ("ooo", [])


def test_a_run_that_was_killed_is_taken_back_with_its_unfinished_files(tree: Tree) -> None:
    tree.die_with("a.py", "b.py")
    unfinished_file(tree.places["sub/c.py"], "0a1b").write_bytes(b"ne")
    tree.places["a.py"].chmod(0o640)
    assert tree.recover() == ("a run was killed while it fixed files; taken back: a.py, b.py")
    assert (tree.state, tree.left_behind(), tree.recover()) == ("ooo", [], "")
    status = tree.places["a.py"].stat()
    assert (stat.S_IMODE(status.st_mode), status.st_mtime_ns) == (0o640, 2_000_000_009)


def test_a_run_that_had_written_everything_stays(tree: Tree) -> None:
    tree.die_with(*tree.places)
    assert tree.recover() == "a run was killed when it had written all of its fixes; they stay"
    assert (tree.state, tree.left_behind(), tree.recover()) == ("nnn", [], "")


def test_what_nobody_has_verified_does_not_stay(tree: Tree) -> None:
    tree.die_with(*tree.places, verified=True)
    assert "taken back: a.py, b.py, sub/c.py" in tree.recover()
    assert (tree.state, tree.left_behind()) == ("ooo", [])


def test_a_run_that_had_written_nothing_is_not_worth_a_word(tree: Tree) -> None:
    tree.die_with()
    assert (tree.recover(), tree.state, tree.left_behind()) == ("", "ooo", [])


def test_what_somebody_has_changed_since_is_theirs(tree: Tree) -> None:
    tree.die_with("a.py", "b.py")
    tree.places["b.py"].write_bytes(b"mine\n")
    assert tree.recover() == (
        "a run was killed while it fixed files; taken back: a.py; "
        "changed since, so look whether its fix is in it: b.py"
    )
    assert tree.places["b.py"].read_bytes() == b"mine\n"
    assert (tree.state, tree.left_behind()) == ("o?o", [])


def test_a_file_that_is_gone_does_not_come_back(tree: Tree) -> None:
    tree.die_with("a.py", "b.py")
    tree.places.pop("a.py").unlink()
    assert "changed since, so look whether its fix is in it: a.py" in tree.recover()
    assert (tree.state, tree.left_behind()) == ("oo", [])


def test_what_can_not_be_put_back_yet_is_put_back_later(tree: Tree) -> None:
    tree.die_with("a.py", "sub/c.py")
    tree.places["sub/c.py"].chmod(0o444)
    assert tree.recover() == (
        "a run was killed while it fixed files; taken back: a.py; "
        "can't be put back: sub/c.py (the file is read-only)"
    )
    with pytest.raises(ConnlintError, match="nothing is fixed: a run that was killed has left"):
        write_all(tree, tree.options())
    tree.places["sub/c.py"].chmod(0o644)
    assert "taken back: sub/c.py" in tree.recover()
    assert (tree.state, tree.left_behind()) == ("ooo", [])


def test_a_run_that_still_goes_on_is_left_alone(tree: Tree) -> None:
    with journalled(tree.changes, tree.options()) as token:
        assert Disk(tree.root, token).write(tree.changes[0])
        assert tree.recover() == ""
        with pytest.raises(ConnlintError, match="another run is fixing files of this project"):
            write_all(tree, tree.options())
        assert tree.state == "noo"
    assert tree.left_behind() == []


def test_who_holds_the_lock_writes(tree: Tree) -> None:
    tree.cache.mkdir()
    with locked(lock_in(tree.cache)) as first, locked(lock_in(tree.cache)) as second:
        assert (first, second) == (True, False)
    with locked(lock_in(tree.cache)) as again:
        assert again


def test_without_a_place_for_the_journal_nothing_spans_files(tree: Tree) -> None:
    with pytest.raises(Refused, match="there is no cache folder to note in what changes"):
        write_all(tree, FixOptions(tree.root))
    tree.cache.write_text("not a folder")
    with pytest.raises(Refused, match=r"it can't be noted in .*cache: "):
        write_all(tree, tree.options())
    assert tree.state == "ooo"


def test_names_of_files_are_told_on_one_line(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "a\nb.py", *(f"{number}.py" for number in range(7)))
    tree.die_with(*tree.places)
    tree.places["6.py"].write_bytes(OLD)
    assert tree.recover().endswith("taken back: 'a\\nb.py', 0.py, 1.py, 2.py, 3.py, 2 more")


def test_only_its_user_reads_a_journal(tree: Tree) -> None:
    tree.die_with()
    assert stat.S_IMODE(journal_in(tree.cache).stat().st_mode) == 0o600
