"""The right column comes into the string that names the wrong one, and the rows are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from fix.fixed_project import Project

SCHEMA = """\
def init(connection):
    connection.execute("CREATE TABLE files (ID INTEGER PRIMARY KEY, ClientID INTEGER, Name TEXT)")


"""
FUNCTION = "def files_of(connection, client_id, name=''):\n"


def _project(root: Path, body: str) -> Project:
    return Project.of(root, "DBC501", "", {"app.py": f"{SCHEMA}{FUNCTION}    {body}\n"})


STRINGS = {
    "plain": '"SELECT Name FROM files WHERE ID = ?"',
    "no blanks": '"SELECT Name FROM files WHERE ID=?"',
    "single quotes": "'SELECT Name FROM files WHERE ID = ?'",
    "raw": 'r"SELECT Name FROM files WHERE ID = ?"',
    "quoted": "'SELECT Name FROM files WHERE \"ID\" = ?'",
    "with its table": '"SELECT Name FROM files WHERE files.ID = ?"',
    "of an alias": '"SELECT f.ID FROM files f WHERE f.ID = ?"',
    "in pieces": '"SELECT ID, Name " "FROM files WHERE ID = ? " "ORDER BY ID"',
    "in pieces on lines": '(\n        "SELECT ID FROM files"  # a\n        " WHERE ID = ?"\n    )',
    "comparison in pieces": '"SELECT Name FROM files WHERE ID " "= ?"',
    "added": '"SELECT Name FROM files " + "WHERE ID = ?"',
    "on lines": '"""\n        SELECT ID, Name\n        FROM files\n        WHERE ID = ?\n    """',
    "other text": "\"SELECT 'ID = ?' FROM files /* ID = ? */ WHERE ID = ?\"",
}


@pytest.mark.parametrize("title", STRINGS)
def test_only_the_compared_column_changes(tmp_path: Path, title: str) -> None:
    before = STRINGS[title]
    head, _, tail = before.rpartition("ID" if title != "in pieces" else "ID = ")
    after = f"{head}ClientID{tail}" if title != "in pieces" else f"{head}ClientID = {tail}"
    project = _project(tmp_path, f"return connection.execute({before}, (client_id,))")
    assert project.reasons() == ["takes --unsafe-fixes: a person has to look at it"]
    assert len(project.fix(unsafe=True).fixed) == 1
    body = f"return connection.execute({after}, (client_id,))"
    assert project.read("app.py") == f"{SCHEMA}{FUNCTION}    {body}\n"


@pytest.mark.parametrize(
    ("condition", "given", "after"),
    [
        ("ID = :c OR ID = :n", '{"n": name, "c": client_id}', "ClientID = :c OR ID = :n"),
        ("ID = ? OR ID = ?", "(name, client_id)", "ID = ? OR ClientID = ?"),
        ("ID = ? OR ID = ?", "(client_id, name)", "ClientID = ? OR ID = ?"),
    ],
)
def test_the_comparison_with_the_key_is_meant(
    tmp_path: Path, condition: str, given: str, after: str
) -> None:
    sql = f'"SELECT ID FROM files WHERE {condition}"'
    project = _project(tmp_path, f"return connection.execute({sql}, {given})")
    assert project.fix(unsafe=True).fixed
    assert f"WHERE {after}" in project.read("app.py")


SQL = '"DELETE FROM files WHERE ID = ?"'
TWICE = f"""sql = {SQL}
    connection.execute(sql, (client_id,))
    connection.execute(sql, (name,))"""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (TWICE, "used more than once"),
        ('return connection.execute("DELETE FROM files WHERE I" "D = ?", (client_id,))', "spread"),
        (
            "return connection.execute('DELETE FROM \\x66iles WHERE ID = ?', (client_id,))",
            "escapes",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, body: str, reason: str) -> None:
    (found,) = _project(tmp_path, body).reasons(unsafe=True)
    assert reason in found


def test_a_statement_that_serves_others_is_refused(tmp_path: Path) -> None:
    body = f"return connection.execute(SQL, (client_id,))\n\n\nSQL = {SQL}"
    reasons = _project(tmp_path, body).reasons(unsafe=True)
    assert all("which may serve others as well" in each for each in reasons)


FILES = """\
import sqlite3

connection = sqlite3.connect(":memory:")
connection.execute("CREATE TABLE files (ID INTEGER PRIMARY KEY, ClientID INTEGER, Name TEXT)")
connection.executemany(
    "INSERT INTO files VALUES (?, ?, ?)", [(1, 2, "a"), (2, 1, "b"), (3, 2, "c")]
)


def names(client_id):
    rows = connection.execute(
        "SELECT Name "
        "FROM files "
        "WHERE ID = ?",
        (client_id,),
    )
    return [name for (name,) in rows]


def delete(client_id):
    sql = "DELETE FROM files WHERE ID = ?"
    connection.execute(sql, (client_id,))


def main():
    print(names(2))
    delete(2)
    print(connection.execute("SELECT group_concat(Name) FROM files").fetchone()[0])
"""


def test_the_rows_are_those_of_the_key(tmp_path: Path) -> None:
    project = Project.of(tmp_path, "DBC501", "", {"files.py": FILES})
    run = "import files; files.main()"
    assert project.run(run) == "['b']\na,c\n"
    assert len(project.fix(unsafe=True).fixed) == 2
    assert project.run(run) == "['a', 'c']\nb\n"
