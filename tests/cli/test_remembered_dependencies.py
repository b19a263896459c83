"""What an earlier run found is not taken for granted when dependencies or schemas have changed."""

from __future__ import annotations

from pathlib import Path

from cli.running import run_process


def test_a_driver_that_is_declared_now_is_no_finding_any_more(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "connlint.toml").write_text('select = ["DBC409"]\n', "utf-8")
    (root / "db.py").write_text("import asyncpg\n", "utf-8")
    requirements = root / "requirements.txt"
    requirements.write_text("flask\n", "utf-8")
    codes = [run_process("check", cwd=root).code for _ in range(2)]
    requirements.write_text("flask\nasyncpg\n", "utf-8")
    codes.append(run_process("check", cwd=root).code)
    assert codes == [1, 1, 0]


def test_a_column_that_a_schema_declares_now_is_no_finding_any_more(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "connlint.toml").write_text('select = ["DBC502"]\n', "utf-8")
    query = "SELECT owner FROM jobs"
    (root / "db.py").write_text(f'def owners(conn):\n    return conn.execute("{query}")\n', "utf-8")
    schema = root / "schema.sql"
    schema.write_text("CREATE TABLE jobs (id INTEGER);\n", "utf-8")
    codes = [run_process("check", cwd=root).code for _ in range(2)]
    schema.write_text("CREATE TABLE jobs (id INTEGER, owner TEXT);\n", "utf-8")
    codes.append(run_process("check", cwd=root).code)
    assert codes == [1, 1, 0]
