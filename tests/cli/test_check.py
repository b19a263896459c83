"""``connlint check`` end to end: what is reported, where to, and with which exit code."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from cli.applications import DATABASE, STANDARD, write
from cli.running import Done, run, run_process
from connlint.rules.registry import load_rules
from connlint.rules.run.unused_suppression import UnusedSuppression

Capture = pytest.CaptureFixture[bytes]
USERS = """\
from app.database import make_session
from app.models import User


def add(name):
    with make_session() as session:
        session.add(User(name=name))
        session.commit()
"""
USERS_LINE = "app/users.py:6:10: DBC101 "


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one forbidden session; the working folder is its root."""
    root = tmp_path / "project"
    sources = {
        "connlint.toml": STANDARD,
        "app/__init__.py": "",
        "app/database.py": DATABASE,
        "app/models.py": "class User: ...\n",
        "app/users.py": USERS,
        "app/clean.py": "LIMIT = 10\n",
    }
    write(root, sources)
    monkeypatch.chdir(root)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    for variable in ("FORCE_COLOR", "NO_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(variable, raising=False)
    return root


def check(capfdbinary: Capture, *arguments: str | Path) -> Done:
    """Run ``connlint check`` for the rules that this file is about."""
    return run(capfdbinary, "check", "--select", "DBC101,DBC9", *arguments)


def test_findings_are_lines_and_exit_code_one(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary)
    assert done.code == 1
    (line,) = done.out.splitlines()
    assert line.startswith(USERS_LINE)
    assert done.err.startswith("1 finding in 5 files")


def test_a_clean_project_is_exit_code_zero(capfdbinary: Capture, project: Path) -> None:
    (project / "app" / "users.py").unlink()
    assert check(capfdbinary) == (0, "", "0 findings in 4 files.\n")


@pytest.mark.parametrize(
    ("named", "code", "files"),
    [
        (["app/users.py"], 1, 1),
        (["app"], 1, 5),
        (["app/clean.py"], 0, 1),
        (["app/clean.py", "app/users.py"], 1, 2),
    ],
)
def test_names_narrow_the_report_but_not_the_analysis(
    capfdbinary: Capture, project: Path, named: list[str], code: int, files: int
) -> None:
    done = check(capfdbinary, *named)
    assert (done.code, len(done.out.splitlines())) == (code, code)
    assert done.err.startswith(f"{code} finding{'' if code else 's'} in {files} file")


def test_the_import_roots_are_what_is_reported_by_default(
    capfdbinary: Capture, project: Path
) -> None:
    (project / "connlint.toml").write_text(STANDARD.replace('["."]', '["lib"]'))
    (project / "lib").mkdir()
    (project / "lib" / "jobs.py").write_text("def broken(:\n")
    assert [line.split(":")[0] for line in check(capfdbinary).out.splitlines()] == ["lib/jobs.py"]


def test_a_path_that_does_not_exist_is_wrong_use(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary, "app/gone.py")
    assert (done.code, done.out) == (2, "")
    assert "app/gone.py" in done.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "error"], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "info"], 1),
        (["--exit-zero"], 0),
        (["--ignore", "DBC903"], 0),
        (["--select", "unknown-code-in-suppression"], 1),
        (["--select", "DBC101", "--extend-select", "DBC903"], 1),
    ],
)
def test_the_exit_code_follows_the_options(
    capfdbinary: Capture, project: Path, arguments: list[str], code: int
) -> None:
    (project / "app" / "users.py").write_text("x = 1  # connlint: ignore[DBC999] why\n")
    assert check(capfdbinary, *arguments).code == code


def test_an_unknown_rule_is_wrong_use(capfdbinary: Capture, project: Path) -> None:
    done = run(capfdbinary, "check", "--select", "unused-suppresion")
    assert (done.code, done.out) == (2, "")
    assert 'did you mean "unused-suppression"?' in done.err


def test_a_configuration_error_is_told_and_nothing_else(
    capfdbinary: Capture, project: Path
) -> None:
    (project / "connlint.toml").write_text("[sesions]\nx = 1\n")
    done = check(capfdbinary)
    assert (done.code, done.out) == (2, "")
    assert done.err == 'error: connlint.toml:1: sesions: unknown key; did you mean "sessions"?\n'


def test_without_configuration_the_standard_is_worked_out_and_said_in_a_line(
    capfdbinary: Capture, project: Path
) -> None:
    (project / "connlint.toml").unlink()
    for name in ("groups", "teams", "roles"):
        sanctioned = USERS.replace("make_session", "get_session").replace("User", name)
        (project / "app" / f"{name}.py").write_text(sanctioned)
    for _ in range(2):
        done = check(capfdbinary)
        assert (done.code, done.out.splitlines()[0][: len(USERS_LINE)]) == (1, USERS_LINE)
        remark, summary = done.err.splitlines()
        assert remark.startswith("no configuration found; ")
        assert "app.database.get_session" in remark
        assert summary.startswith("1 finding")
    assert check(capfdbinary, "--quiet").err == ""


def test_config_names_the_file_and_isolated_ignores_all(
    capfdbinary: Capture, project: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(STANDARD.replace("app/database.py", "**/app/*.py"))
    assert check(capfdbinary, "--config", other).code == 0
    assert check(capfdbinary, "--config", other, "--isolated").code == 2


def test_an_unreadable_file_is_a_finding_and_the_rest_is_analysed(
    capfdbinary: Capture, project: Path
) -> None:
    (project / "app" / "broken.py").write_text("def broken(:\n")
    lines = check(capfdbinary).out.splitlines()
    assert [line.split(": ")[1].split()[0] for line in lines] == ["DBC900", "DBC101"]


def test_an_unreadable_file_is_told_whatever_is_selected(
    capfdbinary: Capture, project: Path
) -> None:
    (project / "app" / "broken.py").write_text("def broken(:\n")
    assert "DBC900" in check(capfdbinary, "--select", "DBC301").out
    assert "DBC900" not in check(capfdbinary, "--select", "DBC301", "--ignore", "DBC900").out


def test_a_rule_that_raises_costs_the_exit_code_and_not_the_others(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def suspects(self: object, project: object) -> object:
        raise KeyError("lost")

    monkeypatch.setattr(UnusedSuppression, "suspects", suspects)
    done = check(capfdbinary, "--exit-zero")
    assert done.code == 2
    assert "error: rule DBC901 failed: KeyError: 'lost'" in done.err
    assert done.out.startswith(USERS_LINE)
    report = json.loads(check(capfdbinary, "--format", "json").out)
    assert [error["fatal"] for error in report["errors"]] == [True]


def test_a_suppressed_finding_does_not_count(capfdbinary: Capture, project: Path) -> None:
    silenced = USERS.replace("session:\n", "session:  # connlint: ignore[DBC101] legacy\n", 1)
    (project / "app" / "users.py").write_text(silenced)
    report = json.loads(check(capfdbinary, "--format", "json").out)
    assert report["findings"] == []
    assert report["summary"]["suppressed"] == 1


def test_the_report_goes_to_a_file_as_a_whole(
    capfdbinary: Capture, project: Path, tmp_path: Path
) -> None:
    target = tmp_path / "report.json"
    done = check(capfdbinary, "--format", "json", "--output", target)
    assert (done.code, done.out) == (1, "")
    assert json.loads(target.read_text())["summary"]["findings"] == 1
    missing = tmp_path / "missing" / "report.json"
    failed = check(capfdbinary, "--output", missing)
    assert failed.code == 2
    assert f"error: {missing} can't be written" in failed.err


def test_statistics_count_by_rule(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary, "--statistics")
    assert done.out.startswith("1  DBC101  forbidden-session-factory")
    (count,) = json.loads(check(capfdbinary, "--statistics", "--format", "json").out)
    assert (count["code"], count["count"]) == ("DBC101", 1)
    refused = check(capfdbinary, "--statistics", "--format", "sarif")
    assert (refused.code, refused.out) == (2, "")


def test_quiet_leaves_the_report_alone(capfdbinary: Capture, project: Path) -> None:
    done = check(capfdbinary, "--quiet")
    assert done.err == ""
    assert done.out.startswith(USERS_LINE)


def test_a_terminal_gets_excerpts(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = check(capfdbinary)
    assert "\x1b[" in done.out
    assert "with make_session() as session:" in done.out
    monkeypatch.setenv("NO_COLOR", "1")
    plain = check(capfdbinary).out
    assert "\x1b" not in plain
    assert "^^^^^^^^^^^^^^" in plain


def test_github_also_gets_a_step_summary(
    capfdbinary: Capture, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    done = check(capfdbinary, "--format", "github")
    assert done.out.startswith("::error file=app/users.py,line=6,")
    assert summary.read_text().startswith("before\n# connlint\n")


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_unsaved_content_comes_from_standard_input(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    give("LIMIT = 10\n")
    mended = check(capfdbinary, "--stdin-filename", "app/users.py", *arguments)
    assert (mended.code, mended.out) == (0, "")
    give("\n" + USERS)
    moved = check(capfdbinary, "--stdin-filename", "app/new.py", *arguments)
    assert moved.code == 1
    assert moved.out.startswith("app/new.py:7:10: DBC101 ")
    assert len(moved.out.splitlines()) == 1


def test_unsaved_content_that_nests_too_deeply_is_a_finding(project: Path) -> None:
    deep = b"x = " + b"(" * 100_000 + b")" * 100_000
    done = run_process("check", "--stdin-filename", "app/deep.py", cwd=project, stdin=deep)
    assert done.code == 1
    assert done.out.startswith("app/deep.py:")
    assert "DBC900" in done.out


@pytest.mark.parametrize(
    "arguments", [["-"], ["app", "--stdin-filename", "app/users.py"]], ids=["no name", "both"]
)
def test_standard_input_needs_exactly_a_name(
    capfdbinary: Capture, project: Path, arguments: list[str]
) -> None:
    assert check(capfdbinary, *arguments).code == 2


def test_without_changes_a_result_is_remembered(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = check(capfdbinary, "--format", "json")

    def suspects(self: object, project: object) -> object:
        raise AssertionError("asked again")

    (rule,) = [rule for rule in load_rules().rules if rule.code == "DBC101"]
    monkeypatch.setattr(type(rule.load()), "suspects", suspects)
    assert check(capfdbinary, "--format", "json") == first
    assert check(capfdbinary, "--no-cache").code == 2
    assert check(capfdbinary, "app/clean.py").code == 0
    (project / "app" / "users.py").write_text(USERS + "\n# changed\n")
    assert check(capfdbinary).code == 2


@pytest.mark.parametrize("name", ["json", "sarif", "github", "markdown"])
def test_whatever_the_jobs_and_the_cache_output_is_the_same(project: Path, name: str) -> None:
    arguments = ["check", "--select", "DBC101,DBC102,DBC9", "--format", name]
    runs = [
        run_process(*arguments, "--jobs", "1", "--no-cache", cwd=project),
        run_process(*arguments, "--jobs", "2", cwd=project),
        run_process(*arguments, cwd=project),
    ]
    assert runs[0].code == 1
    assert runs[1] == runs[0]
    assert runs[2] == runs[0]
