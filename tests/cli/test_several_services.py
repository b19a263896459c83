"""Applications that are started from folders of their own in one repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.applications import DATABASE, write
from cli.running import run

Capture = pytest.CaptureFixture[bytes]
JOBS = """\
from db.session import make_session


def finish(job):
    with make_session() as session:
        session.add(job)
        session.commit()
"""


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two services with modules of the same names."""
    for service in ("upload", "watch"):
        write(tmp_path / service, {"db/session.py": DATABASE, "jobs.py": JOBS})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _standard(*names: str) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f'select = ["DBC101", "DBC102"]\n[sessions]\nproviders = [{listed}]\n'
        'owners = ["**/db/session.py"]\n'
    )


def _found(out: str) -> list[tuple[str, str]]:
    return [(each["path"], each["code"]) for each in json.loads(out)["findings"]]


def test_each_file_imports_from_its_own_service(services: Path, capfdbinary: Capture) -> None:
    names = ("upload.db.session.get_session", "watch.db.session.get_session")
    write(services, {"connlint.toml": _standard(*names)})
    done = run(capfdbinary, "check", "--format", "json")
    assert _found(done.out) == [
        ("upload/jobs.py", "DBC102"),
        ("upload/jobs.py", "DBC101"),
        ("watch/jobs.py", "DBC102"),
        ("watch/jobs.py", "DBC101"),
    ]


def test_a_fix_imports_what_the_service_imports(services: Path, capfdbinary: Capture) -> None:
    names = ("upload.db.session.get_session", "watch.db.session.get_session")
    write(services, {"connlint.toml": _standard(*names)})
    done = run(capfdbinary, "check", "--fix")
    assert done.code == 0, done
    fixed = JOBS.replace("make_session", "get_session")
    assert (services / "upload" / "jobs.py").read_text("utf-8") == fixed
    assert (services / "watch" / "jobs.py").read_text("utf-8") == fixed


def test_no_service_is_given_the_provider_of_another(services: Path, capfdbinary: Capture) -> None:
    write(services, {"connlint.toml": _standard("watch.db.session.get_session")})
    done = run(capfdbinary, "check", "--fix")
    assert done.code == 1
    assert (services / "upload" / "jobs.py").read_text("utf-8") == JOBS
    assert "get_session" in (services / "watch" / "jobs.py").read_text("utf-8")


def test_a_folder_that_no_configuration_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Capture
) -> None:
    jobs = JOBS.replace("db.session", "app.session")
    write(tmp_path / "backend", {"app/session.py": DATABASE, "app/jobs.py": jobs})
    standard = _standard("app.session.get_session").replace("db/session", "app/session")
    write(tmp_path, {"connlint.toml": standard})
    monkeypatch.chdir(tmp_path)
    done = run(capfdbinary, "check", "--format", "json")
    assert [code for _, code in _found(done.out)] == ["DBC102", "DBC101"]
