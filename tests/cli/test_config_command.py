"""``connlint config``: the resolved standard and where each value comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.applications import DATABASE
from cli.running import run

Capture = pytest.CaptureFixture[bytes]
USERS = """
from db import get_session


def names():
    with get_session() as session:
        return session.execute("SELECT 1").all()


def more():
    with get_session() as session:
        return session.execute("SELECT 2").all()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "connlint.toml").write_text('[sessions]\nproviders = ["app.db.get_session"]\n')
    return tmp_path


def test_each_setting_says_where_it_comes_from(capfdbinary: Capture, project: Path) -> None:
    done = run(capfdbinary, "config", project)
    assert done.code == 0
    rows = dict(line.split("  # ") for line in done.out.splitlines()[1:])
    origins = {setting.strip(): origin for setting, origin in rows.items()}
    assert origins['sessions.providers = ["app.db.get_session"]'] == "connlint.toml:2"
    assert origins["ignore = []"] == "default"


def test_toml_can_be_used_again(capfdbinary: Capture, project: Path, tmp_path: Path) -> None:
    text = run(capfdbinary, "config", project, "--format", "toml").out
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "connlint.toml").write_text(text)
    assert run(capfdbinary, "config", copy, "--format", "toml").out == text
    assert "get_session" in text


def test_json_holds_every_setting(capfdbinary: Capture, project: Path) -> None:
    report = json.loads(run(capfdbinary, "config", project, "--format", "json").out)
    assert report["file"] == str(project / "connlint.toml")
    settings = {item["key"]: item for item in report["settings"]}
    assert settings["sessions.providers"]["value"] == ["app.db.get_session"]
    assert settings["sessions.names"]["origin"] == "default"


def test_without_configuration_it_shows_what_is_assumed_and_why(
    capfdbinary: Capture, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "db.py").write_text(DATABASE)
    (tmp_path / "users.py").write_text(USERS)
    text = run(capfdbinary, "config", tmp_path).out
    head, *rows = text.splitlines()
    assert head == f"# no configuration for {tmp_path}: this is what connlint assumes"
    (providers,) = [row for row in rows if row.startswith("sessions.providers")]
    assert providers.startswith('sessions.providers = ["db.get_session"]')
    assert "# assumed: context manager, used by" in providers
    report = json.loads(run(capfdbinary, "config", tmp_path, "--format", "json").out)
    settings = {item["key"]: item for item in report["settings"]}
    assert settings["sessions.providers"]["value"] == ["db.get_session"]
    assert settings["sessions.names"]["origin"] == "default"
    toml = run(capfdbinary, "config", tmp_path, "--format", "toml").out
    (tmp_path / "connlint.toml").write_text(toml)
    assert run(capfdbinary, "config", tmp_path, "--format", "toml").out == toml


def test_isolated_reads_no_file(capfdbinary: Capture, project: Path) -> None:
    report = json.loads(run(capfdbinary, "config", project, "--isolated", "--format", "json").out)
    assert report["file"] == ""


def test_errors_are_told_all_at_once(
    capfdbinary: Capture, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    (project / "connlint.toml").write_text("selct = []\n[sesions]\n")
    done = run(capfdbinary, "config", project)
    assert (done.code, done.out) == (2, "")
    assert [line.split(":")[1:3] for line in done.err.splitlines()] == [
        [" connlint.toml", "1"],
        [" connlint.toml", "2"],
    ]


def test_the_schema_for_editors_is_the_published_one(capfdbinary: Capture) -> None:
    published = Path(__file__).parents[2] / "docs" / "configuration.schema.json"
    done = run(capfdbinary, "config", "--format", "schema")
    assert done == (0, published.read_text("utf-8"), "")
