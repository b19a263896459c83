"""A run that is killed while it writes is taken back by the next one, or had come to its end."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from connlint.errors import ConnlintError
from connlint.facts.cache import hashed
from connlint.findings import Problem
from connlint.fix.groups import Disk, groups_of
from connlint.fix.journal import (
    Journal,
    Noted,
    UnusableJournalError,
    journal_in,
    lock_in,
    read_journal,
    write_journal,
)
from connlint.fix.journalled import journalled
from connlint.fix.lock import locked
from connlint.fix.outcome import FileChange, FixOptions, Refused
from connlint.fix.recovery import recover
from connlint.fix.write import unfinished_file

OLD, NEW = b"old\n", b"new\n"
TESTS = Path(__file__).parents[1]


class Tree:
    """Files that are to be changed from old to new, and the folder where that is noted."""

    def __init__(self, base: Path, *names: str) -> None:
        self.root, self.cache = base / "project", base / "cache"
        self.places = {name: self.root / name for name in names}
        for place in self.places.values():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(OLD)

    @property
    def changes(self) -> list[FileChange]:
        return [FileChange(name, place, OLD, NEW) for name, place in self.places.items()]

    @property
    def state(self) -> str:
        """What each file holds: ``o``\\ ld, ``n``\\ ew, ``?``."""
        contents = [place.read_bytes() for place in self.places.values()]
        return "".join({OLD: "o", NEW: "n"}.get(content, "?") for content in contents)

    def options(self, *, verified: bool = False) -> FixOptions:
        return FixOptions(self.root, self.cache, verify=(lambda: "") if verified else None)

    def die_with(self, *new: str, verified: bool = False, token: str = "0a1b") -> None:
        """Leave what a run leaves that is killed when it has written ``new``."""
        self.cache.mkdir(exist_ok=True)
        noted = tuple(
            Noted(os.fsencode(name), OLD, hashed(NEW), 1_000_000_007, 2_000_000_009)
            for name in self.places
        )
        journal = Journal(os.fsencode(self.root.resolve()), token, verified, noted)
        write_journal(journal_in(self.cache), journal)
        for name in new:
            self.places[name].write_bytes(NEW)

    def recover(self) -> str:
        """What the next run says."""
        problem = recover(self.root, self.cache)
        assert problem is None or (not problem.fatal and "\n" not in problem.message)
        return problem.message if problem else ""

    def left_behind(self) -> list[str]:
        """Whatever is there besides the files themselves and the lock."""
        everything = [*self.root.rglob("*"), *self.cache.rglob("*")]
        known = {*self.places.values(), lock_in(self.cache)}
        return [str(each) for each in everything if each.is_file() and each not in known]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path, "a.py", "b.py", "sub/c.py")


def _write_all(tree: Tree, options: FixOptions) -> None:
    with journalled(tree.changes, options) as token:
        disk = Disk(tree.root, token)
        (group,) = groups_of(tree.changes, [frozenset(tree.places)])
        assert disk.write_group(group) == {}


def test_in_the_normal_case_nothing_is_left(tree: Tree) -> None:
    _write_all(tree, tree.options())
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
        _write_all(tree, tree.options())
    tree.places["sub/c.py"].chmod(0o644)
    assert "taken back: sub/c.py" in tree.recover()
    assert (tree.state, tree.left_behind()) == ("ooo", [])


def test_a_run_that_still_goes_on_is_left_alone(tree: Tree) -> None:
    with journalled(tree.changes, tree.options()) as token:
        assert Disk(tree.root, token).write(tree.changes[0])
        assert tree.recover() == ""
        with pytest.raises(ConnlintError, match="another run is fixing files of this project"):
            _write_all(tree, tree.options())
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
        _write_all(tree, FixOptions(tree.root))
    tree.cache.write_text("not a folder")
    with pytest.raises(Refused, match=r"it can't be noted in .*cache: "):
        _write_all(tree, tree.options())
    assert tree.state == "ooo"


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
        _write_all(tree, tree.options())


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


def test_names_of_files_are_told_on_one_line(tmp_path: Path) -> None:
    tree = Tree(tmp_path, "a\nb.py", *(f"{number}.py" for number in range(7)))
    tree.die_with(*tree.places)
    tree.places["6.py"].write_bytes(OLD)
    assert tree.recover().endswith("taken back: 'a\\nb.py', 0.py, 1.py, 2.py, 3.py, 2 more")


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


def test_only_its_user_reads_a_journal(tree: Tree) -> None:
    tree.die_with()
    assert stat.S_IMODE(journal_in(tree.cache).stat().st_mode) == 0o600


# Kills a child at each line that it runs of what writes files, then does what the next run does;
# that one is killed at each of its lines as well, and what comes after has to get it right.
KILLED_EVERYWHERE = """
import os, signal, sys
from pathlib import Path
from connlint.fix import write as writing
from connlint.fix.groups import Disk, groups_of
from connlint.fix.journalled import journalled
from connlint.fix.recovery import recover
from connlint.fix.verify import write_what_passes
from fix.test_journal import Tree

HERE = os.path.dirname(writing.__file__)
os.fsync = lambda handle: None  # it takes time, and only matters to machines that fail
base, way = Path(sys.argv[1]), sys.argv[2]

def dies_at(line, work):
    'Whether a child that does the work is killed at that line, or comes to its end.'
    child = os.fork()
    if not child:
        lines = 0
        def trace(frame, event, argument):
            nonlocal lines
            if not frame.f_code.co_filename.startswith(HERE):
                return None
            if event == "line":
                lines += 1
                if lines == line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace
        sys.settrace(trace)
        try:
            work()
        except BaseException as error:
            print(repr(error))
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -9), status
    return status == -9

def write():
    with journalled(tree.changes, tree.options(verified=way == "verified")) as token:
        disk = Disk(tree.root, token)
        groups = groups_of(tree.changes, [frozenset(tree.places)])
        if way == "verified":
            write_what_passes(groups, disk, lambda: "")
        else:
            disk.write_group(groups[0])

seen, number = set(), 0
while True:
    number += 1
    tree = Tree(base / str(number), "a.py", "b.py", "sub/c.py")
    killed = dies_at(number, write)
    between = tree.state
    if number % 20 == 0:
        for line in range(1, 200, 9):
            if not dies_at(line, lambda: recover(tree.root, tree.cache)):
                break
    tree.recover()
    assert tree.state in ("ooo", "nnn"), (number, between, tree.state)
    assert way != "verified" or tree.state == "ooo" or not between.count("o")
    gone = [each for each in tree.left_behind() if ".journal." not in each]
    assert not gone, (number, gone)
    seen.add((between, tree.state))
    if not killed:
        break
print(number, *sorted("-".join(each) for each in seen))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no SIGKILL, no fork")
@pytest.mark.parametrize(
    ("way", "seen"),
    [
        ("plain", ["nnn-nnn", "nno-ooo", "noo-ooo", "ooo-ooo"]),
        ("verified", ["nnn-nnn", "nnn-ooo", "nno-ooo", "noo-ooo", "ooo-ooo"]),
    ],
)
def test_killed_at_any_line_it_is_all_before_or_all_after(
    tmp_path: Path, way: str, seen: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED_EVERYWHERE, str(tmp_path), way],
        capture_output=True, text=True, timeout=300, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines, *states = done.stdout.split()
    assert int(lines) > 100
    assert states == seen
