"""What becomes of the server when the standard changes, breaks or is mended; and how it ends."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from connlint.facts.cache import hashed, project_cache
from connlint.fix.journal import Journal, Noted, journal_in, write_journal
from rules.written_plugins import write_rule
from server.editing import ALLOWED, FORBIDDEN, SOURCE, STANDARD, editor, write_project

BROKEN = STANDARD.replace("forbidden =", "forbiden =")
# Without pygls there are no server and no editor, and everything else still works.
WITHOUT_THE_EXTRA = """
import sys
sys.modules["{library}"] = None
from connlint.cli.app import main
sys.exit(main(["server"]))
"""


def test_a_change_of_the_standard_counts_at_once(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root)
    configuration = root / "connlint.toml"

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            assert len(await edit.diagnostics(users)) == 2
            configuration.write_text(f'ignore = ["DBC102"]\n{STANDARD}', "utf-8")
            edit.save(configuration)
            assert [each.code for each in await edit.diagnostics(users)] == ["DBC101"]
            configuration.write_text(STANDARD, "utf-8")
            edit.report_on_disk(configuration, types.FileChangeType.Changed)
            assert len(await edit.diagnostics(users)) == 2

    asyncio.run(use())


def test_a_broken_standard_is_told_once_and_the_last_good_one_holds(
    tmp_path: Path, cache: Path
) -> None:
    root = tmp_path / "project"
    users = write_project(root)
    configuration = root / "connlint.toml"

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            assert len(await edit.diagnostics(users)) == 2
            configuration.write_text(BROKEN, "utf-8")
            edit.save(configuration)
            assert len(await edit.diagnostics(users)) == 2
            message = await edit.message()
            assert "connlint.toml:4: sessions.forbiden: unknown key" in message
            assert 'did you mean "forbidden"' in message
            edit.change(users, ALLOWED)
            assert await edit.diagnostics(users, version=2) == []
            assert edit.messages == []
            configuration.write_text(STANDARD, "utf-8")
            edit.save(configuration)
            assert await edit.diagnostics(users) == []
            configuration.write_text(BROKEN, "utf-8")
            edit.save(configuration)
            assert "unknown key" in await edit.message()

    asyncio.run(use())


def test_a_standard_that_names_what_is_not_there_is_told(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root)
    database = root / "app" / "database.py"
    renamed = database.read_text("utf-8").replace("def get_session", "def get_a_session")

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            assert len(await edit.diagnostics(users)) == 2
            edit.open(database, renamed)
            await asyncio.sleep(0)
            assert await edit.actions(database, types.Range(*2 * [types.Position(0, 0)])) == []
            assert edit.messages == [], "somebody types: that is no news about the standard"
            database.write_text(renamed, "utf-8")
            edit.save(database)
            assert "sessions.providers" in await edit.message()

    asyncio.run(use())


def test_what_a_killed_run_has_left_is_taken_back_and_told(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = (tmp_path / "project").resolve()
    users = write_project(root, ALLOWED)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(cache))
    folder = project_cache(root)
    assert folder
    folder.mkdir(parents=True)
    noted = Noted(b"app/users.py", FORBIDDEN.encode(), hashed(ALLOWED.encode()), 0, 0)
    write_journal(journal_in(folder), Journal(os.fsencode(root), "0a1b", True, (noted,)))

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(root / "app" / "database.py")
            assert "taken back: app/users.py" in await edit.message()

    asyncio.run(use())
    assert users.read_text("utf-8") == FORBIDDEN


def test_a_standard_that_was_never_good_shows_nothing(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root, standard=BROKEN)

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            assert "unknown key" in await edit.message()
            assert edit.published == []
            (root / "connlint.toml").write_text(STANDARD, "utf-8")
            edit.save(root / "connlint.toml")
            assert len(await edit.diagnostics(users)) == 2

    asyncio.run(use())


def test_rules_of_the_project_work_and_their_failures_are_told(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    commits = FORBIDDEN.replace(
        "return session.execute", "session.commit()\n        return session.execute"
    )
    users = write_project(root, commits, f'local-rules = ["rules"]\n{STANDARD}')
    write_rule(root / "rules")
    write_rule(root / "rules", code="DBC702", stem="no_luck")
    unlucky = root / "rules" / "no_luck.py"
    broken = unlucky.read_text("utf-8").replace("project.runs()", "project.on_purpose()")
    unlucky.write_text(broken, "utf-8")

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            assert "DBC701" in [each.code for each in await edit.diagnostics(users)]
            assert "rule DBC702 failed: AttributeError" in await edit.message()
            line = commits.splitlines().index("        session.commit()")
            assert "Reports every commit." in await edit.hover(users, line, 10)

    asyncio.run(use())


def test_what_the_baseline_accepts_is_not_shown(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root)
    baseline = root / "accepted.txt"
    entry = "DBC102 app/users.py app.users app.database.make_session x1 -- since ever\n"
    baseline.write_text(entry, "utf-8")

    async def use() -> None:
        async with editor(cache, root, options=["--baseline", baseline.name]) as edit:
            edit.open(users)
            assert [each.code for each in await edit.diagnostics(users)] == ["DBC101"]
            baseline.write_text("nonsense\n", "utf-8")
            edit.save(users)
            assert len(await edit.diagnostics(users)) == 2
            assert "accepted.txt:1" in await edit.message()
            baseline.unlink()
            edit.save(users)
            assert len(await edit.diagnostics(users)) == 2
            assert edit.messages == []

    asyncio.run(use())


def test_the_assumed_standard_is_logged(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root, FORBIDDEN)
    (root / "connlint.toml").unlink()

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            await edit.diagnostics(users)
            (line,) = edit.log
            assert line.startswith("no configuration found; assumed")

    asyncio.run(use())


def test_it_asks_to_be_told_of_files_that_change_elsewhere(tmp_path: Path, cache: Path) -> None:
    async def use() -> None:
        async with editor(cache, tmp_path) as edit:
            await edit.actions(tmp_path / "x.py", types.Range(*2 * [types.Position(0, 0)]))
            assert [each.method for each in edit.registered] == ["workspace/didChangeWatchedFiles"]

    asyncio.run(use())


@pytest.mark.parametrize("library", ["pygls", "lsprotocol"])
def test_without_its_extra_it_says_what_to_install(library: str) -> None:
    command = [sys.executable, "-c", WITHOUT_THE_EXTRA.format(library=library)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2
    assert done.stdout == ""
    expected = 'error: the language server needs an extra: pip install "connlint[server]"\n'
    assert done.stderr == expected


def test_it_ends_when_the_editor_is_gone(tmp_path: Path, cache: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "CONNLINT_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "connlint", "server"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, input=b"", capture_output=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, b"")
