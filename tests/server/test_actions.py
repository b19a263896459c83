"""What an editor is offered to do about a finding, and what becomes of the text."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from server.editing import ALLOWED, FORBIDDEN, STANDARD, Editor, editor, write_project

NEVER_CLOSED = """\
from app.database import make_session


def names():
    session = make_session()
    found = session.execute("select name from users").all()
    return [name for (name,) in found]
"""
SILENCED = FORBIDDEN.replace(
    "make_session() as session:", "make_session() as session:  # noqa: DBC101"
)
STATES = f"""{STANDARD}
[states]
persist = ["COMPLETE"]
"""
RESTARTS = """\
from app.database import get_session
from app.models import Job
from app.store import save


def restart(job_id):
    with get_session() as session:
        job = Job(id=job_id)
        job.status = "UPLOADING"
        session.add(job)
        save(session)
        job.status = "COMPLETE"
        session.commit()
"""
MODELS = """\
from sqlalchemy import Column, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Job(Base):
    __tablename__ = "jobs"
    id = Column(String, primary_key=True)
    status = Column(String)
"""
SAVES = """\
def save(session):
    session.flush()
    session.commit()
"""
FIX_ALL = "source.fixAll.connlint"
# VS Code asks for an edit when an action is chosen, Emacs wants it at once.
KINDS = pytest.mark.parametrize("kind", ["visual-studio-code", "neovim", "emacs"])


async def whole(edit: Editor, action: types.CodeAction) -> types.CodeAction:
    """``action`` with its edit."""
    return action if action.edit else await edit.client.code_action_resolve_async(action)


async def chosen(edit: Editor, path: Path, start: str, code: str = "DBC101") -> types.CodeAction:
    """The action whose title begins so, for the finding of this code."""
    diagnostics = await edit.diagnostics(path, having=code)
    (diagnostic,) = [each for each in diagnostics if each.code == code]
    actions = await edit.actions(path, diagnostic.range)
    (action,) = [each for each in actions if each.title.startswith(start)]
    assert [each.code for each in action.diagnostics or ()] == [code]
    return await whole(edit, action)


@pytest.mark.parametrize(
    ("kind", "newline"), [("visual-studio-code", "\r\n"), ("neovim", "\n"), ("emacs", "\r\n")]
)
def test_a_safe_fix_is_preferred(tmp_path: Path, cache: Path, kind: str, newline: str) -> None:
    text = FORBIDDEN.replace("\n", newline)
    users = write_project(tmp_path / "project", text)

    async def use() -> None:
        async with editor(cache, tmp_path / "project", kind=kind) as edit:
            edit.open(users)
            action = await chosen(edit, users, "Open the session with")
            assert action.kind == types.CodeActionKind.QuickFix
            assert action.is_preferred
            fixed = edit.applied(users, text, action)
            assert f"with get_session() as session:{newline}" in fixed
            assert fixed.startswith(f"from app.database import get_session{newline}")
            assert fixed.count("\n") == text.count("\n")
            assert edit.messages == []

    asyncio.run(use())


def test_an_unsafe_fix_says_so(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project", NEVER_CLOSED)

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            action = await chosen(edit, users, "Open the session with")
            assert action.title.endswith("(unsafe: look at it)")
            assert not action.is_preferred
            assert "with get_session() as session:" in edit.applied(users, NEVER_CLOSED, action)

    asyncio.run(use())


def test_a_line_can_be_silenced(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            action = await chosen(edit, users, "Silence DBC101 on this line")
            text = edit.applied(users, FORBIDDEN, action)
            assert text == SILENCED
            edit.change(users, text)
            left = await edit.diagnostics(users, version=2)
            assert [each.code for each in left] == ["DBC102"]

    asyncio.run(use())


@KINDS
def test_all_safe_fixes_at_once(tmp_path: Path, cache: Path, kind: str) -> None:
    """Of text that is not saved, and asked for before it was analysed."""
    users = write_project(tmp_path / "project", ALLOWED)
    everything = types.Range(types.Position(0, 0), types.Position(100, 0))

    async def use() -> None:
        async with editor(cache, tmp_path / "project", kind=kind) as edit:
            edit.open(users)
            edit.change(users, FORBIDDEN)
            (action,) = await edit.actions(users, everything, only=["source.fixAll"])
            assert action.kind == FIX_ALL
            assert edit.applied(users, FORBIDDEN, await whole(edit, action)) == ALLOWED
            assert users.read_text("utf-8") == ALLOWED

    asyncio.run(use())


def test_a_fix_in_another_file_is_for_its_unsaved_text(tmp_path: Path, cache: Path) -> None:
    """The commit stands two lines further down in the editor than on disk."""
    jobs = write_project(tmp_path / "project", RESTARTS, STATES)
    jobs.with_name("models.py").write_text(MODELS, "utf-8")
    store = jobs.with_name("store.py")
    store.write_text(SAVES, "utf-8")
    edited = f"# saves\n\n{SAVES}"

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(store)
            edit.open(jobs)
            await edit.diagnostics(jobs, having="DBC201")
            edit.change(store, edited)
            action = await chosen(edit, jobs, "Remove the commit", code="DBC201")
            assert action.title.endswith("(unsafe: look at it)")
            assert edit.applied(store, edited, action) == edited.replace(
                "    session.commit()\n", ""
            )

    asyncio.run(use())


def test_kinds_that_are_not_asked_for_are_not_offered(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            imported, _ = await edit.diagnostics(users)
            assert await edit.actions(users, imported.range, only=["refactor"]) == []
            (quick,) = await edit.actions(users, imported.range, only=["quickfix"])
            assert quick.title == "Silence DBC102 on this line"
            elsewhere = types.Range(types.Position(2, 0), types.Position(2, 0))
            assert await edit.actions(users, elsewhere, only=["quickfix"]) == []

    asyncio.run(use())


def test_an_action_for_an_older_text_is_not_carried_out(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            _, opened = await edit.diagnostics(users)
            actions = await edit.actions(users, opened.range)
            stale = next(each for each in actions if each.title.startswith("Open the session"))
            edit.change(users, f"\n{FORBIDDEN}")
            assert (await whole(edit, stale)).edit is None
            assert "the text has changed meanwhile" in await edit.message()

    asyncio.run(use())


def test_hovering_shows_the_rule(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project", SILENCED)

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            edit.open(users)
            await edit.diagnostics(users)
            text = await edit.hover(users, 0, 30)
            assert text.startswith("**forbidden-factory-import** `DBC102` · warning")
            assert "connlint rule DBC102" in text
            assert await edit.hover(users, 2, 0) == ""
            at = SILENCED.splitlines()[4].index("DBC101")
            assert "forbidden-session-factory" in await edit.hover(users, 4, at + 3)
            assert await edit.hover(users, 4, at - 2) == ""
            assert await edit.hover(users, 99, 0) == ""

    asyncio.run(use())
