"""Whatever line a run is killed at, all files are as before or all as after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

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
from fix.killed_tree import Tree

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
