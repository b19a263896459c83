"""A whole analysis and a request in, the same request answered from what the change can reach out.

After a change of a few files only these, what calls their functions and what imports them is looked
at anew (:mod:`connlint.model.reach`); what was found elsewhere is taken over. That is an answer to
show at once. A whole analysis confirms it: a change can also show where nothing calls what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from connlint.facts.garbage import collector_paused
from connlint.facts.unsaved import facts_of
from connlint.findings import Problem
from connlint.pipeline import Analysis, Request, Watch, unwatched
from connlint.triage.remembered import Memory, RunResult

if TYPE_CHECKING:
    from connlint.detect.detection import Detection
    from connlint.discover.layout import Layout
    from connlint.discover.walk import Found
    from connlint.facts.types import FileFacts
    from connlint.findings import Finding, Suspect
    from connlint.model.modules import Modules
    from connlint.model.project import Project

MAX_CHANGED = 20
"""After a change of more files than this, a whole analysis is the better answer."""


def incremental(
    before: Analysis, request: Request, watch: Watch = unwatched, found: Found | None = None
) -> Incremental | None:
    """The analysis of ``request`` that starts from ``before``; ``None`` when it can't.

    It can't where anything but the contents of a few Python files differs: the standard, the rules,
    which files there are and which of them can be read, SQL files, declared dependencies, import
    roots. ``found``: the files, where they are known.
    """
    analysis = Incremental(before, request, watch)
    if found is not None:
        analysis.found = found
    with collector_paused():
        return analysis if analysis.is_possible else None


def make_ready(whole: Analysis) -> None:
    """Find out now what each incremental analysis that starts from this one asks."""
    project = whole.model()
    _ = project.call_graph.leading_to, project.call_graph.reaching, project.executions


def is_start(analysis: Analysis) -> bool:
    """Whether others can start from this one: it is a whole one that recalls nothing."""
    return analysis.is_modelled and not isinstance(analysis, Incremental)


class Start:
    """The last whole analysis of a project with its model, for the next one to start from."""

    def __init__(self) -> None:
        """There is none yet."""
        self._whole: Analysis | None = None

    def quickest(self, request: Request, watch: Watch, found: Found | None = None) -> Analysis:
        """The quickest analysis of ``request`` that there is. ``found``: the files, where they are
        known."""
        if self._whole and not request.timed:
            quick = incremental(self._whole, request, watch, found)
            if quick is not None:
                return quick
        analysis = Analysis(request, watch)
        if found is not None:
            analysis.found = found
        return analysis

    def move_to(self, whole: Analysis, edited: Iterable[str] | None = None) -> bool:
        """Start from this analysis, and tell whether that is so.

        It is not while one of the files that are being ``edited`` (``None``: of all) can't be read
        just now and could before: it soon can, and then the one before is the better start.
        """
        before = self._whole.facts if self._whole else {}
        for path in whole.facts if edited is None else edited:
            now, then = whole.facts.get(path), before.get(path)
            if now and now.problem and then and not then.problem:
                return False
        self._whole = whole
        make_ready(whole)
        return True


class Incremental(Analysis):
    """An analysis that finds anew what a change can reach, and takes the rest from ``before``."""

    def __init__(self, before: Analysis, request: Request, watch: Watch = unwatched) -> None:
        super().__init__(request, watch)
        self._before = before

    @property
    def is_possible(self) -> bool:
        """Whether all that differs is what some files hold, and the earlier analysis is sound."""
        before = self._before
        return (
            _terms(self.request) == _terms(before.request)
            and self._is_of_same_files(before)
            and self._dependencies.digest == before._dependencies.digest
            and not any(problem.fatal for problem in before.result.problems)
            and len(self._changed) <= MAX_CHANGED
            and all(facts.problem is None for facts in self._changed.values())
            and all(before.facts[path].problem is None for path in self._changed)
            and self.layout == before.layout
        )

    def _is_of_same_files(self, before: Analysis) -> bool:
        paths = [file.relative for file in self.found.files]
        contents, known = self._saved_facts.by_path, before._saved_facts.by_path
        return (
            paths == [file.relative for file in before.found.files]
            and self.request.unsaved.keys() <= before.facts.keys()
            and before.facts.keys() <= {*paths, *self.request.unsaved}
            and self.found.skipped == before.found.skipped
            and [contents[file.relative].content for file in self.found.sql]
            == [known[file.relative].content for file in before.found.sql]
        )

    @cached_property
    def _changed(self) -> Mapping[str, FileFacts]:
        """The facts of the files of which they are others than before."""
        before = self._before
        facts = {path: facts_of(data) for path, data in self.request.unsaved.items()}
        then = before._saved_facts.by_path
        for path, now in self._saved_facts.by_path.items():
            is_code = path in before.facts and path not in facts
            if is_code and (path in before.request.unsaved or now.content != then[path].content):
                facts[path] = now.facts
        return {path: new for path, new in facts.items() if new != before.facts[path]}

    @cached_property
    def facts(self) -> Mapping[str, FileFacts]:
        """Those of before, where nothing has changed."""
        return {**self._before.facts, **self._changed}

    @cached_property
    def detection(self) -> Detection | None:
        """The standard that was assumed before: one change seldom shows another one."""
        return self._before.detection

    @cached_property
    def layout(self) -> Layout:
        """That of before, unless import roots may show that did not before."""
        before = self._before
        are_same = all(
            _imported(facts) == _imported(before.facts[path])
            for path, facts in self._changed.items()
        )
        return before.layout if are_same else super().layout

    @cached_property
    def _modules(self) -> Modules:
        return self._before._modules.with_facts(self._changed)

    @cached_property
    def project(self) -> Project:
        """What the change can reach, linked with all the rest."""
        with self.stopwatch("linking"):
            return self._before.project.after(self._changed, self._modules)

    def _recall_or_find(self) -> RunResult:
        digest = self._contents_digest() if self.request.use_cache else None
        key = self._key(digest)
        known = Memory(self._folder).recall(key) if key else None
        return known or self._find()

    def _find(self) -> RunResult:
        _ = self._remarks
        problems: list[Problem] = []
        kept = [each for each in self._before.result.findings if self._holds(each)]
        places = {(each.code, each.path, each.span.line, each.span.column) for each in kept}
        suspects = [each for each in self._suspects(problems) if self._is_news(each)]
        confirmed = self._confirmed(suspects)
        new = [
            each
            for each in confirmed.findings
            if (each.code, each.path, each.span.line, each.span.column) not in places
        ]
        before = [each for each in self._before.result.problems if each.path not in self._examined]
        directives = {path: f.directives for path, f in self.facts.items() if f.directives}
        all_problems = (*before, *problems, *confirmed.problems)
        return RunResult((*kept, *new), all_problems, directives, self._remarks)

    @cached_property
    def _examined(self) -> frozenset[str]:
        """The files that are looked at anew."""
        return frozenset(module.path for module in self.project.program.examined)

    def _holds(self, finding: Finding) -> bool:
        """Whether what was found before is neither in a file that is looked at anew nor at the end
        of a call chain that begins in one and leads through what has changed.

        A chain that begins further away than is looked is taken for one that holds.
        """
        if finding.path in self._examined:
            return False
        through = any(step.path in self._changed for step in finding.trace)
        return not through or finding.trace[0].path not in self._examined

    def _is_news(self, suspect: Suspect) -> bool:
        """Whether a suspect is in such a file, or at the end of such a call chain."""
        through = (step.path in self._changed for step in suspect.trace)
        return suspect.path in self._examined or any(through)


def _imported(facts: FileFacts) -> set[tuple[str, str | None, int]]:
    return {(item.module, item.attr, item.level) for item in facts.imports}


def _terms(request: Request) -> tuple[object, ...]:
    """What a run is held against, besides the files."""
    loaded, registry = request.loaded, request.registry
    return (
        loaded.root, loaded.standard, loaded.declared, loaded.command_line,
        registry.digest, registry.infos,
    )  # fmt: skip
