"""``connlint check`` without a configuration: held against the standard that the code shows."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from cli.running import run_process
from detect.written_programs import application

DIRECT = """
    from app.db import SessionLocal


    def direct():
        with SessionLocal() as session:
            session.commit()
"""
NOTE = "assumed: sessions come from app.db.get_session (context manager, used by 6 functions)"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for path, source in application(direct=DIRECT).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(source), encoding="utf-8")
    return folder


def test_findings_follow_from_the_assumed_standard_which_is_told(project: Path) -> None:
    done = run_process("check", "--select", "DBC101", "--format", "concise", cwd=project)
    assert done.code == 1
    assert "app/direct.py:6:10: DBC101" in done.out
    assert done.out.count("DBC101") == 1
    assert done.err.count(NOTE) == 1


def test_a_warm_run_tells_it_too(project: Path) -> None:
    cold = run_process("check", "--select", "DBC101", cwd=project)
    warm = run_process("check", "--select", "DBC101", cwd=project)
    assert warm == cold


def test_nothing_is_assumed_where_a_standard_is_declared(project: Path) -> None:
    (project / "connlint.toml").write_text('[sessions]\nowners = ["app/**"]\n', encoding="utf-8")
    done = run_process("check", "--select", "DBC101", cwd=project)
    assert done.code == 0
    assert "assumed" not in done.err
