"""Changes that a check of the project can't do with are put back, and nothing else is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.errors import ConnlintError
from connlint.fix.groups import Disk, groups_of
from connlint.fix.outcome import FileChange
from connlint.fix.verify import write_what_passes
from fix.killed_process import KILLS_ITSELF

OLD, NEW = b"old\n", b"new\n"


class Folder:
    """Files that are to be changed from old to new, and which of them are new by now."""

    def __init__(self, root: Path, names: str) -> None:
        self.root, self.names = root, names
        for name in names:
            (root / name).write_bytes(OLD)
        self.changes = [FileChange(name, root / name, OLD, NEW) for name in names]
        self.seen: list[str] = []

    @property
    def new(self) -> str:
        """The names of the files that hold what is new."""
        return "".join(name for name in self.names if (self.root / name).read_bytes() == NEW)

    def keep(
        self, is_bad: Callable[[set[str]], bool], together: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """Write what a check passes with that fails when ``is_bad`` says so of the new files."""

        def verify() -> str:
            self.seen.append(self.new)
            return "it fails" if is_bad(set(self.new)) else ""

        groups = groups_of(self.changes, map(frozenset, together))
        return write_what_passes(groups, Disk(self.root), verify)


def _any_of(names: set[str]) -> Callable[[set[str]], bool]:
    return lambda new: bool(new & names)


def test_everything_stays_when_the_check_passes(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "abcd")
    assert folder.keep(lambda _: False) == {}
    assert folder.seen == ["", "abcd"]
    assert folder.new == "abcd"


def test_the_one_file_that_fails_is_put_back(tmp_path: Path) -> None:
    for bad in "abcdefgh":
        folder = Folder(tmp_path, "abcdefgh")
        assert folder.keep(_any_of({bad})) == {bad: "with its fix, it fails"}
        assert folder.new == "abcdefgh".replace(bad, "")
        assert len(folder.seen) <= 8


def test_nothing_is_written_when_the_check_fails_before(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "ab")
    with pytest.raises(ConnlintError, match="nothing is fixed: before any fix, it fails"):
        folder.keep(lambda _: True)
    assert folder.seen == [""]


def test_files_that_belong_together_are_put_back_together(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "abcde")
    reasons = folder.keep(lambda new: "b" in new, together=("bd",))
    assert reasons == dict.fromkeys("bd", "with the fixes of b and d, it fails")
    assert folder.new == "ace"
    assert all(("b" in new) == ("d" in new) for new in folder.seen)


def test_groups_that_share_a_file_are_one(tmp_path: Path) -> None:
    changes = Folder(tmp_path, "abcdef").changes
    groups = groups_of(changes, map(frozenset, ("ac", "ce", "bx", "yz")))
    assert ["".join(each.path for each in group) for group in groups] == ["ace", "b", "d", "f"]


BAD = st.lists(st.sets(st.sampled_from("abcdefg"), min_size=1, max_size=3), max_size=3)


@settings(max_examples=60, deadline=None)
@given(BAD)
def test_what_stays_has_passed_and_no_file_more_could_stay(
    tmp_path_factory: pytest.TempPathFactory, bad: list[set[str]]
) -> None:
    folder = Folder(tmp_path_factory.mktemp("folder"), "abcdefg")
    reasons = folder.keep(lambda new: any(each <= new for each in bad))
    kept = set(folder.new)
    assert reasons.keys() == set(folder.names) - kept
    assert not any(each <= kept for each in bad)
    assert folder.new in folder.seen
    for path in reasons:
        assert any(each <= kept | {path} for each in bad)


def test_times_and_mode_are_those_of_before(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "a")
    place = tmp_path / "a"
    place.chmod(0o640)
    os.utime(place, ns=(1_000_000_007, 2_000_000_009))
    folder.keep(lambda new: "a" in new)
    status = place.stat()
    assert (status.st_mtime_ns, stat.S_IMODE(status.st_mode)) == (2_000_000_009, 0o640)
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ConnlintError, RuntimeError])
@pytest.mark.parametrize("at", range(2, 6))
def test_whatever_ends_it_everything_is_put_back(
    tmp_path: Path, at: int, error: type[BaseException]
) -> None:
    folder = Folder(tmp_path, "abcdef")

    def is_bad(new: set[str]) -> bool:
        if len(folder.seen) == at:
            raise error("ended")
        return {"b", "e"} & new != set()

    with pytest.raises(error):
        folder.keep(is_bad)
    assert folder.new == ""


def test_a_file_that_something_else_changes_is_left_to_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "abc")

    def is_bad(new: set[str]) -> bool:
        if new:
            (tmp_path / "b").write_bytes(b"mine\n")
        return "a" in new

    with pytest.raises(ConnlintError, match="b: changed by something else"):
        folder.keep(is_bad)
    assert (tmp_path / "b").read_bytes() == b"mine\n"
    assert folder.new == ""


def test_a_formatter_may_be_part_of_the_check(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "ab")

    def is_bad(new: set[str]) -> bool:
        if new:
            (tmp_path / "a").write_bytes(b"new, formatted\n")
        return False

    assert folder.keep(is_bad) == {}
    assert (tmp_path / "a").read_bytes() == b"new, formatted\n"


def test_a_file_that_cannot_be_written_keeps_its_group_out(tmp_path: Path) -> None:
    folder = Folder(tmp_path, "abc")
    (tmp_path / "c").write_bytes(b"changed since\n")
    reasons = folder.keep(lambda _: False, together=("ac",))
    assert reasons == dict.fromkeys("ac", "the file has changed since it was analysed")
    assert (folder.new, (tmp_path / "a").read_bytes()) == ("b", OLD)


def test_few_runs_are_needed_for_few_bad_files(tmp_path: Path) -> None:
    names = "abcdefghijklmnopqrstuvwxyz"
    for bad in combinations("agmtz", 2):
        folder = Folder(tmp_path, names)
        assert folder.keep(_any_of(set(bad))).keys() == set(bad)
        assert len(folder.seen) <= 2 + 2 * 2 * 5


KILLED = f"""{KILLS_ITSELF}
from connlint.fix.groups import Disk, groups_of
from connlint.fix.outcome import FileChange
from connlint.fix.verify import write_what_passes

count("fdopen", "fsync", "utime")
old, new = b"old\\n" * 9_000, b"new content\\n" * 9_000
changes = [FileChange(name, place / name, old, new) for name in "abcd"]
is_bad = lambda: (place / "b").read_bytes() == new
write_what_passes(groups_of(changes, ()), Disk(place), lambda: "it fails" if is_bad() else "")
"""
LONG_OLD, LONG_NEW = b"old\n" * 9_000, b"new content\n" * 9_000


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killing_the_process_leaves_every_file_old_or_new(tmp_path: Path) -> None:
    seen = set()
    for step in (*range(1, 40, 3), 1_000):
        for name in "abcd":
            (tmp_path / name).write_bytes(LONG_OLD)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path), str(step)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == (0 if step == 1_000 else -9), done.stderr
        contents = [(tmp_path / name).read_bytes() for name in "abcd"]
        assert set(contents) <= {LONG_OLD, LONG_NEW}
        seen.add("".join("n" if each == LONG_NEW else "o" for each in contents))
    assert seen >= {"oooo", "nnnn", "nonn"}
