"""A text of SQL is told apart into statements, and the declaring ones of a file are its facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.facts.cache import hashed_file
from connlint.facts.extract import extract
from connlint.facts.reading import read_file
from connlint.facts.sql_statements import declares, extract_sql, statements
from connlint.facts.store import decode_facts

DUMP = """\
-- a dump; with a semicolon
CREATE TABLE a (id int, note text DEFAULT 'x;y');
COPY public.a (id, note) FROM stdin;
1\tit's; CREATE TABLE b (id int);
2\t"
\\.
CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN; CREATE TABLE c (x int); END; $body$ LANGUAGE x;
/* ; */ ALTER TABLE a
    ADD COLUMN "odd;name" int;
INSERT INTO a VALUES (1, 'C:\\');
CREATE VIEW d AS SELECT 1
"""


def test_the_statements_of_a_dump() -> None:
    first_words = [statement.split("(")[0].split()[:3] for statement in statements(DUMP)]
    assert first_words == [
        ["CREATE", "TABLE", "a"],
        ["CREATE", "FUNCTION", "f"],
        ["ALTER", "TABLE", "a"],
        ["INSERT", "INTO", "a"],
        ["CREATE", "VIEW", "d"],
    ]


def test_the_facts_are_the_statements_that_declare() -> None:
    facts = extract_sql(DUMP.encode())
    assert facts.problem is None
    assert facts.lines == DUMP.count("\n") + 1
    assert [statement.split()[2] for statement in facts.declared] == ["a", "a", "d"]
    assert '"odd;name"' in facts.declared[1]


def test_mysql_escapes_quotes_by_a_backslash() -> None:
    text = r"CREATE TABLE `a` (`b` text DEFAULT 'it\'s;'); CREATE TABLE `c` (`d` int);"
    assert len(list(statements(text))) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_any_encoding_is_read(encoding: str) -> None:
    facts = extract_sql("CREATE TABLE a (größe int);".encode(encoding))
    assert [statement.split()[2] for statement in facts.declared] == ["a"]


@pytest.mark.parametrize("text", ["", ";;", "'", "$$", "/*", "\x00\xff", "COPY a FROM stdin;"])
def test_odd_texts_end(text: str) -> None:
    assert extract_sql(text.encode("latin-1")).declared == ()


@pytest.mark.parametrize(
    ("statement", "declaring"),
    [
        ("create unlogged table if not exists a (b int)", True),
        ("CREATE OR REPLACE TEMP VIEW a AS SELECT 1", True),
        ("ALTER TABLE ONLY a ADD b int", True),
        ("SELECT a INTO b FROM c", True),
        ("{{ config(materialized='table') }} select 1", True),
        ("CREATE INDEX a ON b (c)", False),
        ("SELECT a FROM b", False),
        ("INSERT INTO a VALUES ('create table b')", False),
    ],
)
def test_what_declares(statement: str, declaring: bool) -> None:
    assert declares(statement) is declaring


def test_files_are_read_by_what_they_are(tmp_path: Path) -> None:
    text = b"# CREATE TABLE a (b int)\n"
    for name in ("a.py", "a.sql"):
        (tmp_path / name).write_bytes(text)
    python, sql = (read_file(extract, str(tmp_path / name)) for name in ("a.py", "a.sql"))
    assert python.content == hashed_file("x.py", text) != hashed_file("x.sql", text) == sql.content
    assert decode_facts(python.blob).scopes
    assert decode_facts(sql.blob).scopes == ()
