"""Open buffers in, what is found in them out: each as part of the whole project that it is in.

Answers are given at once and confirmed later, which is what :class:`Answers` is about.

The standard is read anew for every run, which costs little. One that can't be read, or names what
is not there, is told, and the last one that could holds until it is mended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import msgspec

from connlint.config.loading import is_marked
from connlint.discover.walk import Found, FoundFile
from connlint.errors import ConfigError, ConnlintError
from connlint.facts.cache import project_cache
from connlint.fix.recovery import recover
from connlint.incremental import make_ready
from connlint.pipeline import Analysis, Request, Watch
from connlint.rules.project import Held, load_project
from connlint.server.answers import Answers
from connlint.server.buffers import Buffer, Content, content_of
from connlint.server.outcome import Checked, Round
from connlint.triage.baseline import Baseline
from connlint.triage.baseline_file import load_baseline
from connlint.triage.judge import hold_against
from connlint.triage.scope import Scope, relative_to
from connlint.triage.verdict import Verdict


class _Key(NamedTuple):
    """What tells projects apart. ``is_loose``: there is no project, only files."""

    root: Path
    standard: Path | None
    is_loose: bool


class _Unit(NamedTuple):
    """The buffers of one project."""

    held: Held
    key: _Key
    buffers: list[Buffer]


class Projects:
    """Analyses buffers. For each folder the last standard that held is remembered, and for each
    project what was answered last."""

    def __init__(self, baseline: str = "") -> None:
        """``baseline`` names the file in a project's root that says what is accepted there."""
        self._baseline = baseline
        self._good: dict[Path, Held] = {}
        self._answers: dict[_Key, Answers] = {}

    def check(
        self,
        buffers: Sequence[Buffer],
        touched: Collection[str],
        folders: Sequence[Path],
        watch: Watch,
    ) -> Round:
        """Analyse the projects in which one of the ``touched`` buffers is, as quickly as can be.

        ``folders`` are those of the workspace: one of them is the project of a file that nothing
        else makes part of one. What ``watch`` raises ends the run.
        """
        outcome = Round([], [], [], [])
        units = self._units(buffers, folders, outcome.errors)
        self._answers = {unit.key: self._answers.get(unit.key, Answers()) for unit in units}
        for unit in units:
            if any(buffer.uri in touched for buffer in unit.buffers):
                checked = self._checked(unit, watch, outcome)
                edited = [each.path for each in checked if each.buffer.uri in touched]
                self._answers[unit.key].give(checked, edited)
                outcome.checked.extend(checked)
        return outcome

    def confirm(self, watch: Watch) -> Round | None:
        """Analyse one project as a whole that was not; ``None`` when there is none.

        The next answer starts from that. What ``watch`` raises ends the run.
        """
        answers = next((each for each in self._answers.values() if each.is_open), None)
        if answers is None:
            return None
        outcome = Round([], [], [], [])
        try:
            checked = self._judged(answers.whole(watch), outcome)
            make_ready(checked[0].analysis)
        except ConfigError as error:
            outcome.remarks.extend(error.lines)
            answers.drop()
        else:
            answers.confirm(checked)
            outcome.checked.extend(checked)
        return outcome

    def forget(self) -> None:
        """Start anew from what the files hold: something went wrong."""
        self._answers.clear()

    def _units(
        self, buffers: Iterable[Buffer], folders: Sequence[Path], errors: list[str]
    ) -> list[_Unit]:
        units: dict[_Key, _Unit] = {}
        for folder, group in groupby(sorted(buffers), key=lambda buffer: buffer.path.parent):
            held = self._held_in(folder, errors)
            if held is None:
                continue
            loaded, is_loose = held.loaded, False
            if not loaded.declared and not is_marked(loaded.root):
                around = [each for each in folders if folder.is_relative_to(each)]
                root = max(around, key=lambda each: len(each.parts), default=folder)
                is_loose = not around
                loaded = msgspec.structs.replace(loaded, root=root)
                held = held._replace(loaded=loaded)
            key = _Key(loaded.root, loaded.file, is_loose)
            units.setdefault(key, _Unit(held, key, [])).buffers.extend(group)
        return list(units.values())

    def _held_in(self, folder: Path, errors: list[str]) -> Held | None:
        """Rules and standard for ``folder``: the last good ones while the present are not."""
        try:
            return load_project((folder,))
        except ConnlintError as error:
            errors.extend(line for line in str(error).splitlines() if line not in errors)
            return self._good.get(folder)

    def _checked(self, unit: _Unit, watch: Watch, outcome: Round) -> list[Checked]:
        """The buffers of ``unit``, under its standard or else under the last good one."""
        contents = {buffer.uri: content_of(buffer) for buffer in unit.buffers}
        is_saved = all(content.is_saved for content in contents.values())
        folders = {buffer.path.parent for buffer in unit.buffers}
        standards = [unit.held]
        for folder in sorted(folders):
            if (good := self._good.get(folder)) and good not in standards:
                standards.append(good)
        for held in standards:
            request = Request(loaded=held.loaded, registry=held.registry)
            try:
                checked = self._analysed(request, unit, contents, watch, outcome)
            except ConfigError as error:
                # While somebody types, names come and go: that is no news about the standard.
                lines = outcome.errors if is_saved else outcome.remarks
                lines.extend(line for line in error.lines if line not in lines)
                continue
            if held is unit.held:
                self._good.update(dict.fromkeys(folders, held))
            return checked
        return []

    def _analysed(
        self,
        request: Request,
        unit: _Unit,
        contents: Mapping[str, Content],
        watch: Watch,
        outcome: Round,
    ) -> list[Checked]:
        """The buffers of ``unit`` that are part of the project; raises :class:`ConfigError`.

        ``contents`` holds by URI what their files would hold.
        """
        root = request.loaded.root
        if (cache := project_cache(root)) and (problem := recover(root, cache)):
            outcome.errors.append(problem.message)
        found = _loose(unit) if unit.key.is_loose else Analysis(request).found
        buffers = _by_path(unit, found, root)
        taken = {buffer.uri for buffer in buffers.values()}
        outcome.left_out.extend(buffer for buffer in unit.buffers if buffer.uri not in taken)
        held = {path: contents[buffer.uri] for path, buffer in buffers.items()}
        unsaved = {path: content.data for path, content in held.items() if not content.is_saved}
        request = msgspec.structs.replace(request, unsaved=unsaved)
        analysis = self._answers[unit.key].quickest(request, found, watch)
        checked = [
            Checked(buffer, path, held[path].data, analysis, ()) for path, buffer in buffers.items()
        ]
        return self._judged(checked, outcome)

    def _judged(self, checked: Sequence[Checked], outcome: Round) -> list[Checked]:
        """Buffers of one analysis with what that finds in them; raises :class:`ConfigError`."""
        if not checked:
            return []
        analysis = checked[0].analysis
        scope = Scope(each.path for each in checked)
        verdict = self._under_baseline(analysis, scope, outcome.errors)
        outcome.remarks.extend(verdict.notes)
        for problem in verdict.problems:
            lines = outcome.errors if problem.fatal else outcome.remarks
            lines.append(f"{problem.path}: {problem.message}".lstrip(": "))
        findings = {
            each.path: tuple(f for f in verdict.findings if f.path == each.path) for each in checked
        }
        return [each._replace(findings=findings[each.path]) for each in checked]

    def _under_baseline(self, analysis: Analysis, scope: Scope, errors: list[str]) -> Verdict:
        """The verdict in ``scope``, without what the project's baseline accepts if it has one."""
        verdict = analysis.verdict_in(scope)
        file = analysis.request.loaded.root / self._baseline
        if not self._baseline or not file.exists():
            return verdict
        try:
            baseline = Baseline(self._baseline, load_baseline(file))
        except ConfigError as error:
            errors.extend(line for line in error.lines if line not in errors)
            return verdict
        return hold_against(verdict, baseline, analysis.terms_in(scope))


def _loose(unit: _Unit) -> Found:
    """Files that are in no project: nobody asked for what lies around them."""
    files = {buffer.path.name: str(buffer.path) for buffer in unit.buffers}
    return Found(tuple(FoundFile(files[name], name) for name in sorted(files)), (), ())


def _by_path(unit: _Unit, found: Found, root: Path) -> dict[str, Buffer]:
    """The buffers by the path of their file in the project, without those that it leaves out."""
    known = {file.relative for file in found.files}
    real_root = root.resolve()
    by_path: dict[str, Buffer] = {}
    for buffer in unit.buffers:
        path = relative_to(root, buffer.path)
        real_path = relative_to(real_root, buffer.path.resolve())
        if path not in known and real_path in known:
            path = real_path
        is_new = not buffer.path.exists() and not path.startswith("../")
        if path in known or is_new:
            by_path.setdefault(path, buffer)
    return by_path
