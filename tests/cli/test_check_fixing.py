"""``connlint check --fix``, ``--diff`` and ``--add-noqa``: what is changed and said of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from cli.applications import DATABASE, FIXED, STANDARD, USERS, write
from cli.running import Done, run

Capture = pytest.CaptureFixture[bytes]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one session that can be opened with the provider."""
    sources = {
        "connlint.toml": STANDARD,
        "app/__init__.py": "",
        "app/database.py": DATABASE,
        "app/users.py": USERS,
        "app/groups.py": USERS,
    }
    write(tmp_path, sources)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / ".cache"))
    for variable in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


def check(capfdbinary: Capture, *arguments: str) -> Done:
    """Run ``connlint check`` for the rules that this file is about."""
    return run(capfdbinary, "check", "--select", "DBC101,DBC102,DBC9", *arguments)


def test_what_can_be_fixed_is_fixed_and_nothing_is_left(
    capfdbinary: Capture, project: Path
) -> None:
    done = check(capfdbinary, "--fix")
    assert (done.code, done.out) == (0, "")
    assert (project / "app" / "users.py").read_text() == FIXED
    assert (project / "app" / "groups.py").read_text() == FIXED
    assert "fixed app/users.py:5:10: DBC101" in done.err
    assert "4 findings fixed in 2 files, 0 not fixed.\n0 findings in 4 files" in done.err
    again = check(capfdbinary, "--fix")
    assert (again.code, again.out) == (0, "")


def test_only_what_was_named_is_touched(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary, "--fix", "app/users.py")
    assert done.code == 0
    assert (project / "app" / "users.py").read_text() == FIXED
    assert (project / "app" / "groups.py").read_text() == USERS


def test_a_fix_can_be_an_exit_code(capfdbinary: Capture, project: Path) -> None:
    assert check(capfdbinary, "--fix", "--exit-non-zero-on-fix").code == 1
    assert check(capfdbinary, "--fix", "--exit-non-zero-on-fix").code == 0


def test_a_difference_is_shown_and_nothing_is_written(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary, "--diff")
    assert done.code == 1
    assert (project / "app" / "users.py").read_text() == USERS
    patch = project / "change.patch"
    patch.write_text(done.out)
    subprocess.run(["git", "apply", patch.name], cwd=project, check=True)
    assert (project / "app" / "users.py").read_text() == FIXED
    assert check(capfdbinary, "--diff").code == 0


def test_what_is_suppressed_or_in_the_baseline_is_not_fixed(
    capfdbinary: Capture, project: Path
) -> None:
    silenced = USERS.replace("# new users", "# noqa: DBC101 legacy").replace(
        "import make_session", "import make_session  # noqa: DBC102 legacy"
    )
    (project / "app" / "users.py").write_text(silenced)
    check(capfdbinary, "--baseline", "base.txt", "--write-baseline")
    done = check(capfdbinary, "--baseline", "base.txt", "--fix")
    assert done.code == 0
    assert (project / "app" / "users.py").read_text() == silenced
    assert (project / "app" / "groups.py").read_text() == USERS


def test_a_broken_run_fixes_nothing(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connlint.rules.run.unused_suppression import UnusedSuppression

    def suspects(self: object, project: object) -> object:
        raise KeyError("lost")

    monkeypatch.setattr(UnusedSuppression, "suspects", suspects)
    done = check(capfdbinary, "--fix")
    assert (done.code, done.out) == (2, "")
    assert "nothing is fixed, the analysis is incomplete" in done.err
    assert (project / "app" / "users.py").read_text() == USERS


def test_json_holds_the_edits_of_each_fix(capfdbinary: Capture, project: Path) -> None:
    report = json.loads(check(capfdbinary, "app/users.py", "--format", "json").out)
    (fix,) = [item["fix"] for item in report["findings"] if item["code"] == "DBC101"]
    assert fix["safety"] == "safe"
    lines = USERS.splitlines(keepends=True)
    for edit in sorted(fix["edits"], key=lambda edit: -edit["range"]["start"]["line"]):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert (start["column"], end["column"]) == (1, 1)
        lines[start["line"] - 1 : end["line"] - 1] = [edit["content"]]
    assert "with get_session() as session:  # new users" in "".join(lines)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fix", "--diff"],
        ["--fix", "--add-noqa"],
        ["--fix", "--stdin-filename", "app/users.py"],
        ["--add-noqa", "--stdin-filename", "app/users.py"],
    ],
)
def test_what_excludes_each_other_is_wrong_use(
    capfdbinary: Capture, project: Path, arguments: list[str]
) -> None:
    done = check(capfdbinary, *arguments)
    assert (done.code, done.out) == (2, "")
    assert (project / "app" / "users.py").read_text() == USERS


def test_all_findings_can_be_silenced_with_a_reason(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary, "--add-noqa", "--reason", "until the provider lands")
    assert (done.code, done.out) == (0, "")
    assert "4 findings silenced in 2 files." in done.err
    lines = (project / "app" / "users.py").read_text().splitlines()
    assert lines[0].endswith("make_session  # noqa: DBC102 until the provider lands")
    assert lines[4].endswith("# new users  # noqa: DBC101 until the provider lands")
    assert check(capfdbinary).code == 0


def test_what_no_comment_can_silence_stays(capfdbinary: Capture, project: Path) -> None:
    (project / "app" / "broken.py").write_text("def broken(:\n")
    done = check(capfdbinary, "--add-noqa")
    assert (done.code, done.out.split(":")[0]) == (1, "app/broken.py")
    assert (project / "app" / "broken.py").read_text() == "def broken(:\n"
