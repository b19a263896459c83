"""The resolved standard as rows, and standards as TOML text."""

from __future__ import annotations

import pytest

from config.projects import Load
from connlint.config.render import rows_of, toml_of, toml_value
from connlint.config.standard import Connection, Sessions, Standard


def test_rows_name_every_setting_with_its_origin(load: Load) -> None:
    rows = rows_of(load('extends = ["supavisor"]\n[roles]\ntask = ["jobs/**"]\n'))
    by_key = {row.key: row for row in rows}
    assert len(by_key) == len(rows)
    assert by_key["extends"] == ("extends", ("supavisor",), "connlint.toml:1")
    assert by_key["roles.task"] == ("roles.task", ("jobs/**",), "connlint.toml:3")
    assert by_key["connection.statement-cache"][1:] == ("disabled", "preset supavisor")
    assert by_key["severity"][1:] == ({}, "default")
    assert "roles" not in by_key


def test_only_what_differs_from_the_defaults_is_written() -> None:
    standard = Standard(
        src=("lib",),
        sessions=Sessions(owners=("lib/db.py",), names=()),
        roles={"router": ("lib/web/**",)},
        connection=Connection(engine_arguments={"pool_pre_ping": True, "pool_recycle": 3600}),
    )
    assert toml_of(standard) == (
        """\
[tool.connlint]
src = ["lib"]

[tool.connlint.sessions]
owners = ["lib/db.py"]
names = []

[tool.connlint.roles]
router = ["lib/web/**"]

[tool.connlint.connection.engine-arguments]
pool_pre_ping = true
pool_recycle = 3600
"""
    )


def test_at_the_top_level_there_is_no_header() -> None:
    standard = Standard(src=("lib",), sessions=Sessions(names=("db",)))
    assert toml_of(standard, section=()) == 'src = ["lib"]\n\n[sessions]\nnames = ["db"]\n'


def test_a_standard_of_defaults_is_an_empty_table() -> None:
    assert toml_of(Standard()) == "[tool.connlint]\n"
    assert toml_of(Standard(), section=()) == "\n"


def test_comments_stand_above_what_they_are_about() -> None:
    standard = Standard(sessions=Sessions(providers=("app.db.get_session",)))
    comments = {
        "sessions": "Who may open a session.",
        "sessions.providers": "Used 12 times.\n\nThe other one is used once.",
        "states.persist": "not written, so not explained",
    }
    assert toml_of(standard, comments=comments) == (
        """\
# Who may open a session.
[tool.connlint.sessions]
# Used 12 times.
#
# The other one is used once.
providers = ["app.db.get_session"]
"""
    )


def test_a_long_array_has_one_item_a_line() -> None:
    owners = tuple(f"src/a/rather/long/path/number{n}.py" for n in range(3))
    lines = toml_of(Standard(sessions=Sessions(owners=owners))).splitlines()
    assert lines[1:] == ["owners = [", *(f'  "{owner}",' for owner in owners), "]"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('"\\\n\t\x00\x7f\u2028é', '"\\"\\\\\\n\\t\\u0000\\u007f\\u2028é"'),
        ("\U000e0001", '"\\U000e0001"'),
        (True, "true"),
        (3, "3"),
        (-1e300, "-1e+300"),
        (("a", 1), '["a", 1]'),
        ([], "[]"),
        ({"a b": {"c": False}}, '{ "a b" = { c = false } }'),
        ({}, "{}"),
    ],
)
def test_values_are_spelled_as_toml(value: object, text: str) -> None:
    assert toml_value(value) == text


def test_what_no_setting_can_be_is_refused() -> None:
    with pytest.raises(TypeError, match="no TOML for NoneType"):
        toml_value(None)
