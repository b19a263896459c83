"""What the tests executed: reports of coverage in, which changed places they verified out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from audit.auditing import audit, write
from connlint.audit.executed import Covered, load_coverage
from connlint.errors import UsageError
from connlint.report import audit_json

CODE = """
    from db import get_session

    def load():
        with get_session() as session:
            return (
                session.execute("select 1"),
                session.execute("select 2"),
            )

    def other():
        with get_session() as session:
            return session.execute("select 3")
"""


def report(root: Path, executed: list[int], missing: list[int]) -> Path:
    """A report of ``coverage json`` about ``app.py``."""
    path = root / "coverage.json"
    data = {"files": {"app.py": {"executed_lines": executed, "missing_lines": missing}}}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_line_inside_a_statement_ran_when_the_statement_did() -> None:
    covered = Covered([1, 3, 4], [10, 11])
    assert [line for line in range(13) if covered.ran(line)] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("executed", "missing", "answer"),
    [
        ([1, 3, 4, 5, 10, 11, 12], [], "yes"),
        ([1, 3, 4, 5, 10], [11, 12], "partially"),
        ([1, 3, 10], [4, 5, 11, 12], "no"),
    ],
)
def test_files_are_verified_by_what_ran(
    tmp_path: Path, executed: list[int], missing: list[int], answer: str
) -> None:
    write(tmp_path, {"app.py": CODE})
    view = audit(tmp_path, coverage=report(tmp_path, executed, missing))
    verified = {each.file.path: each.verified for each in view.tables.progress}
    assert verified["app.py"] == answer
    assert verified["db.py"] == "no"


def test_without_coverage_nothing_is_verified(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": CODE})
    assert {each.verified for each in audit(tmp_path).tables.progress} == {"-"}


def test_absolute_paths_are_taken_from_the_root(tmp_path: Path) -> None:
    path = tmp_path / "coverage.json"
    name = str(tmp_path / "src" / "app.py")
    data = {"files": {name: {"executed_lines": [1], "missing_lines": []}}}
    path.write_text(json.dumps(data), encoding="utf-8")
    assert list(load_coverage(path, tmp_path)) == ["src/app.py"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"files": {"a.py": 1}}'])
def test_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "coverage.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="neither a report"):
        load_coverage(path, tmp_path)


BEFORE = """
    from db import SessionLocal, get_session
    from models import Job

    def load():
        with SessionLocal() as session:
            return session.get(Job, 1)

    def begin(id):
        with get_session() as session:
            session.add(Job(id=id, status="UPLOADING"))
            session.commit()

    def other():
        return 1
"""
AFTER = BEFORE.replace("with SessionLocal()", "with get_session()").replace(
    """        with get_session() as session:
            session.add(Job(id=id, status="UPLOADING"))
            session.commit()
""",
    "        return id\n",
)


@pytest.mark.parametrize(
    ("executed", "missing", "answer"),
    [
        ([1, 2, 4, 5, 6, 8, 9, 11], [12], "yes"),
        ([1, 2, 4, 5, 6, 8, 11, 12], [9], "partially"),
        ([1, 2, 4, 8, 11, 12], [5, 6, 9], "no"),
    ],
    ids=["all fixes ran", "a fix without a point did not", "none ran"],
)
def test_verified_are_fixed_lines_that_ran(
    tmp_path: Path, executed: list[int], missing: list[int], answer: str
) -> None:
    write(tmp_path, {"app.py": BEFORE})
    earlier = tmp_path / "earlier.json"
    earlier.write_text(audit_json.render(audit(tmp_path)), encoding="utf-8")
    write(tmp_path, {"app.py": AFTER})
    coverage = report(tmp_path, executed, missing)
    view = audit(tmp_path, previous=earlier, coverage=coverage)
    assert {f.symbol for f in view.tables.changes.fixed} == {"app.load", "app.begin"}  # type: ignore[union-attr]
    verified = {each.file.path: each.verified for each in view.tables.progress}
    assert verified == {"app.py": answer, "db.py": "-", "models.py": "-"}


def test_what_coverage_run_wrote_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": CODE})
    (tmp_path / "run.py").write_text(
        "import app\n\ntry:\n    app.load()\nexcept Exception:\n    pass\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "coverage", "run", "--source=.", "run.py"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    view = audit(tmp_path, coverage=tmp_path / ".coverage")
    verified = {each.file.path: each.verified for each in view.tables.progress}
    assert verified["app.py"] == "partially"
