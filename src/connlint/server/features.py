"""Messages of the protocol in, answers out: one function for each message that means something."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability

from connlint.server.actions import FIX_ALL
from connlint.server.diagnostics import Shown
from connlint.server.hover import CODE, hover_text
from connlint.server.language_server import ConnlintServer
from connlint.server.positions import touches
from connlint.server.schedule import TYPING_SECONDS
from connlint.source import split_lines

_WATCHED = ("**/*.py", "**/*.toml", "**/.gitignore")


def serve(baseline: str = "") -> None:
    """Speak the protocol over standard input and output until the client is gone.

    ``baseline`` names the file in the root of each project that says what is accepted there.
    What anything else prints goes to standard error: it would break the protocol.
    """
    gc.enable()  # a run of the command line ends before it pays, a server does not
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)
        new_server(baseline).start_io(stdout=output)


def new_server(baseline: str = "") -> ConnlintServer:
    """A server with its features; nothing is read or written yet."""
    server = ConnlintServer(baseline)
    for name, feature in (
        (types.INITIALIZED, _initialized),
        (types.SHUTDOWN, _shutdown),
        (types.TEXT_DOCUMENT_DID_OPEN, _did_open),
        (types.TEXT_DOCUMENT_DID_CHANGE, _did_change),
        (types.TEXT_DOCUMENT_DID_SAVE, _did_save),
        (types.TEXT_DOCUMENT_DID_CLOSE, _did_close),
        (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _did_change_watched_files),
        (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, _did_change_workspace_folders),
        (types.WORKSPACE_DID_CHANGE_CONFIGURATION, _did_change_configuration),
        (types.TEXT_DOCUMENT_HOVER, _hover),
        (types.CODE_ACTION_RESOLVE, _resolve),
    ):
        server.feature(name)(feature)
    kinds: Sequence[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, FIX_ALL]
    options = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(_code_action)
    return server


async def _initialized(ls: ConnlintServer, _: types.InitializedParams) -> None:
    """Ask to be told of files that change outside of the editor, and of configuration."""
    if not ls.can("workspace.did_change_watched_files.dynamic_registration"):
        return
    options = types.DidChangeWatchedFilesRegistrationOptions(
        watchers=[types.FileSystemWatcher(glob_pattern=glob) for glob in _WATCHED]
    )
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    registration = types.Registration("connlint-files", method, options)
    await ls.client_register_capability_async(types.RegistrationParams([registration]))


def _shutdown(ls: ConnlintServer, _: None) -> None:
    ls.schedule.close()


def _did_open(ls: ConnlintServer, params: types.DidOpenTextDocumentParams) -> None:
    ls.deleted.discard(params.text_document.uri)
    ls.schedule.touch([params.text_document.uri])


def _did_change(ls: ConnlintServer, params: types.DidChangeTextDocumentParams) -> None:
    ls.deleted.discard(params.text_document.uri)
    ls.schedule.touch([params.text_document.uri], TYPING_SECONDS)


def _did_save(ls: ConnlintServer, params: types.DidSaveTextDocumentParams) -> None:
    """What is saved may be a configuration as well as code."""
    ls.deleted.discard(params.text_document.uri)
    ls.touch_all()


def _did_close(ls: ConnlintServer, params: types.DidCloseTextDocumentParams) -> None:
    """What was not saved of the buffer is gone, which other buffers may notice."""
    ls.deleted.discard(params.text_document.uri)
    ls.forget(params.text_document.uri)
    ls.touch_all(TYPING_SECONDS)


def _did_change_watched_files(
    ls: ConnlintServer, params: types.DidChangeWatchedFilesParams
) -> None:
    for event in params.changes:
        is_open = event.uri in ls.workspace.text_documents
        if event.type == types.FileChangeType.Deleted and is_open:
            ls.deleted.add(event.uri)
            ls.forget(event.uri)
    ls.touch_all(TYPING_SECONDS)


def _did_change_workspace_folders(
    ls: ConnlintServer, _: types.DidChangeWorkspaceFoldersParams
) -> None:
    ls.touch_all()


def _did_change_configuration(ls: ConnlintServer, _: types.DidChangeConfigurationParams) -> None:
    """The standard is in files that are read anew each time; there are no settings besides."""


def _hover(ls: ConnlintServer, params: types.HoverParams) -> types.Hover | None:
    """The rules of the findings under the cursor, or the one whose code is written there."""
    shown = ls.shown.get(params.text_document.uri)
    if shown is None:
        return None
    here = types.Range(params.position, params.position)
    pairs = [pair for pair in shown.pairs if touches(pair[1].range, here)]
    codes = [finding.code for finding, _ in pairs] or _code_at(ls, params)
    registry = shown.checked.analysis.request.registry
    rules = [rule for code in dict.fromkeys(codes) if (rule := registry.find(code))]
    if not rules:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, hover_text(rules))
    return types.Hover(content, pairs[0][1].range if pairs else None)


def _code_at(ls: ConnlintServer, params: types.HoverParams) -> Iterable[str]:
    document = ls.workspace.text_documents.get(params.text_document.uri)
    lines = split_lines(document.source) if document else []
    if params.position.line >= len(lines):
        return []
    line = lines[params.position.line]
    units = ls.workspace.position_codec.client_num_units
    return [
        match.group()
        for match in CODE.finditer(line)
        if units(line[: match.start()]) <= params.position.character <= units(line[: match.end()])
    ]


async def _code_action(
    ls: ConnlintServer, params: types.CodeActionParams
) -> list[types.CodeAction]:
    """What can be done about the findings in a range, as far as the buffer is analysed."""
    is_asked_for = params.context.trigger_kind != types.CodeActionTriggerKind.Automatic
    shown = await _settled(ls, params.text_document.uri, hurry=is_asked_for)
    if shown is None:
        return []
    offer = ls.offer(shown)
    actions = await ls.in_worker(partial(offer.actions, params.range, params.context.only))
    resolves = "edit" in (_resolvable(ls) or ())
    if resolves:
        return actions
    # All fixes at once are too much work to be offered unasked.
    chosen = [each for each in actions if each.kind != FIX_ALL or params.context.only]
    whole = [each if each.edit else await _with_edit(ls, each) for each in chosen]
    return [each for each in whole if each.edit]


def _resolvable(ls: ConnlintServer) -> Sequence[str] | None:
    capability = "text_document.code_action.resolve_support.properties"
    return get_capability(ls.client_capabilities, capability, None)


async def _resolve(ls: ConnlintServer, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit; the user is told where it turns out that there can't be one."""
    return action if action.edit else await _with_edit(ls, action, tells=True)


async def _with_edit(
    ls: ConnlintServer, action: types.CodeAction, *, tells: bool = False
) -> types.CodeAction:
    from connlint.fix.outcome import Refused

    data: dict[str, Any] = action.data or {}
    await ls.schedule.confirmed()
    shown = await _settled(ls, data.get("uri", ""), hurry=True)
    try:
        if shown is None or shown.checked.buffer.version != data.get("version"):
            raise Refused("the text has changed meanwhile")
        action.edit = await ls.in_worker(partial(ls.offer(shown).edit, data))
    except Refused as refusal:
        if tells:
            text = f"connlint: not fixed: {refusal.reason}"
            ls.window_show_message(types.ShowMessageParams(types.MessageType.Warning, text))
    return action


async def _settled(ls: ConnlintServer, uri: str, *, hurry: bool) -> Shown | None:
    """What is found in the buffer as it is now."""
    await ls.schedule.settled(hurry=hurry)
    shown = ls.shown.get(uri)
    document = ls.workspace.text_documents.get(uri)
    if shown and document and shown.checked.buffer.version == document.version:
        return shown
    return None
