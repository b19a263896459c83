"""Whatever the code looks like, what is detected can be written down and read back."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.config.checking import check_settings
from connlint.config.loading import load_standard
from connlint.config.render import toml_of
from connlint.config.standard import Standard
from detect.written_programs import application, detected, detected_below, users

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIXTURES = Path(__file__).parents[2] / "fixtures"

PARTS = st.sampled_from(["app", "my-scripts", "class", "[v1]", "a b", "größe", "__init__", "x*y"])
NAMES = st.sampled_from(["get_session", "_open", "größe", "db", "session_for_tasks", "match"])
URLS = st.sampled_from(['"sqlite://"', "url", 'os.environ["DB_URL"]', "settings.db_url", "f()"])


@st.composite
def programs(draw: st.DrawFn) -> dict[str, str]:
    """Modules under odd names that make sessions in all kinds of ways."""
    files = {}
    for number in range(draw(st.integers(1, 4))):
        folder = draw(st.lists(PARTS, max_size=2))
        name, factory = draw(NAMES), draw(NAMES)
        decorator = draw(st.sampled_from(["@contextmanager\n", ""]))
        last = draw(st.sampled_from(["yield", "return", "print"]))
        others = "".join(f"from {other} import *\n" for other in draw(st.lists(NAMES, max_size=1)))
        files["/".join([*folder, f"{draw(PARTS)}{number}.py"])] = (
            "import os\nfrom contextlib import contextmanager\n"
            "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\n"
            f"{others}"
            f"engine = create_engine({draw(URLS)}, pool_recycle={draw(st.integers(0, 2))})\n"
            f"{factory}_factory = sessionmaker(engine)\n\n\n"
            f"{decorator}def {name}(url=None):\n    {last}({factory}_factory())\n\n\n"
            f"def use_{number}():\n    with {name}() as session:\n        session.commit()\n"
        )
    return files


def read_back(standard: Standard) -> Standard:
    """The standard after it was written down, with every complaint about it."""
    text = toml_of(standard, section=())
    checked = check_settings(tomllib.loads(text) if standard != Standard() else {}, ())
    assert checked.issues == []
    return msgspec.convert(checked.settings, Standard)


@given(programs())
@settings(max_examples=60, deadline=None)
def test_what_is_detected_can_be_written_down_and_read_back(files: dict[str, str]) -> None:
    standard = detected(files).standard
    assert read_back(standard) == standard


@pytest.mark.parametrize("name", ["clips", "job_store", "presentation", "scraper", "sqlite_server"])
def test_a_configuration_file_with_it_loads(name: str, tmp_path: Path) -> None:
    standard = detected_below(FIXTURES / name).standard
    (tmp_path / "connlint.toml").write_text(toml_of(standard), encoding="utf-8")
    assert load_standard([tmp_path], ()).standard == standard


def test_detecting_twice_gives_the_same() -> None:
    files = application() | users(3, folder="app/more")
    assert detected(files) == detected(files)
