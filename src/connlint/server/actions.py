"""The findings in a buffer and what is selected of it in, the code actions to offer out.

What fixes would change is only looked at when actions are offered. Whether it holds is checked
against the whole project when one is chosen, which takes another analysis.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lsprotocol import types

from connlint.findings import Edit, Finding
from connlint.proposals import proposals
from connlint.report.view import ProposedFix
from connlint.server.diagnostics import Shown
from connlint.server.fixing import fix_one, fix_safely
from connlint.server.positions import touches
from connlint.source import SourceError, decode
from connlint.triage.add_noqa import with_noqa

FIX_ALL = "source.fixAll.connlint"
Kinds = Sequence[types.CodeActionKind | str]
_ABOUT_THE_RUN = "DBC9"


class Offer:
    """The actions for one buffer. ``versioned``: the client takes edits for a version."""

    def __init__(self, shown: Shown, *, versioned: bool) -> None:
        self._shown = shown
        self._versioned = versioned

    def actions(
        self, selected: types.Range, only: Sequence[types.CodeActionKind | str] | None
    ) -> list[types.CodeAction]:
        """What can be done about the findings in ``selected``; edits that need checking lack.

        ``only`` are the kinds of actions that the client wants, ``None`` all.
        """
        pairs = [pair for pair in self._shown.pairs if touches(pair[1].range, selected)]
        offered: list[types.CodeAction] = []
        if _wants(only, types.CodeActionKind.QuickFix.value):
            fixes = proposals(self._shown.checked.analysis, [finding for finding, _ in pairs])
            for finding, diagnostic in pairs:
                if fix := fixes.get(finding.fingerprint):
                    offered.append(self._fix(finding, diagnostic, fix))
            offered.extend(self._silencing(pairs))
        if _wants(only, FIX_ALL) and self._has_safe_fixes():
            offered.append(
                types.CodeAction(
                    title="Fix all that connlint can fix safely", kind=FIX_ALL, data=self._data()
                )
            )
        return offered

    def edit(self, data: dict[str, Any]) -> types.WorkspaceEdit:
        """The edit of an action with this ``data``.

        Raises :class:`~connlint.fix.outcome.Refused` when it would do harm.
        """
        from connlint.fix.diff import edits_between

        checked = self._shown.checked
        if fingerprint := data.get("fingerprint"):
            changes = fix_one(checked, fingerprint, unsafe=bool(data.get("unsafe")))
        else:
            changes = fix_safely(checked)
        return self._workspace_edit(
            edit
            for change in changes
            for edit in edits_between(change.path, change.before, change.after)
        )

    def _fix(
        self, finding: Finding, diagnostic: types.Diagnostic, fix: ProposedFix
    ) -> types.CodeAction:
        is_safe = fix.safety == "safe"
        mark = "" if is_safe else " (unsafe: look at it)"
        return types.CodeAction(
            title=f"{fix.title[:1].upper()}{fix.title[1:]}{mark}",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            is_preferred=is_safe or None,
            data=self._data(fingerprint=finding.fingerprint, unsafe=not is_safe),
        )

    def _has_safe_fixes(self) -> bool:
        return any(f.proposal and f.proposal.safety == "safe" for f, _ in self._shown.pairs)

    def _silencing(
        self, pairs: Iterable[tuple[Finding, types.Diagnostic]]
    ) -> Iterator[types.CodeAction]:
        """For each finding the action that puts a suppression comment on its line."""
        from connlint.fix.diff import edits_between

        checked = self._shown.checked
        try:
            source = decode(checked.content)
        except SourceError:  # then nothing is found in it but that
            return
        for finding, diagnostic in pairs:
            if finding.code.startswith(_ABOUT_THE_RUN):
                continue
            text, unplaced = with_noqa(source, [finding])
            if not unplaced:
                edits = edits_between(checked.path, checked.content, source.encode(text))
                yield types.CodeAction(
                    title=f"Silence {finding.code} on this line",
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[diagnostic],
                    edit=self._workspace_edit(edits),
                )

    def _data(self, **what: object) -> dict[str, object]:
        buffer = self._shown.checked.buffer
        return {"uri": buffer.uri, "version": buffer.version, **what}

    def _workspace_edit(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        by_uri: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            place = self._shown.positions(edit.path).range(edit.span)
            by_uri.setdefault(self._shown.uri(edit.path), []).append(
                types.TextEdit(place, edit.content)
            )
        if not self._versioned:
            return types.WorkspaceEdit(changes=dict(by_uri))
        versions = self._shown.versions
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(uri, versions.get(uri)),
                    list(text_edits),
                )
                for uri, text_edits in by_uri.items()
            ]
        )


def _wants(only: Kinds | None, kind: str) -> bool:
    """Whether a client that wants ``only`` some kinds wants ``kind``: kinds are hierarchical."""
    if only is None:
        return True
    wanted = (each.value if isinstance(each, types.CodeActionKind) else each for each in only)
    return any(f"{kind}.".startswith(f"{each}.") for each in wanted)
