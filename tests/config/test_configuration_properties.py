"""Whatever a configuration says, it is a standard or an error; and a standard survives TOML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from config.projects import RULES
from config.standards import STANDARDS, TABLES
from connlint.config.checking import check_settings
from connlint.config.keys import written_key
from connlint.config.loading import LoadedStandard, load_standard
from connlint.config.render import toml_of, toml_value
from connlint.config.standard import Standard
from connlint.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project") / "connlint.toml"


def _load(file: Path, text: str) -> LoadedStandard:
    file.write_bytes(text.encode())
    return load_standard([file.parent], RULES)


@given(TABLES)
def test_a_table_gives_a_standard_or_a_list_of_errors(file: Path, table: dict[str, Any]) -> None:
    text = "".join(f"{written_key(key)} = {toml_value(value)}\n" for key, value in table.items())
    try:
        loaded = _load(file, text)
    except ConfigError as error:
        assert error.lines
        assert all("\n" not in line and "connlint.toml" in line for line in error.lines)
    else:
        assert isinstance(loaded.standard, Standard)
        assert loaded.declared


@given(TABLES)
def test_what_checking_leaves_is_always_sound(table: dict[str, Any]) -> None:
    sound, issues = check_settings(table, RULES)
    assert isinstance(msgspec.convert(sound, Standard), Standard)
    assert check_settings(_as_toml(sound), RULES).issues == []
    assert all(message and path for path, message in issues)


def _as_toml(value: Any) -> Any:
    """Checked settings with arrays as TOML gives them."""
    if isinstance(value, dict):
        return {key: _as_toml(entry) for key, entry in value.items()}
    return list(value) if isinstance(value, tuple) else value


@given(STANDARDS)
@settings(max_examples=60)
def test_a_standard_comes_back_from_its_toml(file: Path, standard: Standard) -> None:
    for section in ((), ("tool", "connlint")):
        loaded = _load(file, toml_of(standard, section=section))
        assert loaded.standard == standard


@given(STANDARDS)
@settings(max_examples=40)
def test_every_setting_has_an_origin(file: Path, standard: Standard) -> None:
    loaded = _load(file, toml_of(standard))
    lines = file.read_text("utf-8").split("\n")
    for key, origin in loaded.origins.items():
        if origin != "default":
            assert lines[int(origin.rpartition(":")[2]) - 1].startswith(_last_key(key))


def _last_key(key: str) -> str:
    """The last part of a dotted key, as TOML spells it."""
    table: object = tomllib.loads(f"{key} = 0")
    while isinstance(table, dict):
        (last, table), *_ = table.items()
    return written_key(last)
