"""``connlint trace``: what leads to a function, and what it does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.applications import write
from cli.running import run

Capture = pytest.CaptureFixture[bytes]
SOURCES = {
    "connlint.toml": 'src = ["."]\n',
    "app/__init__.py": "",
    "app/routes.py": """\
from fastapi import FastAPI
from sqlalchemy.orm import Session
from app.store import save

app = FastAPI()


@app.post("/jobs")
def create_job(session: Session):
    prepare(session)


def prepare(session: Session):
    save(session)


def idle():
    return 1
""",
    "app/store.py": """\
from sqlalchemy.orm import Session


def save(session: Session):
    session.add(object())
    session.commit()


class Store:
    def save(self):
        return 1
""",
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, SOURCES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


@pytest.mark.parametrize("target", ["app.routes.prepare", "prepare", "app/routes.py:14"])
def test_a_function_is_found_by_name_or_place(capfdbinary: Capture, target: str) -> None:
    done = run(capfdbinary, "trace", target)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("app.routes.prepare  app/routes.py:13\n")


def test_the_ways_to_it_and_from_it_are_shown(capfdbinary: Capture) -> None:
    trace = json.loads(run(capfdbinary, "trace", "prepare", "--format", "json").out)
    (reach,) = trace["entry_points"]
    assert (reach["kind"], reach["name"]) == ("route", "POST /jobs")
    assert reach["through"] == ["app.routes.create_job", "app.routes.prepare"]
    (commit,) = [effect for effect in trace["effects"] if effect["kind"] == "commit"]
    assert (commit["path"], commit["line"], commit["column"]) == ("app/routes.py", 14, 5)
    assert [(step["path"], step["line"]) for step in commit["chain"]] == [
        ("app/routes.py", 14),
        ("app/store.py", 6),
    ]


def test_a_function_without_database_says_so(capfdbinary: Capture) -> None:
    done = run(capfdbinary, "trace", "idle")
    assert "entry points: none reaches it" in done.out
    assert "effects: none" in done.out


def test_a_place_is_seen_from_the_working_folder(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project / "app")
    assert run(capfdbinary, "trace", "store.py:5").out.startswith("app.store.save  ")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("app.routes.prepar", "no function is called app.routes.prepar; did you mean app.routes."),
        ("save", "save is the end of several names: app.store.Store.save, app.store.save"),
        ("app/gone.py:3", "app/gone.py is no readable file of the project"),
        ("app/rutes.py:3", "app/rutes.py is no readable file of the project; did you mean app/rou"),
        ("app/store.py:900", "app/store.py has no line 900, but "),
    ],
)
def test_a_target_that_is_not_one_function_is_wrong_use(
    capfdbinary: Capture, target: str, message: str
) -> None:
    done = run(capfdbinary, "trace", target)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}")
