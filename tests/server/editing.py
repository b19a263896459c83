"""A project on disk and an editor that has it open: a real client, and the server as a process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient, client_capabilities

SOURCE = Path(__file__).parents[2] / "src"
PATIENCE_SECONDS = 120
Result = TypeVar("Result")
STANDARD = """
[sessions]
providers = ["app.database.get_session"]
forbidden = ["app.database.make_session"]
owners = ["app/database.py"]
"""
DATABASE = """
from contextlib import contextmanager
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

make_session = sessionmaker(create_engine("sqlite://"))


@contextmanager
def get_session():
    session = make_session()
    try:
        yield session
    finally:
        session.close()
"""
FORBIDDEN = """\
from app.database import make_session


def names():
    with make_session() as session:
        return session.execute("select name from users").all()
"""
ALLOWED = FORBIDDEN.replace("make_session", "get_session")


def write_project(root: Path, users: str = FORBIDDEN, standard: str = STANDARD) -> Path:
    """Lay out a small application in ``root``; the path of the module that opens sessions."""
    (root / "app").mkdir(parents=True)
    (root / "connlint.toml").write_text(standard, "utf-8")
    for name, text in {"__init__": "", "database": DATABASE, "users": users}.items():
        (root / "app" / f"{name}.py").write_text(text, "utf-8", newline="")
    return root / "app" / "users.py"


class Editor:
    """What an editor does with the server, and what it gets to see."""

    def __init__(self) -> None:
        self.client = LanguageClient(converter_factory=default_converter)
        self.published: list[types.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.log: list[str] = []
        self.registered: list[types.Registration] = []
        self._versions: dict[Path, int] = {}
        for method, take in (
            (types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, self._take_diagnostics),
            (types.WINDOW_SHOW_MESSAGE, self._take_message),
            (types.WINDOW_LOG_MESSAGE, self._take_log),
            (types.CLIENT_REGISTER_CAPABILITY, self._take_registration),
            (types.WINDOW_WORK_DONE_PROGRESS_CREATE, self._take_progress),
            (types.PROGRESS, self._take_progress),
        ):
            self.client.feature(method)(partial(take))

    def _take_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        self.published.append(params)

    def _take_message(self, params: types.ShowMessageParams) -> None:
        self.messages.append(params.message)

    def _take_log(self, params: types.LogMessageParams) -> None:
        self.log.append(params.message)

    def _take_progress(self, _: object) -> None:
        """A busy machine makes any run a long one."""

    def _take_registration(self, params: types.RegistrationParams) -> None:
        self.registered.extend(params.registrations)

    def open(self, path: Path, text: str | None = None) -> None:
        self._versions[path] = 1
        content = path.read_bytes().decode("utf-8") if text is None else text
        document = types.TextDocumentItem(path.as_uri(), "python", 1, content)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))

    def change(self, path: Path, text: str) -> None:
        self._versions[path] += 1
        identifier = types.VersionedTextDocumentIdentifier(self._versions[path], path.as_uri())
        change = types.TextDocumentContentChangeWholeDocument(text)
        params = types.DidChangeTextDocumentParams(identifier, [change])
        self.client.text_document_did_change(params)

    def save(self, path: Path) -> None:
        identifier = types.TextDocumentIdentifier(path.as_uri())
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(identifier))

    def close(self, path: Path) -> None:
        identifier = types.TextDocumentIdentifier(path.as_uri())
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))

    def report_on_disk(self, path: Path, kind: types.FileChangeType) -> None:
        """Tell the server of a file that changed outside of the editor."""
        event = types.FileEvent(path.as_uri(), kind)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    async def diagnostics(
        self, path: Path, *, version: int | None = None, having: str = ""
    ) -> list[types.Diagnostic]:
        """What the server shows next in a file: in this version, or with this code."""

        def news() -> list[types.Diagnostic] | None:
            for params in [each for each in self.published if each.uri == path.as_uri()]:
                self.published.remove(params)
                codes = {diagnostic.code for diagnostic in params.diagnostics}
                if version in (None, params.version) and (not having or having in codes):
                    return list(params.diagnostics)
            return None

        return await self._wait(news)

    async def message(self) -> str:
        """The next message that the server has for the user."""
        return await self._wait(lambda: self.messages.pop(0) if self.messages else None)

    async def _wait(self, look: Callable[[], Result | None]) -> Result:
        async def wait() -> Result:
            while (seen := look()) is None:
                await asyncio.sleep(0.005)
            return seen

        return await asyncio.wait_for(wait(), PATIENCE_SECONDS)

    async def actions(
        self, path: Path, at: types.Range, only: Sequence[str] | None = None
    ) -> list[types.CodeAction]:
        identifier = types.TextDocumentIdentifier(path.as_uri())
        context = types.CodeActionContext(diagnostics=[], only=only)
        params = types.CodeActionParams(identifier, at, context)
        found = await self.client.text_document_code_action_async(params) or []
        return [action for action in found if isinstance(action, types.CodeAction)]

    async def hover(self, path: Path, line: int, character: int) -> str:
        identifier = types.TextDocumentIdentifier(path.as_uri())
        params = types.HoverParams(identifier, types.Position(line, character))
        hover = await self.client.text_document_hover_async(params)
        if hover is None:
            return ""
        assert isinstance(hover.contents, types.MarkupContent)
        return hover.contents.value

    def applied(self, path: Path, text: str, action: types.CodeAction) -> str:
        """``text``, which is that of ``path``, with the edit of ``action``."""
        edit = action.edit
        assert edit is not None
        if edit.document_changes:
            (change,) = edit.document_changes
            assert isinstance(change, types.TextDocumentEdit)
            assert change.text_document.uri == path.as_uri()
            assert change.text_document.version == self._versions[path]
            edits = [each for each in change.edits if isinstance(each, types.TextEdit)]
        else:
            edits = list((edit.changes or {})[path.as_uri()])
        for each in sorted(edits, key=lambda one: one.range.start.line, reverse=True):
            start, end = (_offset(text, at) for at in (each.range.start, each.range.end))
            text = text[:start] + each.new_text + text[end:]
        return text


def _offset(text: str, at: types.Position) -> int:
    """Where in ``text`` a place is, counted as the protocol does: in UTF-16."""
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: at.line])
    line = lines[at.line] if at.line < len(lines) else ""
    characters = len(line.encode("utf-16-le")[: 2 * at.character].decode("utf-16-le"))
    return min(before + characters, len(text))


@asynccontextmanager
async def editor(
    cache: Path, *folders: Path, kind: str = "visual-studio-code", options: Sequence[str] = ()
) -> AsyncIterator[Editor]:
    """An editor of this ``kind`` with a workspace of these folders, and its server."""
    editing = Editor()
    client = editing.client
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "CONNLINT_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "connlint", "server", *options]
    await client.start_io(*command, env=environment, cwd=str(cache.parent))
    workspace = [types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders]
    params = types.InitializeParams(
        capabilities=client_capabilities(kind), workspace_folders=workspace or None
    )
    try:
        await asyncio.wait_for(client.initialize_session(params), PATIENCE_SECONDS)
        yield editing
        await asyncio.wait_for(client.shutdown_session(), PATIENCE_SECONDS)
    finally:
        if client._server and client._server.returncode is None:  # the test failed
            client._server.kill()
        await client.stop()  # type: ignore[no-untyped-call]
