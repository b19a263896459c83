"""``connlint init``: what it proposes, where it writes it, and what it leaves alone."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from cli.applications import write
from cli.running import run, run_process
from connlint.config.loading import load_standard
from detect.written_programs import application, detected

DIRECT = """
    from app.db import SessionLocal


    def direct():
        with SessionLocal() as session:
            session.commit()
"""
PYPROJECT = """\
[project]
name = "shop"   # kept as it is
dependencies = [ "sqlalchemy" ]

[tool.other]
line-length = 88
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    sources = application(direct=DIRECT)
    write(folder, {path: dedent(source) for path, source in sources.items()})
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def declared(folder: Path) -> object:
    return load_standard([folder], ()).standard


def test_a_dry_run_shows_the_proposal_with_reasons_and_writes_nothing(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    done = run(capfdbinary, "init", "--dry-run")
    assert done.code == 0
    assert '  "app.db.get_session",  # context manager, used by 6 functions\n' in done.out
    assert "# likely: app.db.get_session opens sessions from it\n" in done.out
    assert not (project / "connlint.toml").exists()


def test_what_is_written_is_what_was_detected(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    done = run(capfdbinary, "init")
    assert done.code == 0
    assert (project / "connlint.toml").read_text(encoding="utf-8") == done.out
    assert declared(project) == detected(application(direct=DIRECT)).standard
    assert "written to" in done.err
    assert "check --baseline connlint-baseline.txt --write-baseline" in done.err


def test_a_pyproject_keeps_every_byte_of_its_own(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = project / "pyproject.toml"
    file.write_text(PYPROJECT, encoding="utf-8")
    assert run(capfdbinary, "init").code == 0
    assert file.read_text(encoding="utf-8").startswith(PYPROJECT)
    assert declared(project) == detected(application(direct=DIRECT)).standard
    assert not (project / "connlint.toml").exists()


@pytest.mark.parametrize("ending", [b"\r\n", b"", b"\n\n"], ids=["CRLF", "no newline", "blank"])
def test_a_pyproject_keeps_its_line_endings(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes], ending: bytes
) -> None:
    before = b'[project]\r\nname = "shop"' if ending == b"\r\n" else b'[project]\nname = "shop"'
    file = project / "pyproject.toml"
    file.write_bytes(before + ending)
    assert run(capfdbinary, "init").code == 0
    after = file.read_bytes()
    assert after.startswith(before + ending)
    assert (b"\r\n" in after) == (after.count(b"\r\n") == after.count(b"\n"))
    assert declared(project) == detected(application(direct=DIRECT)).standard


def test_another_file_can_be_asked_for(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (project / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    assert run(capfdbinary, "init", "--into", "connlint.toml").code == 0
    assert (project / "pyproject.toml").read_text(encoding="utf-8") == PYPROJECT
    assert declared(project) == detected(application(direct=DIRECT)).standard


@pytest.mark.parametrize(
    ("name", "text"),
    [("connlint.toml", 'ignore = ["DBC302"]\n'), ("pyproject.toml", "[tool.connlint]\n")],
)
def test_a_declared_standard_is_never_touched(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes], name: str, text: str
) -> None:
    (project / name).write_text(text, encoding="utf-8")
    done = run(capfdbinary, "init", "--yes")
    assert done.code == 2
    assert "declares a standard already" in done.err
    assert (project / name).read_text(encoding="utf-8") == text
    assert done.out == ""


def test_a_file_that_can_not_take_it_stays_as_it_was(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = project / "pyproject.toml"
    file.write_text("tool = { other = 1 }\n", encoding="utf-8")
    done = run(capfdbinary, "init")
    assert done.code == 2
    assert "can't take the standard" in done.err
    assert file.read_text(encoding="utf-8") == "tool = { other = 1 }\n"


def test_code_without_a_database_gets_no_standard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "main.py").write_text("print(1)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = run(capfdbinary, "init", "--no-cache")
    assert done.code == 2
    assert "nothing to propose" in done.err
    assert list(tmp_path.iterdir()) == [tmp_path / "main.py"]


@pytest.mark.parametrize(("answer", "written"), [("n\n", False), ("y\n", True)])
def test_a_person_is_asked(
    project: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    written: bool,
) -> None:
    monkeypatch.setattr("connlint.cli.init._can_ask", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert run(capfdbinary, "init").code == 0
    assert (project / "connlint.toml").exists() is written


def test_nobody_is_asked_after_yes(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connlint.cli.init._can_ask", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run(capfdbinary, "init", "--yes").code == 0
    assert (project / "connlint.toml").exists()


def test_nobody_is_asked_without_a_terminal_or_in_ci(project: Path) -> None:
    done = run_process("init", cwd=project, environment={"CI": "true"})
    assert done.code == 0
    assert "Write this" not in done.err
    assert (project / "connlint.toml").exists()


def test_the_check_says_the_same_before_and_after(project: Path) -> None:
    before = run_process("check", "--format", "concise", cwd=project)
    assert run_process("init", cwd=project).code == 0
    after = run_process("check", "--format", "concise", cwd=project)
    assert "DBC101" in before.out
    assert after.out == before.out
    assert "assumed" in before.err
    assert "assumed" not in after.err
