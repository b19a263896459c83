"""What is read out of SQL text: its parts, whether it is SQL at all, tables and conditions."""

from __future__ import annotations

import logging

import pytest

from connlint.facts.extract import parse_expression
from connlint.model.queries.conditions import Condition, read_statement
from connlint.model.queries.texts import GAP, looks_like_sql, parts_of, with_gaps


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("'SELECT ' 'a'", "SELECT a"),
        ("f'SELECT {a} FROM {b}'", f"SELECT {GAP} FROM {GAP}"),
        ("'SELECT ' + a + ' FROM t'", f"SELECT {GAP} FROM t"),
        ("'SELECT %s FROM %(t)s' % (a, b)", f"SELECT {GAP} FROM {GAP}"),
        ("'SELECT {} FROM {t!r}'.format(a, t=b)", f"SELECT {GAP} FROM {GAP}"),
        ("'SELECT {} FROM t'.format('a')", "SELECT a FROM t"),
        ("' AND '.join(['a = 1', b])", f"a = 1 AND {GAP}"),
        ("text('SELECT 1').strip()", "SELECT 1"),
        ("f'LIMIT {10}'", "LIMIT 10"),
        ("'%d rows' % f'{n}'", f"{GAP} rows"),
        ("name", GAP),
    ],
)
def test_the_parts_of_a_text(code: str, text: str) -> None:
    expression = parse_expression(code)
    assert expression is not None
    assert with_gaps(parts_of(expression)) == text


@pytest.mark.parametrize(
    "text",
    [
        "select * from t", "-- why\n SELECT 1", "INSERT OR IGNORE INTO t VALUES (1)",
        "update t set a = 1",
        "delete from t", "WITH a AS (SELECT 1) SELECT * FROM a", "CREATE UNIQUE INDEX i ON t (a)",
        f"DROP TABLE IF EXISTS {GAP}", f"PRAGMA table_info({GAP})", "TRUNCATE TABLE t",
    ],
)  # fmt: skip
def test_text_that_is_sql(text: str) -> None:
    assert looks_like_sql(text)


@pytest.mark.parametrize(
    "text",
    [
        "select a file", "Update available", "delete the row?", f"Create {GAP} now", "with love",
        f"drop {GAP} here", "Insert coin", "", f"{GAP}", "replace it", "set the table",
    ],
)  # fmt: skip
def test_text_that_only_sounds_like_it(text: str) -> None:
    assert not looks_like_sql(text)


def test_conditions_know_which_placeholder_they_have() -> None:
    read = read_statement("UPDATE files SET a = ?, b = ? WHERE ID = ? AND Name = ?")
    assert read is not None
    assert read.table == "files"
    assert read.conditions == (Condition("ID", 2, "?"), Condition("Name", 3, "?"))


@pytest.mark.parametrize("style", [":key", "%(key)s"])
def test_named_placeholders(style: str) -> None:
    read = read_statement(f"SELECT * FROM files WHERE id = {style}")
    assert read is not None
    assert [condition.name for condition in read.conditions] == ["key"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT FROM WHERE (((", "SELECT * FROM a JOIN b ON a.id = b.id", "'", "SELECT 1; SELECT 2",
        "VACUUM", "SELECT * FROM t WHERE id = ?" + " " * 20_000,
    ],
)  # fmt: skip
def test_what_is_not_understood_is_not_known(sql: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert read_statement(sql) is None
    assert not caplog.records
