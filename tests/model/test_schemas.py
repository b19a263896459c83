"""What a project declares of its tables, and what it leaves open."""

from __future__ import annotations

import pytest

from connlint.model.queries.declared_sql import read_declarations
from connlint.model.queries.named import Named, named_in
from connlint.model.queries.schemas import Schemas
from connlint.model.queries.sql_files import SqlFiles
from connlint.model.queries.tables import Tables
from connlint.model.queries.texts import GAP
from model.written import linked

MODELS = """
    from app.base import Base, Stamped, computed
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import relationship
    from library import Mixin

    class User(Stamped, Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        mail = Column("email", Integer)

    class Admin(User):
        level = Column(Integer)

    class Post(Mixin, Base):
        __tablename__ = "posts"
        id = Column(Integer, primary_key=True)

    class Extended(Base):
        __tablename__ = "extended"
        id = Column(Integer, primary_key=True)
        for name in ("a", "b"):
            locals()[name] = Column(Integer)

    class OrderItem(Base):
        __tablename__ = computed()
        id = Column(Integer, primary_key=True)
"""
BASE = """
    from sqlalchemy import Column, DateTime
    from sqlalchemy.orm import declarative_base

    Base = declarative_base()

    class Stamped:
        created_at = Column(DateTime)

    def computed():
        return input()
"""


def _declared(sql: str) -> Tables:
    tables = Tables()
    read_declarations(sql, tables)
    return tables


def _closed(tables: Tables) -> dict[str, list[str]]:
    return {
        name: list(table.columns)
        for name, table in tables.by_name.items()
        if table.is_created and not table.is_open
    }


@pytest.mark.parametrize(
    ("sql", "closed"),
    [
        (
            (
                "CREATE TABLE IF NOT EXISTS A (ID int PRIMARY KEY, b text REFERENCES c (id),"
                " CONSTRAINT x UNIQUE (b), FOREIGN KEY (b) REFERENCES d (e), CHECK (b > 1))"
            ),
            {"a": ["id", "b"]},
        ),
        ("create table s.a (b int); alter table a add c int, add column d int", {"a": list("bcd")}),
        ("CREATE TABLE a (b int); ALTER TABLE a RENAME COLUMN b TO c", {"a": ["b", "c"]}),
        ("ALTER TABLE a ADD COLUMN b int", {}),
        ("CREATE TABLE a AS SELECT 1 AS b", {}),
        ("CREATE TABLE a (LIKE b INCLUDING ALL)", {}),
        ("CREATE TABLE a (b int) INHERITS (c)", {}),
        ("CREATE TABLE a PARTITION OF b FOR VALUES IN (1)", {}),
        ("CREATE VIEW a AS SELECT * FROM b", {}),
        ("CREATE VIRTUAL TABLE a USING fts5(b)", {}),
        ("CREATE TABLE a (b int); ALTER TABLE a RENAME TO c", {"a": ["b"]}),
        (f"CREATE TABLE a (b int, {GAP})", {}),
        ("SELECT * FROM a", {}),
    ],
)
def test_tables_by_sql(sql: str, closed: dict[str, list[str]]) -> None:
    tables = _declared(sql)
    assert _closed(tables) == closed
    assert tables.is_whole


def test_names_that_are_values() -> None:
    table = _declared(f"CREATE TABLE {GAP} (b int)")
    assert (table.is_whole, table.everywhere, table.has_named_columns) == (False, {"b"}, True)
    column = _declared(f"ALTER TABLE {GAP} ADD COLUMN {GAP} {GAP}")
    assert (column.is_whole, column.has_named_columns) == (False, False)


def test_mapped_classes() -> None:
    schemas = Schemas(linked({"app/base.py": BASE, "app/models.py": MODELS}))
    users = schemas.closed("users")
    assert users is not None
    assert {"id", "mail", "email", "created_at", "level"} <= users.columns.keys()
    assert "name" not in users.columns
    for name in ("posts", "extended", "order_items"):
        assert schemas.is_declared(name), name
        assert schemas.closed(name) is None, name
    assert not schemas.are_whole  # a name is computed


def test_operations_and_table_objects() -> None:
    text = """
        from alembic import op
        from sqlalchemy import Column, Integer, Table, MetaData

        metadata = MetaData()
        links = Table("links", metadata, Column("a", Integer), Column("b", Integer))
        seen = Table("seen", metadata, autoload_with=None)

        def upgrade():
            op.create_table("jobs", Column("id", Integer))
            op.add_column("jobs", Column("state", Integer))
            with op.batch_alter_table("jobs") as batch_op:
                batch_op.add_column(Column("owner", Integer))
                batch_op.alter_column("state", new_column_name="status")
            op.rename_table("links", "connections")
    """
    schemas = Schemas(linked({"app/a.py": text}))
    jobs, links = schemas.closed("jobs"), schemas.closed("links")
    assert jobs is not None
    assert links is not None
    assert set(jobs.columns) == {"id", "state", "owner", "status"}
    assert set(links.columns) == {"a", "b"}
    assert schemas.is_declared("connections")
    assert schemas.closed("seen") is None
    assert schemas.are_whole


def test_classes_that_name_their_table() -> None:
    text = """
        from sqlmodel import Field, SQLModel

        class UserBase(SQLModel):
            name: str

        class AppUser(UserBase, table=True):
            id: int = Field(primary_key=True)
    """
    schemas = Schemas(linked({"app/a.py": text}))
    users = schemas.closed("appuser")
    assert users is not None
    assert set(users.columns) >= {"id", "name"}
    assert not schemas.is_declared("userbase")


@pytest.mark.parametrize(
    "text",
    [
        "from django.db import models",
        "from sqlalchemy import MetaData\nMetaData().reflect(None)",
        "from sqlalchemy.ext.automap import automap_base\nBase = automap_base()",
        "def save(frame, name):\n    frame.to_sql(name, None)",
    ],
)
def test_what_hides_tables(text: str) -> None:
    declared = 'SQL = "CREATE TABLE a (b int)"\n'
    assert Schemas(linked({"a.py": declared})).are_whole
    assert not Schemas(linked({"a.py": declared, "b.py": text})).are_whole


def test_files_of_sql_count() -> None:
    project = linked({"a.py": ""})
    project.sql_files = lambda: SqlFiles(("CREATE TABLE a (b int)",), is_whole=True)
    assert Schemas(project).are_whole
    assert Schemas(project).closed("a") is not None
    project.sql_files = lambda: SqlFiles(("CREATE TABLE a (b int)",), is_whole=False)
    assert not Schemas(project).are_whole


def _columns(sql: str) -> set[tuple[str, str]]:
    return {(",".join(sorted(n.tables)), n.column) for n in named_in(sql) if n.column}


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT a FROM t WHERE b = :c AND d = %s", {("t", "a"), ("t", "b"), ("t", "d")}),
        ("SELECT x.a, b FROM t x JOIN u ON u.id = x.u", {
            ("t", "a"), ("t,u", "b"), ("u", "id"), ("t", "u")}),
        ("INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = excluded.c", {
            ("t", "a"), ("t", "b")}),
        ("UPDATE t SET a = 1 WHERE b IN (SELECT c FROM u WHERE u.d = t.e)", {
            ("t,u", "a"), ("t,u", "b"), ("t,u", "c"), ("u", "d"), ("t", "e")}),
        ("DELETE FROM t WHERE rowid = ?", set()),
        ("SELECT count(*) AS n FROM t ORDER BY n", set()),
        ("SELECT t FROM t", set()),
        ("WITH c (x) AS (SELECT a FROM t) SELECT x, c.y FROM c", {("t", "a")}),
        ("SELECT s.a, b FROM (SELECT a FROM t) s", {("t", "a"), ("t", "b")}),
        ("SELECT a FROM t, unnest(t.b) e", {("t", "b")}),
        ("SELECT a FROM json_each('[]')", set()),
        ("SELECT a FROM t, pg_class", set()),
        ("SELECT a FROM other.t", set()),
        ("SELECT a FROM public.t", {("t", "a")}),
        ('SELECT "a" FROM t', set()),  # a text in MySQL
        ("SELECT date_trunc('day', a), extract(epoch from b), current_date FROM t", {
            ("t", "a"), ("t", "b")}),
        ("not SQL at all", set()),
    ],
)  # fmt: skip
def test_the_columns_that_a_statement_names(sql: str, columns: set[tuple[str, str]]) -> None:
    assert _columns(sql) == columns


def test_the_tables_that_a_statement_names() -> None:
    names = named_in("SELECT 1 FROM a JOIN sqlite_master ON 1 JOIN dual ON 1")
    assert {name for name in names if not name.column} == {Named(frozenset({"a"}))}
