"""``connlint check --baseline``: accepting what is there, and only ever less of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.running import Done, run

Capture = pytest.CaptureFixture[bytes]
BROKEN = "def broken(:\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two unreadable files; the working folder is its root."""
    (tmp_path / "connlint.toml").write_text('src = ["."]\n')
    (tmp_path / "a.py").write_text(BROKEN)
    (tmp_path / "b.py").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


def check(capfdbinary: Capture, *arguments: str) -> Done:
    """Run ``connlint check`` with the baseline of the project."""
    return run(capfdbinary, "check", "--baseline", "baseline.txt", *arguments)


def _codes(done: Done) -> list[str]:
    return [line.split(": ")[1].split()[0] for line in done.out.splitlines()]


def _entries(project: Path) -> list[str]:
    lines = (project / "baseline.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_a_written_baseline_accepts_what_is_there(capfdbinary: Capture, project: Path) -> None:
    written = check(capfdbinary, "--write-baseline")
    assert (written.code, written.out) == (0, "")
    assert "baseline.txt: 0 entries before, 2 now" in written.err
    assert [line.split()[:2] for line in _entries(project)] == [
        ["DBC900", "a.py"],
        ["DBC900", "b.py"],
    ]
    again = check(capfdbinary)
    assert (again.code, again.out) == (0, "")
    assert "2 in the baseline" in again.err
    assert run(capfdbinary, "check").code == 1


def test_a_new_finding_is_shown(capfdbinary: Capture, project: Path) -> None:
    check(capfdbinary, "--write-baseline")
    (project / "c.py").write_text(BROKEN)
    done = check(capfdbinary)
    assert (done.code, _codes(done)) == (1, ["DBC900"])
    assert done.out.startswith("c.py:")


def test_a_stale_entry_fails_the_gate_until_it_is_removed(
    capfdbinary: Capture, project: Path
) -> None:
    check(capfdbinary, "--write-baseline")
    (project / "a.py").write_text("")
    stale = check(capfdbinary)
    assert (stale.code, _codes(stale)) == (1, ["DBC904"])
    assert stale.out.startswith("baseline.txt:3:1: ")
    shrunk = check(capfdbinary, "--write-baseline")
    assert shrunk.code == 0
    assert "2 entries before, 1 now" in shrunk.err
    assert [line.split()[1] for line in _entries(project)] == ["b.py"]


def test_writing_again_adds_nothing(capfdbinary: Capture, project: Path) -> None:
    check(capfdbinary, "--write-baseline")
    before = (project / "baseline.txt").read_bytes()
    (project / "c.py").write_text(BROKEN)
    done = check(capfdbinary, "--write-baseline")
    assert (done.code, _codes(done)) == (1, ["DBC900"])
    assert (project / "baseline.txt").read_bytes() == before


def test_extending_takes_a_reason(capfdbinary: Capture, project: Path) -> None:
    check(capfdbinary, "--write-baseline", "--reason", "cut off by the generator")
    (project / "c.py").write_text(BROKEN)
    refused = check(capfdbinary, "--extend-baseline")
    assert (refused.code, refused.err) == (2, "error: --extend-baseline needs --reason TEXT\n")
    done = check(capfdbinary, "--extend-baseline", "--reason", "release 2")
    assert (done.code, done.out) == (0, "")
    reasons = [line.partition(" -- ")[2] for line in _entries(project)]
    assert reasons == ["cut off by the generator", "cut off by the generator", "release 2"]


def test_entries_of_files_that_were_not_asked_for_stay(capfdbinary: Capture, project: Path) -> None:
    check(capfdbinary, "--write-baseline")
    (project / "a.py").write_text("")
    done = check(capfdbinary, "b.py", "--write-baseline")
    assert (done.code, done.out) == (0, "")
    assert len(_entries(project)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--write-baseline"], "--write-baseline needs --baseline FILE"),
        (["--extend-baseline", "--reason", "x"], "--extend-baseline needs --baseline FILE"),
        (["--baseline", "no.txt"], "there is no baseline no.txt"),
        (["--baseline", "no.txt", "--extend-baseline", "--reason", "x"], "there is no baseline"),
        (["--baseline", "old.txt", "--reason", "x"], "--reason goes with --extend-baseline"),
        (["--baseline", "bad.txt"], "bad.txt:1: a merge conflict: keep the lines of both"),
    ],
)
def test_what_makes_no_sense_is_refused(
    capfdbinary: Capture, project: Path, arguments: list[str], message: str
) -> None:
    (project / "old.txt").write_text("")
    (project / "bad.txt").write_text("<<<<<<< HEAD\n")
    done = run(capfdbinary, "check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}")


def test_the_baseline_is_named_as_seen_from_the_root(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "ci").mkdir()
    monkeypatch.chdir(project / "ci")
    run(capfdbinary, "check", "--baseline", "base.txt", "--write-baseline", "..")
    (project / "a.py").write_text("")
    done = run(capfdbinary, "check", "--baseline", "base.txt", "..")
    assert done.out.startswith("ci/base.txt:3:1: DBC904 ")
