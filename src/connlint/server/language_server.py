"""Open buffers in, what is found in them shown to the client out: the server and what it knows.

Everything here runs on the event loop and gives work that takes time to one thread, in which
answers and fixes follow one another. Confirmations have another one, so that actions can be offered
meanwhile; no answer is looked for while one of them is under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from connlint.facts.garbage import keep_what_is_left
from connlint.pipeline import Watch
from connlint.server.actions import Offer
from connlint.server.buffers import Buffer
from connlint.server.diagnostics import Dialect, Shown
from connlint.server.outcome import Round
from connlint.server.progress import Advance
from connlint.server.projects import Projects
from connlint.server.schedule import Schedule, Superseded
from connlint.version import __version__

_SOURCE_SUFFIXES = (".py", ".pyw")
Result = TypeVar("Result")


class ConnlintServer(LanguageServer):
    """The server with what it knows of the buffers that are open."""

    def __init__(self, baseline: str = "") -> None:
        """A new server knows no buffer. ``baseline`` is that of :class:`Projects`."""
        # Where a text has form feeds, pygls counts other lines than the protocol when it applies
        # parts of a change: whole texts are safe.
        super().__init__(
            "connlint", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self.schedule = Schedule(self._analyse, self._confirm)
        self.shown: dict[str, Shown] = {}
        """What was found in each open buffer, by URI."""
        self.deleted: set[str] = set()
        """Buffers whose file is gone, until they are changed or saved again."""
        self._projects = Projects(baseline)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")
        self._confirmer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="confirmation")
        self._told: list[str] = []
        self._noted: list[str] = []

    async def in_worker(self, work: Callable[[], Result]) -> Result:
        """What ``work`` gives, done in the thread for all that takes time and is waited for."""
        return await _done_in(self._worker, work)

    def buffers(self) -> list[Buffer]:
        """The Python files that are open in the editor."""
        return [
            Buffer(uri, Path(path), document.version, document.source)
            for uri, document in self.workspace.text_documents.items()
            if uri not in self.deleted and (path := to_fs_path(uri))
            if document.language_id == "python" or path.endswith(_SOURCE_SUFFIXES)
        ]

    def touch_all(self, delay: float = 0) -> None:
        """Have all buffers analysed anew."""
        self.schedule.touch([buffer.uri for buffer in self.buffers()], delay)

    def forget(self, uri: str) -> None:
        """Take back what was shown in a buffer."""
        self.shown.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def can(self, capability: str) -> bool:
        """Whether the client says that it is able to do something, by the path of the field."""
        return bool(get_capability(self.client_capabilities, capability, None))

    def offer(self, shown: Shown) -> Offer:
        """The actions for a buffer, in a form that the client takes."""
        return Offer(shown, versioned=self.can("workspace.workspace_edit.document_changes"))

    async def _analyse(self, touched: frozenset[str]) -> None:
        """One run: analyse the projects of the ``touched`` buffers and show what is found."""
        changes = self.schedule.changes
        folders = [Path(path) for uri in self.workspace.folders if (path := to_fs_path(uri))]
        check = partial(self._projects.check, self.buffers(), touched, folders)
        outcome, shown = await self._run(check, self._worker)
        if outcome is None:
            return
        self._tell(outcome.errors)
        self._note(outcome.remarks)
        self._stop_if_superseded(changes)
        for each in shown:
            self._show(each)
        for buffer in outcome.left_out:
            if buffer.uri in self.shown:
                self.forget(buffer.uri)

    async def _confirm(self) -> None:
        """Have the projects analysed as a whole that were not, and show what that changes."""
        outcome, shown = await self._run(self._projects.confirm, self._confirmer)
        while outcome is not None:
            self._tell([*self._told, *outcome.errors])
            self._note([*self._noted, *outcome.remarks])
            for each in shown:
                self._correct(each)
            outcome, shown = await self._run(self._projects.confirm, self._confirmer)
        await _done_in(self._confirmer, keep_what_is_left)

    async def _run(
        self, work: Callable[[Watch], Round | None], thread: Executor
    ) -> tuple[Round | None, list[Shown]]:
        """What ``work`` comes to, done in this thread unless something changes."""
        changes = self.schedule.changes
        shows_progress = self.can("window.work_done_progress")
        advance = Advance(self.work_done_progress if shows_progress else None)

        def watch(stage: str, done: int, total: int) -> None:
            self._stop_if_superseded(changes)
            advance(stage, done, total)

        try:
            with advance.shown():
                outcome = await _done_in(thread, partial(work, watch))
                return outcome, await _done_in(thread, partial(self._shown, outcome))
        except Superseded:
            raise
        except Exception as error:
            self._projects.forget()
            what = " ".join(f"{type(error).__name__}: {error}".split())
            self._tell([f"internal error: {what} (connlint {__version__})"])
            return None, []

    def _stop_if_superseded(self, changes: int) -> None:
        if changes != self.schedule.changes:
            raise Superseded

    def _shown(self, outcome: Round | None) -> list[Shown]:
        if outcome is None:
            return []
        dialect = Dialect(
            units=self.workspace.position_codec.client_num_units,
            shows_related=self.can("text_document.publish_diagnostics.related_information"),
            shows_tags=self.can("text_document.publish_diagnostics.tag_support"),
        )
        opened = [checked.buffer for checked in outcome.checked]
        return [Shown(checked, dialect, opened) for checked in outcome.checked]

    def _show(self, shown: Shown) -> None:
        buffer = shown.checked.buffer
        self.shown[buffer.uri] = shown
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(buffer.uri, shown.diagnostics, buffer.version)
        )

    def _correct(self, shown: Shown) -> None:
        """Show a buffer as a whole analysis sees it, if it is the one that is shown."""
        before = self.shown.get(shown.checked.buffer.uri)
        if before is None or before.checked.buffer != shown.checked.buffer:
            return
        if before.diagnostics != shown.diagnostics:
            self._show(shown)
        else:
            self.shown[shown.checked.buffer.uri] = shown

    def _tell(self, errors: list[str]) -> None:
        """Tell the user what is wrong, once for as long as it is."""
        for line in errors:
            if line not in self._told:
                message = types.ShowMessageParams(types.MessageType.Error, f"connlint: {line}")
                self.window_show_message(message)
        self._told = errors

    def _note(self, remarks: list[str]) -> None:
        for line in remarks:
            if line not in self._noted:
                self.window_log_message(types.LogMessageParams(types.MessageType.Info, line))
        self._noted = remarks


async def _done_in(thread: Executor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(thread, work)
