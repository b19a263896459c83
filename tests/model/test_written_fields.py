"""Which stores are counters, activity stamps, other times, or facts; in attributes and in SQL."""

from __future__ import annotations

import pytest

from connlint.facts.extract import parse_expression
from connlint.model.written.fields import counted, is_step, stored
from connlint.model.written.statements import written_by_sql

STORED = {
    "an activity stamp": ("last_seen", "now", "stamp"),
    "an activity stamp with a time's ending": ("last_login_at", "moment", "stamp"),
    "a stamp in camel case": ("lastActive", "moment", "stamp"),
    "details of the last activity": ("last_used_ip", "address", "stamp"),
    "the clock in a field called last": ("last_round", "datetime.now(UTC)", "stamp"),
    "a name": ("last_name", "name", "field"),
    "an error": ("last_error", "str(error)", "field"),
    "a terminal stamp": ("dismissed_at", "now", "time"),
    "a terminal stamp that is taken back": ("dismissed_at", "None", "field"),
    "the clock in any field": ("moment", "time.time()", "time"),
    "the row's last change": ("updated_at", "now", "touch"),
    "the row's last change by another name": ("date_modified", "now", "touch"),
    "the field and one more": ("hits", "row.hits + 1", "counter"),
    "the field or nothing and one more": ("hits", "(row.hits or 0) + 1", "counter"),
    "the column and one more": ("hits", "Usage.hits + 1", "counter"),
    "another field and one more": ("hits", "row.views + 1", "field"),
    "the field and an amount": ("hits", "row.hits + amount", "field"),
    "a fact": ("name", "'new'", "field"),
}


@pytest.mark.parametrize(("name", "value", "what"), STORED.values(), ids=STORED)
def test_what_storing_a_value_writes(name: str, value: str, what: str) -> None:
    expression = parse_expression(value)
    assert expression is not None
    assert stored(name, expression).what == what


@pytest.mark.parametrize("name", ["hits", "download_attempts", "total_uses", "viewCount"])
def test_statistics_are_counters(name: str) -> None:
    assert counted(name).what == "counter"


@pytest.mark.parametrize(
    "name", ["version", "retry_count", "credits", "stock_level", "sequence_number", "failed_logins"]
)
def test_numbers_that_the_code_goes_by_are_not(name: str) -> None:
    assert counted(name).what == "field"


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("10", True), ("-1", False), ("True", False), ("n", False)]
)
def test_counting_takes_a_positive_constant(value: str, *, expected: bool) -> None:
    expression = parse_expression(value)
    assert expression is not None
    assert is_step(expression) is expected


SQL = {
    "a counter": ("UPDATE files SET hits = hits + 1 WHERE id = ?", {"counter hits"}),
    "a counter and a stamp": (
        "update users set logins = users.logins + 1, LastSeen = now() where id = :id",
        {"counter logins", "stamp LastSeen"},
    ),
    "commas in functions": (
        'UPDATE "t" SET last_used = coalesce(a, b, c), n = n + 1 RETURNING id',
        {"stamp last_used", "counter n"},
    ),
    "a fact": ("UPDATE jobs SET status = 'DONE'", {"field status"}),
    "a sum": ("UPDATE jobs SET total = total + :amount", {"field total"}),
    "new rows": ("INSERT INTO log VALUES (1)", {"rows "}),
    "fewer rows": ("DELETE FROM log", {"rows "}),
    "nothing": ("SELECT 1", set()),
}


@pytest.mark.parametrize(("sql", "expected"), SQL.values(), ids=SQL)
def test_what_sql_writes(sql: str, expected: set[str]) -> None:
    assert {f"{each.what} {each.name}" for each in written_by_sql(sql)} == expected
