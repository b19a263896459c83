"""What an editor is shown: when, where and in which words, on open, change, save and close."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from server.editing import ALLOWED, FORBIDDEN, STANDARD, editor, write_project

HANDLER = """\
from flask_socketio import SocketIO

from app.users import remember

socketio = SocketIO()


@socketio.on("progress")
def on_progress(data):
    remember(data)
"""
COMMITS = """\
from app.database import get_session


def remember(data):
    with get_session() as session:
        session.add(data)
        session.commit()
"""


def codes(diagnostics: list[types.Diagnostic]) -> list[object]:
    return [diagnostic.code for diagnostic in diagnostics]


def test_a_file_is_checked_when_it_is_opened(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            imported, opened = await edit.diagnostics(users, version=1)
            assert (imported.code, opened.code) == ("DBC102", "DBC101")
            assert opened.source == "connlint"
            assert opened.severity == types.DiagnosticSeverity.Error
            assert opened.range == types.Range(types.Position(4, 9), types.Position(4, 23))
            assert "app.database.get_session" in opened.message
            assert edit.messages == []

    asyncio.run(use())


def test_what_is_typed_counts_before_it_is_saved(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project", ALLOWED)

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            assert await edit.diagnostics(users) == []
            edit.change(users, "x = 1\n")
            edit.change(users, FORBIDDEN)
            assert codes(await edit.diagnostics(users, version=3)) == ["DBC102", "DBC101"]
            assert users.read_text("utf-8") == ALLOWED
            users.write_text(FORBIDDEN, "utf-8")
            edit.save(users)
            assert codes(await edit.diagnostics(users, version=3)) == ["DBC102", "DBC101"]

    asyncio.run(use())


def test_one_buffer_changes_what_is_found_in_another(tmp_path: Path, cache: Path) -> None:
    """The chain from the handler to the commit is shown, up to the text that is not saved."""
    root = tmp_path / "project"
    users = write_project(root, "def remember(data):\n    pass\n")
    handler = root / "app" / "handlers.py"
    handler.write_text(HANDLER, "utf-8")

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(handler)
            assert await edit.diagnostics(handler) == []
            edit.open(users)
            assert await edit.diagnostics(users) == []
            edit.change(users, COMMITS)
            shown = await edit.diagnostics(handler, having="DBC301")
            (event,) = [diagnostic for diagnostic in shown if diagnostic.code == "DBC301"]
            assert event.related_information
            last = event.related_information[-1]
            assert last.location.uri == users.as_uri()
            assert last.location.range.start == types.Position(6, 8)
            assert "commit" in last.message

    asyncio.run(use())


def test_what_was_shown_is_taken_back(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            assert await edit.diagnostics(users)
            edit.close(users)
            assert await edit.diagnostics(users) == []
            edit.open(users)
            assert await edit.diagnostics(users)
            users.unlink()
            edit.report_on_disk(users, types.FileChangeType.Deleted)
            assert await edit.diagnostics(users) == []

    asyncio.run(use())


def test_closing_a_buffer_gives_up_what_was_not_saved(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root, "def remember(data):\n    pass\n")
    handler = root / "app" / "handlers.py"
    handler.write_text(HANDLER, "utf-8")

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(handler)
            await edit.diagnostics(handler)
            edit.open(users, COMMITS)
            assert await edit.diagnostics(handler, having="DBC301")
            edit.close(users)
            assert "DBC301" not in codes(await edit.diagnostics(handler))

    asyncio.run(use())


@pytest.mark.parametrize(
    ("kind", "before", "newline"),
    [
        ("visual-studio-code", 2 + 1, "\n"),
        ("visual-studio-code", 2 + 1, "\r\n"),
        ("neovim", 4 + 3, "\n"),
        ("emacs", 1 + 1, "\r\n"),
    ],
    ids=["UTF-16", "UTF-16 and CRLF", "UTF-8", "UTF-32 and CRLF"],
)
def test_columns_are_counted_in_the_units_of_the_client(
    tmp_path: Path, cache: Path, kind: str, before: int, newline: str
) -> None:
    """A character beyond the basic plane, and one of it that UTF-8 writes with three bytes."""
    line = 's = "\N{GRINNING FACE}\N{EURO SIGN}\f"; session = make_session()'
    text = FORBIDDEN.replace("with make_session() as session:", f"{line}\n    if session:")
    users = write_project(tmp_path / "project", text.replace("\n", newline))

    async def use() -> None:
        async with editor(cache, tmp_path / "project", kind=kind) as edit:
            edit.open(users)
            (opened,) = [d for d in await edit.diagnostics(users) if d.code == "DBC101"]
            start = 4 + len('s = "') + before + len('\f"; session = ')
            assert opened.range.start == types.Position(4, start)
            assert opened.range.end == types.Position(4, start + len("make_session()"))

    asyncio.run(use())


def test_files_that_the_project_leaves_out_are_left_alone(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root, standard=f'exclude = ["app/users.py"]\n{STANDARD}')

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            edit.open(root / "app" / "database.py")
            assert await edit.diagnostics(root / "app" / "database.py") == []
            assert [each.uri for each in edit.published] == []

    asyncio.run(use())


def test_what_is_left_out_later_is_taken_back(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / "project"
    users = write_project(root)
    configuration = root / "connlint.toml"

    async def use() -> None:
        async with editor(cache, root) as edit:
            edit.open(users)
            assert await edit.diagnostics(users)
            configuration.write_text(f'exclude = ["app/users.py"]\n{STANDARD}', "utf-8")
            edit.save(configuration)
            assert await edit.diagnostics(users) == []

    asyncio.run(use())


def test_each_folder_has_its_own_standard(tmp_path: Path, cache: Path) -> None:
    one = write_project(tmp_path / "one")
    other = write_project(tmp_path / "other", standard=f'ignore = ["DBC102"]\n{STANDARD}')

    async def use() -> None:
        async with editor(cache, tmp_path / "one", tmp_path / "other") as edit:
            edit.open(one)
            assert codes(await edit.diagnostics(one)) == ["DBC102", "DBC101"]
            edit.open(other)
            assert codes(await edit.diagnostics(other)) == ["DBC101"]

    asyncio.run(use())


def test_no_folder_is_needed(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project")

    async def use() -> None:
        async with editor(cache) as edit:
            edit.open(users)
            assert codes(await edit.diagnostics(users)) == ["DBC102", "DBC101"]

    asyncio.run(use())


def test_a_file_in_no_project_stands_for_itself(tmp_path: Path, cache: Path) -> None:
    """What lies around it is nobody's business: it may be a whole home folder."""
    lonely = tmp_path / "lonely.py"
    lonely.write_text("def broken(:\n", "utf-8")
    (tmp_path / "other.py").write_text("def broken too(:\n", "utf-8")

    async def use() -> None:
        async with editor(cache) as edit:
            edit.open(lonely)
            assert codes(await edit.diagnostics(lonely)) == ["DBC900"]

    asyncio.run(use())


def test_a_file_that_is_not_saved_yet_is_part_of_the_project(tmp_path: Path, cache: Path) -> None:
    new = write_project(tmp_path / "project").with_name("new.py")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(new, FORBIDDEN)
            assert codes(await edit.diagnostics(new)) == ["DBC102", "DBC101"]

    asyncio.run(use())


@pytest.mark.parametrize(
    "text",
    ["def names(:\n", f"x = {'(' * 3000}{')' * 3000}\n", "x = 'a\0b'\n"],
    ids=["syntax error", "too deep", "null byte"],
)
def test_a_text_that_does_not_parse_is_told_and_survived(
    tmp_path: Path, cache: Path, text: str
) -> None:
    users = write_project(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users, text)
            assert codes(await edit.diagnostics(users)) == ["DBC900"]
            edit.change(users, FORBIDDEN)
            assert codes(await edit.diagnostics(users, version=2)) == ["DBC102", "DBC101"]

    asyncio.run(use())
