"""A write in autocommit mode is committed with it, unless a transaction was begun on purpose."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from model.written import linked, operations

SQL = '"INSERT INTO t VALUES (1)"'
ENGINE = 'engine = sqlalchemy.create_engine("postgresql://", isolation_level="AUTOCOMMIT")'
BY_ITSELF = {
    "sqlite3 without an isolation level": f"""
        conn = sqlite3.connect("x", isolation_level=None)
        conn.execute({SQL})
    """,
    "through a cursor": f"""
        conn = sqlite3.connect("x", autocommit=True)
        cursor = conn.cursor()
        cursor.execute({SQL})
    """,
    "by an attribute": f"""
        conn = psycopg2.connect("x")
        conn.autocommit = True
        conn.cursor().execute({SQL})
    """,
    "by a method": f"""
        conn = psycopg2.connect("x")
        conn.set_session(autocommit=True)
        conn.cursor().execute({SQL})
    """,
    "by an argument": f"""
        conn = psycopg.connect("x", autocommit=True)
        conn.execute({SQL})
    """,
    "asyncpg does": f"""
        conn = await asyncpg.connect("x")
        await conn.execute({SQL})
    """,
    "through a pool": f"""
        pool = await asyncpg.create_pool("x")
        await pool.execute({SQL})
    """,
    "on what a pool hands out": f"""
        pool = await asyncpg.create_pool("x")
        async with pool.acquire() as conn:
            await conn.execute({SQL})
    """,
    "by the engine": f"""
        {ENGINE}
        with engine.connect() as conn:
            conn.execute(sqlalchemy.text({SQL}))
    """,
    "by an option of the connection": """
        engine = sqlalchemy.create_engine("postgresql://")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(sqlalchemy.insert(table))
    """,
    "after a transaction": f"""
        conn = await asyncpg.connect("x")
        async with conn.transaction():
            pass
        await conn.execute({SQL})
    """,
    "through a function that makes the connection": f"""
        conn = connect()
        conn.execute({SQL})
    """,
    "through a function that writes": """
        conn = sqlite3.connect("x", isolation_level=None)
        write(conn)
    """,
}
NOT_BY_ITSELF = {
    "a driver's default": f"""
        conn = sqlite3.connect("x")
        conn.execute({SQL})
    """,
    "switched off again": f"""
        conn = psycopg2.connect("x")
        conn.autocommit = True
        conn.autocommit = False
        conn.cursor().execute({SQL})
    """,
    "on some paths only": f"""
        conn = psycopg2.connect("x")
        if sys.argv:
            conn.autocommit = True
        conn.cursor().execute({SQL})
    """,
    "a mode that is not known": f"""
        conn = psycopg.connect("x", autocommit=sys.argv[1])
        conn.execute({SQL})
    """,
    "in a transaction": f"""
        conn = await asyncpg.connect("x")
        async with conn.transaction():
            await conn.execute({SQL})
    """,
    "in a transaction that text begins": f"""
        conn = sqlite3.connect("x", isolation_level=None)
        conn.execute("BEGIN IMMEDIATE")
        conn.execute({SQL})
        conn.execute("COMMIT")
    """,
    "in a transaction around a function that writes": """
        conn = sqlite3.connect("x", isolation_level=None)
        conn.execute("BEGIN")
        write(conn)
        conn.execute("COMMIT")
    """,
    "in a block of the engine": f"""
        {ENGINE}
        with engine.begin() as conn:
            conn.execute(sqlalchemy.text({SQL}))
    """,
    "a statement that reads": """
        conn = sqlite3.connect("x", isolation_level=None)
        conn.execute("SELECT 1")
    """,
    "maintenance": """
        conn = sqlite3.connect("x", isolation_level=None)
        conn.execute("VACUUM")
    """,
    "a statement that is not known": """
        conn = sqlite3.connect("x", isolation_level=None)
        conn.execute(sys.argv[1])
    """,
}
TOP = f"""\
import sqlite3, sys
import asyncpg, psycopg, psycopg2, sqlalchemy

def connect():
    return sqlite3.connect("x", isolation_level=None)

def write(conn: sqlite3.Connection):
    conn.execute({SQL})

async def work(table):
"""


def _committed(body: str) -> int:
    project = linked({"app/work.py": TOP + indent(dedent(body), "    ")})
    return len(operations(project, "app.work.work", "autocommit"))


@pytest.mark.parametrize("body", BY_ITSELF.values(), ids=BY_ITSELF)
def test_the_write_commits(body: str) -> None:
    assert _committed(body) == 1


@pytest.mark.parametrize("body", NOT_BY_ITSELF.values(), ids=NOT_BY_ITSELF)
def test_the_write_does_not_commit(body: str) -> None:
    assert _committed(body) == 0


def test_on_a_connection_that_is_lent_it_counts_where_it_was_made() -> None:
    project = linked({"app/work.py": TOP + "    pass"})
    assert operations(project, "app.work.write", "write")
    assert operations(project, "app.work.write", "autocommit") == []
