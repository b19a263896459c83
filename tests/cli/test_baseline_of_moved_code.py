"""A baseline follows code that is renamed or moved, lets nothing new in, and survives merges."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from cli.applications import DATABASE, write
from cli.repositories import commit, git
from cli.running import Done, run

Capture = pytest.CaptureFixture[bytes]
STANDARD = """
src = ["."]
select = ["DBC101", "DBC102", "DBC904"]
[sessions]
providers = ["app.database.get_session"]
owners = ["app/database.py"]
"""
HEAD = "from app.database import make_session\n"
ADD = """

def add(job):
    with make_session() as session:
        session.add(job)
"""
REMOVE = ADD.replace("add(", "remove(")
KNOWN = 3  # the import, and one session in each function


@pytest.fixture
def project(capfdbinary: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose baseline accepts what is in ``app/jobs.py``; the working folder."""
    sources = {"__init__": "", "database": DATABASE, "jobs": HEAD + ADD + REMOVE}
    write(tmp_path, {f"app/{name}.py": text for name, text in sources.items()})
    write(tmp_path, {"connlint.toml": STANDARD})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / ".cache"))
    check(capfdbinary, "--write-baseline")
    assert len(_entries(tmp_path)) == KNOWN
    return tmp_path


def check(capfdbinary: Capture, *arguments: str) -> Done:
    return run(capfdbinary, "check", "--baseline", "baseline.txt", *arguments)


def found(capfdbinary: Capture, *arguments: str) -> list[str]:
    """``path:line CODE`` of what the baseline does not accept."""
    lines = check(capfdbinary, *arguments).out.splitlines()
    return [re.sub(r"^(\S+):\d+: (\S+) .*", r"\1 \2", line) for line in lines]


def _entries(project: Path) -> list[str]:
    lines = (project / "baseline.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def _moved(project: Path, old: str, new: str) -> None:
    """Rename something wherever the project names it."""
    for path in [project / "connlint.toml", *project.glob("app/**/*.py")]:
        path.write_text(path.read_text().replace(old, new))


def rename_function(project: Path) -> None:
    _moved(project, "def add(", "def insert(")


def rename_file(project: Path) -> None:
    (project / "app" / "jobs.py").rename(project / "app" / "work.py")


def move_file(project: Path) -> None:
    (project / "app" / "store").mkdir()
    (project / "app" / "jobs.py").rename(project / "app" / "store" / "jobs.py")


def rename_factory_s_module(project: Path) -> None:
    (project / "app" / "database.py").rename(project / "app" / "db.py")
    _moved(project, "app.database", "app.db")
    _moved(project, "app/database", "app/db")


def move_lines(project: Path) -> None:
    write(project, {"app/jobs.py": HEAD + "\nLIMIT = 10\n" + REMOVE + ADD})


@pytest.mark.parametrize(
    "change", [rename_function, rename_file, move_file, rename_factory_s_module, move_lines]
)
def test_moved_code_stays_accepted_and_the_file_can_follow(
    capfdbinary: Capture, project: Path, change: object
) -> None:
    assert callable(change)
    change(project)
    done = check(capfdbinary)
    assert (done.code, done.out) == (0, "")
    assert f"{KNOWN} in the baseline" in done.err
    if change is not move_lines:
        assert "--write-baseline brings the file up to date" in done.err
    written = check(capfdbinary, "--write-baseline")
    assert (written.code, len(_entries(project))) == (0, KNOWN)
    assert "up to date" not in check(capfdbinary).err


def test_a_function_that_moves_to_another_module_stays_accepted(
    capfdbinary: Capture, project: Path
) -> None:
    write(project, {"app/jobs.py": HEAD + ADD, "app/other.py": HEAD + REMOVE})
    assert found(capfdbinary) == ["app/other.py:1 DBC102"]  # this import is a further one


# what is new


def test_a_second_violation_beside_a_known_one_is_new(capfdbinary: Capture, project: Path) -> None:
    twice = ADD + "    with make_session() as session:\n        session.add(job)\n"
    write(project, {"app/jobs.py": HEAD + twice + REMOVE})
    done = check(capfdbinary)
    assert (done.code, done.out.count("DBC101")) == (1, 2)
    assert "allows 1 of DBC101 in app.jobs.add (app/jobs.py), 2 found: all are shown" in done.err


def test_a_violation_in_a_further_function_is_new(capfdbinary: Capture, project: Path) -> None:
    write(project, {"app/jobs.py": HEAD + ADD + REMOVE + ADD.replace("add(", "more(")})
    assert found(capfdbinary) == ["app/jobs.py:15 DBC101"]


def test_mended_here_and_made_again_there_is_new_and_stale(
    capfdbinary: Capture, project: Path
) -> None:
    mended = "\n\ndef add(job):\n    job.save()\n"
    again = ADD.replace("add(job)", "more(job)")
    write(project, {"app/jobs.py": HEAD + mended + REMOVE + again})
    assert found(capfdbinary) == ["app/jobs.py:14 DBC101", "baseline.txt:4 DBC904"]


def test_another_factory_of_the_same_name_is_new(capfdbinary: Capture, project: Path) -> None:
    write(project, {"app/second.py": DATABASE})
    _moved(project, "from app.database import", "from app.second import")
    write(project, {"app/database.py": DATABASE})
    assert [each for each in found(capfdbinary) if "jobs.py" in each] == [
        "app/jobs.py:1 DBC102",
        "app/jobs.py:5 DBC101",
        "app/jobs.py:10 DBC101",
    ]


def test_what_a_narrow_report_leaves_out_has_not_moved(capfdbinary: Capture, project: Path) -> None:
    write(project, {"app/work.py": HEAD})
    done = check(capfdbinary, "app/work.py")
    assert (done.code, done.out.count("DBC102")) == (1, 1)


# merges


def _two_branches(project: Path, capfdbinary: Capture) -> subprocess.CompletedProcess[str]:
    """Both branches mend a function each, and accept another; then they are merged."""
    commit(project, {".gitignore": ".cache\n"})
    for branch, left, file in (("one", ADD, "more"), ("two", REMOVE, "other")):
        git(project, "checkout", "--quiet", "-b", branch, "main")
        write(project, {"app/jobs.py": HEAD + left, f"app/{file}.py": HEAD + ADD})
        check(capfdbinary, "--extend-baseline", "--reason", branch)
        commit(project)
    git(project, "checkout", "--quiet", "one")
    merged = subprocess.run(
        ["git", "merge", "--quiet", "two"], cwd=project, capture_output=True, text=True, check=False
    )
    write(project, {"app/jobs.py": "", "app/more.py": HEAD + ADD})
    return merged


def test_a_merge_conflict_is_told_and_resolved_by_writing(
    capfdbinary: Capture, project: Path
) -> None:
    assert _two_branches(project, capfdbinary).returncode == 1
    assert "<<<<<<<" in (project / "baseline.txt").read_text()
    refused = check(capfdbinary)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "a merge conflict: keep the lines of both sides, or let --write" in refused.err
    assert check(capfdbinary, "--write-baseline").code == 0
    assert [line.split()[:2] for line in _entries(project)] == [
        ["DBC102", "app/more.py"],
        ["DBC101", "app/more.py"],
        ["DBC102", "app/other.py"],
        ["DBC101", "app/other.py"],
    ]


def test_a_union_merge_leaves_a_file_that_can_be_used(capfdbinary: Capture, project: Path) -> None:
    write(project, {".gitattributes": "baseline.txt merge=union\n"})
    _two_branches(project, capfdbinary)
    assert "<<<<<<<" not in (project / "baseline.txt").read_text()
    assert {line.split()[1] for line in found(capfdbinary)} <= {"DBC904"}
    assert check(capfdbinary, "--write-baseline").code == 0
    assert found(capfdbinary) == []
