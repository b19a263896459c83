"""Durations survive a clock that is set, and times of day stay times of day."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fix.case_files import Case, cases
from fix.fixed_project import Project

KEPT = """\
import sqlite3

class Kept:
    def make(self, path):
        self.connection = sqlite3.connect(path)

"""
OTHER = "def shown(pool):\n    return pool.name\n"


def _project(root: Path, source: str, other: str = OTHER) -> Project:
    # The class that opens connections is part of each class here.
    source = source.replace("(Kept):\n", ":\n    def make(self):\n        sqlite3.connect('a')\n\n")
    return Project.of(root, "DBC408", "", {"pool.py": f"import sqlite3\n{source}", "o.py": other})


@pytest.mark.parametrize("case", cases("use_monotonic_clock"), ids=lambda case: case.title)
def test_what_is_compared_changes_together(tmp_path: Path, case: Case) -> None:
    project = _project(tmp_path / "project", case.before)
    assert project.fix().fixed
    wanted = _project(tmp_path / "wanted", case.after)
    assert project.read("pool.py") == wanted.read("pool.py")
    assert not project.fix().changes


REFUSED = {
    "returned": ("return self.opened_at", "used for something else on line 14"),
    "shown": ("print(f'{self.opened_at}')", "used for something else on line 14"),
    "handed on": ("store(self.opened_at)", "used for something else on line 14"),
    "put into a row": ("self.row = {'at': self.opened_at}", "used for something else on line 14"),
    "compared with a file": (
        "return self.path.stat().st_mtime > self.opened_at",
        "other files may use st_mtime",
    ),
    "set from outside": ("self.opened_at = self.read()", "whether line 14 has a time of the same"),
    "named in a string": ("return getattr(self, 'opened_at')", "a string names opened_at"),
    "changed in place": ("self.opened_at += 1", "whether line 14 has a time of the same"),
    "unpacked into": ("self.opened_at, a = 1, 2", "used for something else on line 14"),
    "less a time": ("return self.opened_at - self.start", "other files may use start"),
}


@pytest.mark.parametrize("title", REFUSED)
def test_a_time_that_may_be_one_of_day_stays(tmp_path: Path, title: str) -> None:
    statement, reason = REFUSED[title]
    source = f"""\
import time
class Pool(Kept):
    def open(self):
        self.opened_at = time.time()

    def age(self):
        return time.time() - self.opened_at

    def other(self):
        {statement}
"""
    project = _project(tmp_path, source)
    (found,) = project.reasons(unsafe=True)
    assert reason in found


def test_a_name_that_another_file_uses_stays(tmp_path: Path) -> None:
    (case, *_) = cases("use_monotonic_clock")
    project = _project(tmp_path, case.before, OTHER.replace("name", "opened_at"))
    (found,) = project.reasons(unsafe=True)
    assert found == "other files may use opened_at as a time of day"


def test_a_date_stays(tmp_path: Path) -> None:
    source = """\
    from datetime import datetime
    class Pool(Kept):
        def open(self):
            self.opened_at = datetime.now()

        def age(self):
            return datetime.now() - self.opened_at
    """
    (found,) = _project(tmp_path, dedent(source)).reasons(unsafe=True)
    assert found == "a date can't give way to a number"


def test_a_parameter_stays(tmp_path: Path) -> None:
    source = """\
    import time
    class Pool(Kept):
        def __init__(self, opened_at):
            self.opened_at = opened_at
        def open(self):
            self.opened_at = time.time()

        def age(self):
            return time.time() - self.opened_at
    """
    (found,) = _project(tmp_path, dedent(source)).reasons(unsafe=True)
    assert "whether line" in found


def test_never_takes_an_eye(tmp_path: Path) -> None:
    source = """\
    import time
    class Pool(Kept):
        used_at = 0.0
        def use(self):
            self.used_at = time.time()

        def idle(self):
            return time.time() - self.used_at > 60
    """
    project = _project(tmp_path, dedent(source))
    assert project.reasons() == ["takes --unsafe-fixes: 0.0 is long ago by the wall clock only"]
    assert project.fix(unsafe=True).fixed


POOL = """\
import sqlite3
import time


class Pool:
    def __init__(self, path):
        self.path = path
        self.opened = {}

    def open(self):
        connection = sqlite3.connect(self.path)
        self.opened[id(connection)] = time.time()
        return connection

    def is_old(self, connection):
        return time.time() - self.opened[id(connection)] > 3600


def main():
    pool = Pool(":memory:")
    connection = pool.open()
    now = time.time
    time.time = lambda: now() + 86400  # somebody sets the clock
    print(pool.is_old(connection))
"""


def test_the_clock_may_be_set(tmp_path: Path) -> None:
    project = Project.of(tmp_path, "DBC408", "", {"pool.py": POOL})
    run = "import pool; pool.main()"
    assert project.run(run) == "True\n"
    assert project.fix().fixed
    assert project.run(run) == "False\n"
