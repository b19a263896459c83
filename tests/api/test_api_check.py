"""``connlint.check``, as docs/api.md documents it: its examples run, and its promises hold."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import connlint
from cli.running import SOURCE, run
from connlint.report.check_json import CheckReport

Capture = pytest.CaptureFixture[bytes]
PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
DATABASE = """
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

make_session = sessionmaker(create_engine("sqlite://"))


def get_session():
    with make_session() as session:
        yield session
"""
USERS = """
from app.database import make_session


def names():
    with make_session() as session:
        return session.execute("SELECT name FROM users").all()
"""
SETTINGS = {
    "select": ("DBC101",),
    "sessions": {
        "providers": ["app.database.get_session"],
        "owners": ["src/app/database.py"],
    },
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    app = tmp_path / "src" / "app"
    app.mkdir(parents=True)
    for name, text in {"__init__": "", "database": DATABASE, "users": USERS}.items():
        (app / f"{name}.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def _examples() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_page_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for example in _examples():
        exec(example, names)
    assert isinstance(names["report"], CheckReport)
    assert names["ok"] is False
    out = capsys.readouterr().out.splitlines()
    (promised,) = re.findall(r"print\(error\)  # (.*)", PAGE)
    assert out[-1] == promised


def test_the_page_names_what_the_report_has() -> None:
    for type_ in (CheckReport, *CheckReport.__annotations__.values()):
        assert type_
    documented = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)
    rows = dict(documented)
    schema = json.loads((Path(__file__).parents[2] / "docs/schemas/check.schema.json").read_text())
    types = schema["$defs"]
    assert set(re.findall(r"`(\w+)`", rows["findings"])) == set(types["FindingItem"]["properties"])
    assert set(re.findall(r"`(\w+)`", rows["summary"])) == set(types["Summary"]["properties"])


def test_settings_are_held_against_the_code(project: Path) -> None:
    report = connlint.check("src", SETTINGS)
    (found,) = report.findings
    assert (found.code, found.path, found.range.start.line) == ("DBC101", "src/app/users.py", 6)
    assert report.summary.files == 3
    assert connlint.check(Path("src/app/database.py"), SETTINGS).findings == []


def test_a_file_can_be_the_standard(project: Path, tmp_path: Path) -> None:
    file = project / "strict.toml"
    file.write_text('select = ["DBC101"]\n[sessions]\nproviders = ["app.database.get_session"]\n')
    assert {each.code for each in connlint.check("src", file).findings} == {"DBC101"}
    assert connlint.check("src", str(file)) == connlint.check(["src"], file, use_cache=False)


def test_it_says_what_the_command_line_says(capfdbinary: Capture, project: Path) -> None:
    (project / "connlint.toml").write_text('[sessions]\nowners = ["src/app/database.py"]\n')
    done = run(capfdbinary, "check", "--format", "json")
    report = json.loads(done.out)
    assert [each.fingerprint for each in connlint.check().findings] == [
        each["fingerprint"] for each in report["findings"]
    ]
    assert report["findings"]


@pytest.mark.parametrize(
    ("paths", "standard", "message"),
    [
        ("gone", None, "no such file or folder: gone"),
        ("src", {"select": ["DBC999"]}, 'settings: select[0]: no rule is called "DBC999"'),
        ("src", {"sessions": {"names": 3}}, "settings: sessions.names: expected an array"),
        ("src", {"select": [object()]}, "settings: "),
        ("src", "gone.toml", "gone.toml: can't be read"),
    ],
)
def test_what_can_not_be_used_is_told(
    project: Path, paths: str, standard: object, message: str
) -> None:
    with pytest.raises(connlint.ConnlintError) as caught:
        connlint.check(paths, standard)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)


def test_importing_connlint_loads_next_to_nothing() -> None:
    code = "import sys, connlint; print(*(n for n in sys.modules if n.startswith('connlint.')))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) == {"connlint.errors", "connlint.version"}
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        connlint.chekc  # noqa: B018
