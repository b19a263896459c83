"""What an editor is shown after a change: an answer at once, and what a whole look corrects."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types

from server.editing import ALLOWED, FORBIDDEN, Editor, editor, write_project
from server.shared_dependency import COUNTS, THREE_ROUTES, TWO_ROUTES, write_routes


def codes(diagnostics: list[types.Diagnostic]) -> list[object]:
    return [diagnostic.code for diagnostic in diagnostics]


async def opened(edit: Editor, *paths: Path) -> None:
    """Open files one after the other, so that the project is known when the last one is shown."""
    for path in paths:
        edit.open(path)
        assert await edit.diagnostics(path) == []


async def confirmed(edit: Editor) -> None:
    """Wait until nothing is left to be confirmed: no action is carried out before."""
    await edit.client.code_action_resolve_async(types.CodeAction("wait"))


def test_a_whole_look_corrects_the_first_answer(tmp_path: Path, cache: Path) -> None:
    routes, visits = write_routes(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            await opened(edit, routes, visits)
            await confirmed(edit)
            edit.published.clear()
            edit.change(routes, THREE_ROUTES)
            assert await edit.diagnostics(visits) == []
            assert codes(await edit.diagnostics(visits)) == ["DBC301"]
            edit.change(routes, TWO_ROUTES)
            await edit.diagnostics(routes, version=3)
            assert await edit.diagnostics(visits) == []

    asyncio.run(use())


def test_what_the_whole_look_agrees_with_is_not_shown_again(tmp_path: Path, cache: Path) -> None:
    users = write_project(tmp_path / "project", ALLOWED)

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            await opened(edit, users)
            edit.change(users, FORBIDDEN)
            assert codes(await edit.diagnostics(users, version=2)) == ["DBC102", "DBC101"]
            await confirmed(edit)
            assert edit.published == []

    asyncio.run(use())


def test_a_change_while_the_last_one_is_confirmed_counts(tmp_path: Path, cache: Path) -> None:
    """Whether the confirmation was done or given up, what is shown is about the last text."""
    routes, visits = write_routes(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            await opened(edit, routes, visits)
            edit.change(routes, THREE_ROUTES)
            await edit.diagnostics(routes, version=2)
            edit.change(routes, TWO_ROUTES)
            await edit.diagnostics(routes, version=3)
            edit.change(routes, f"# moved\n{THREE_ROUTES}")
            assert await edit.diagnostics(visits, having="DBC301")
            await confirmed(edit)
            edit.change(routes, TWO_ROUTES)
            await edit.diagnostics(routes, version=5)
            await confirmed(edit)
            of_visits = [each for each in edit.published if each.uri == visits.as_uri()]
            assert list(of_visits[-1].diagnostics) == []

    asyncio.run(use())


def test_a_fix_is_offered_at_once_and_made_when_all_is_confirmed(
    tmp_path: Path, cache: Path
) -> None:
    users = write_project(tmp_path / "project", ALLOWED)
    text = f"\n{FORBIDDEN}"

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            await opened(edit, users)
            edit.change(users, text)
            _, session = await edit.diagnostics(users, version=2)
            actions = await edit.actions(users, session.range, only=["quickfix"])
            fix = next(each for each in actions if each.title.startswith("Open the session with"))
            resolved = await edit.client.code_action_resolve_async(fix)
            fixed = edit.applied(users, text, resolved)
            assert "with get_session() as session:" in fixed
            edit.change(users, fixed)
            assert await edit.diagnostics(users, version=3) == []
            assert edit.messages == []

    asyncio.run(use())


def test_what_is_shown_by_a_correction_can_be_acted_on(tmp_path: Path, cache: Path) -> None:
    routes, visits = write_routes(tmp_path / "project")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            await opened(edit, routes, visits)
            edit.change(routes, THREE_ROUTES)
            (commit,) = await edit.diagnostics(visits, having="DBC301")
            titles = [each.title for each in await edit.actions(visits, commit.range)]
            assert "Silence DBC301 on this line" in titles

    asyncio.run(use())


def test_what_is_closed_is_not_corrected(tmp_path: Path, cache: Path) -> None:
    """Routes and what they depend on are in one file, and nothing else is open."""
    routes, _ = write_routes(tmp_path / "project")
    routes.write_text(
        COUNTS + TWO_ROUTES.replace("from app.visits import count_visit\n", ""), "utf-8"
    )
    text = COUNTS + THREE_ROUTES.replace("from app.visits import count_visit\n", "")

    async def use() -> None:
        async with editor(cache, tmp_path / "project") as edit:
            await opened(edit, routes)
            edit.change(routes, text)
            assert await edit.diagnostics(routes, version=2) == []
            edit.close(routes)
            await confirmed(edit)
            assert list(edit.published[-1].diagnostics) == []
            edit.open(routes, text)
            assert codes(await edit.diagnostics(routes, having="DBC301")) == ["DBC301"]

    asyncio.run(use())
