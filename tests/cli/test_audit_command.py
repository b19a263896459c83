"""``connlint audit`` as a command: formats, files, earlier audits, wrong use, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.auditing import write
from cli.running import run, run_process

CODE = """
    from db import SessionLocal

    def load():
        with SessionLocal() as session:
            return session.execute("select 1")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    write(root, {"app.py": CODE})
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        ("text", "Database connection audit\n"),
        ("markdown", "# Database connection audit\n"),
        ("json", '{\n  "schema_version": 1'),
        ("csv", "path,line,"),
    ],
)
def test_formats(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str, beginning: str
) -> None:
    done = run(capfdbinary, "audit", "-q", "--no-cache", "--format", form)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(beginning)


def test_the_report_goes_where_it_is_wanted(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    done = run(capfdbinary, "audit", "--no-cache", "--format", "json", "--output", "a.json")
    assert (done.code, done.out) == (0, "")
    assert json.loads((project / "a.json").read_text("utf-8"))["connection_points"]


def test_paths_narrow_the_report(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    done = run(capfdbinary, "audit", "--no-cache", "--format", "json", "app.py")
    report = json.loads(done.out)
    assert {point["path"] for point in report["connection_points"]} == {"app.py"}
    assert [file["path"] for file in report["files"]] == ["app.py"]


def test_an_earlier_audit_is_compared_with(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    run(capfdbinary, "audit", "--no-cache", "--format", "json", "--output", "a.json")
    fixed = CODE.replace("SessionLocal", "get_session")
    write(project, {"app.py": fixed})
    done = run(capfdbinary, "audit", "--no-cache", "--format", "markdown", "--previous", "a.json")
    assert "2 findings fixed, 0 of them with the code that they were in; 0 new" in done.out
    assert "- ~~Lines 4-5: `SessionLocal()`~~" in done.out
    assert "**DONE:**" in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--previous", "connlint.toml"], "is not what connlint audit --format json writes"),
        (["--coverage", "connlint.toml"], "is neither a report of `coverage json`"),
        (["--previous", "missing.json"], "missing.json"),
        (["missing"], "missing"),
        (["--format", "pdf"], "pdf"),
    ],
)
def test_wrong_use(
    project: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    arguments: list[str],
    words: str,
) -> None:
    done = run(capfdbinary, "audit", "--no-cache", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_files_that_cannot_be_read_do_not_stop_the_audit(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (project / "broken.py").write_text("def (:\n", encoding="utf-8")
    done = run(capfdbinary, "audit", "--no-cache", "--format", "json")
    assert done.code == 0
    files = {file["path"]: file for file in json.loads(done.out)["files"]}
    assert files["broken.py"]["status"] == "not audited"
    assert files["app.py"]["status"] == "audited"


def test_however_many_processes_the_report_is_the_same(project: Path) -> None:
    arguments = ("audit", "--format", "json", "--no-cache")
    one = run_process(*arguments, "--jobs", "1", cwd=project)
    two = run_process(*arguments, "--jobs", "2", cwd=project)
    assert one.code == two.code == 0
    assert one.out == two.out


def test_a_terminal_without_unicode_gets_ascii_marks(project: Path) -> None:
    environment = {"PYTHONIOENCODING": "ascii"}
    done = run_process("audit", "--no-cache", cwd=project, environment=environment)
    assert done.code == 0
    assert "[fix]" in done.out
