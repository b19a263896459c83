"""A request in, everything that was found out: the run, stage by stage.

discover → facts → link → suspect → visit → judge. Each stage is a property of :class:`Analysis` and
runs when it is asked for. What was found is remembered, so that a run in which nothing changed
looks at the files and stops there.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from connlint.config.loading import LoadedStandard
from connlint.config.selection import ActiveRules
from connlint.discover.dependencies import Dependencies
from connlint.discover.layout import Layout, lay_out
from connlint.discover.roots import Imported, implied_roots
from connlint.discover.walk import Found, find_files
from connlint.facts.cache import hashed, is_sql, project_cache
from connlint.facts.garbage import collector_paused
from connlint.facts.loading import LoadedFacts, Lookup, load_facts, look_up
from connlint.facts.store import FactsStore
from connlint.facts.unsaved import facts_of
from connlint.findings import Problem, Suspect
from connlint.rules.registry import Registry
from connlint.rules.run.unreadable_file import UnreadableFile
from connlint.source import SourceError, decode, read, split_lines
from connlint.stopwatch import Stopwatch
from connlint.triage.judge import Terms, judge
from connlint.triage.places import ProjectPlaces
from connlint.triage.remembered import Memory, RunResult, result_key
from connlint.triage.scope import Scope, scope_of
from connlint.triage.verdict import Verdict

if TYPE_CHECKING:
    from connlint.detect.detection import Detection
    from connlint.facts.types import FileFacts
    from connlint.model.modules import Modules
    from connlint.model.project import Project
    from connlint.model.queries.sql_files import SqlFiles
    from connlint.visit.batch import Visit
    from connlint.visit.confirm import Confirmed

Watch = Callable[[str, int, int], None]
"""Told how far a stage is: its name, how much is done, how much there is."""


def unwatched(stage: str, done: int, total: int) -> None:
    """A watch that looks away."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be analysed.

    ``paths`` say what the report is about, in terms of the working folder; none stand for the
    import roots. ``unsaved`` holds content, by path relative to the root, that is to be taken
    instead of what is on disk. ``jobs`` is how many processes to use at most, 0 as many as pay.
    ``timed``: find everything anew and keep apart how long each stage and rule takes.
    """

    loaded: LoadedStandard
    registry: Registry
    paths: tuple[Path, ...] = ()
    unsaved: dict[str, bytes] = {}
    jobs: int = 0
    use_cache: bool = True
    timed: bool = False


class Analysis:
    """One run. Stages are properties: asking for one runs it and all that it needs, once."""

    def __init__(self, request: Request, watch: Watch = unwatched) -> None:
        self.request = request
        self._watch = watch
        self._root = request.loaded.root
        self._folder = project_cache(self._root) if request.use_cache else None
        self._store = FactsStore(self._folder)
        self._cache_problems: dict[Problem, None] = {}
        self.is_modelled = False
        """Whether functions have been interpreted, which a known result does without."""
        self.stopwatch = Stopwatch()
        """Where the time went; of stages that share work, the first one pays."""

    # discover

    @cached_property
    def found(self) -> Found:
        """The files of the project, with those outside of it that were named."""
        named = [path for path in self.request.paths if path.exists()]
        return find_files(self._root, [self._root, *named], self.request.loaded.standard.exclude)

    @cached_property
    def scope(self) -> Scope:
        """What the report is about."""
        roots = [self._root / folder for folder in self.request.loaded.standard.src]
        named = self.request.paths or [root for root in roots if root.exists()]
        return scope_of(self._root, named)

    # facts

    @cached_property
    def _lookup(self) -> Lookup:
        return look_up((*self.found.files, *self.found.sql), self._store)

    @cached_property
    def _saved_facts(self) -> LoadedFacts:
        from connlint.facts.extract import extract

        watch = partial(self._watch, "Reading")
        jobs = self.request.jobs
        with self.stopwatch("reading files"):
            lookup = self._lookup
            saved = load_facts(lookup, self._store, extract, jobs=jobs, progress=watch)
        if problem := self._store.save():
            self._cache_problems[problem] = None
        return saved

    @cached_property
    def facts(self) -> Mapping[str, FileFacts]:
        """What each file says, by path relative to the root, in order."""
        saved = self._saved_facts.by_path
        facts = {file.relative: saved[file.relative].facts for file in self.found.files}
        facts |= {path: facts_of(data) for path, data in self.request.unsaved.items()}
        return dict(sorted(facts.items()))

    # link

    @cached_property
    def layout(self) -> Layout:
        """Which file is which module."""
        src = self.request.loaded.standard.src
        return lay_out(self.facts, src, self.implied_roots)

    @cached_property
    def implied_roots(self) -> tuple[str, ...]:
        """The import roots that only the imports show."""
        from connlint.model.catalog.lookup import CATALOG

        imports = {
            path: [Imported(each.module, each.attr or "", each.level) for each in facts.imports]
            for path, facts in self.facts.items()
        }
        return implied_roots(imports, self.request.loaded.standard.src, CATALOG.packages)

    @cached_property
    def project(self) -> Project:
        """All files as one project, held against the standard: the declared or the assumed one."""
        from connlint.model.project import Project

        with self.stopwatch("linking"):
            detection = self.detection
            standard = detection.standard if detection else self.request.loaded.standard
            project = Project(self._modules.engine(standard))
            project.dependencies = self._dependencies
            project.sql_files = self._sql_files
            return project

    def model(self) -> Project:
        """The project with every function interpreted, as rules ask for it."""
        project = self.project
        if not self.is_modelled:
            with self.stopwatch("interpreting functions"):
                project.all_runs.make(partial(self._watch, "Interpreting"))
            self.is_modelled = True
        return project

    def _sql_files(self) -> SqlFiles:
        """What the SQL files of the project declare."""
        from connlint.model.queries.sql_files import SqlFiles

        facts = self._sql_facts()
        is_whole = not any(is_sql(each.path) for each in self.found.skipped)
        return SqlFiles(
            tuple(statement for each in facts for statement in each.declared),
            is_whole and not any(each.problem for each in facts),
        )

    def _sql_facts(self) -> list[FileFacts]:
        """What each file of SQL says, in their order."""
        return [self._saved_facts.by_path[file.relative].facts for file in self.found.sql]

    @cached_property
    def _remarks(self) -> tuple[str, ...]:
        """What to note of the standard; raises :class:`ConfigError` where it names what is not."""
        loaded = self.request.loaded
        detection = self.detection
        if detection is not None:
            assumed = detection.summary or "the code shows no standard either"
            return (f"no configuration found; {assumed}",)
        from connlint.model.declared import check_names

        return check_names(self.project.program, loaded, self._is_on_disk)

    def _is_on_disk(self, module: str) -> bool:
        """Whether there is a file or folder for a module, whatever is left out of the analysis."""
        roots = [self._root / folder for folder in self.request.loaded.standard.src]
        places = [root.joinpath(*module.split(".")) for root in roots]
        return any(place.is_dir() or place.with_suffix(".py").is_file() for place in places)

    @cached_property
    def _dependencies(self) -> Dependencies:
        """What the project declares to depend on."""
        return Dependencies(self._root, (file.relative for file in self.found.files))

    @cached_property
    def detection(self) -> Detection | None:
        """The standard that the code follows already, where none is declared."""
        if self.request.loaded.declared:
            return None
        from connlint.detect.assume import detect

        return detect(self._modules.engine(self.request.loaded.standard))

    @cached_property
    def _modules(self) -> Modules:
        from connlint.model.modules import Modules

        names = self.layout.names
        files = ((path, names[path], facts) for path, facts in self.facts.items())
        return Modules.of(files, self.layout.paths, self.layout.inner)

    # suspect

    def _suspects(self, problems: list[Problem]) -> Iterator[Suspect]:
        """What the rules suspect. One that raises costs its own suspects and leaves a problem."""
        rules = [rule for rule in self.request.registry.rules if rule.code in self.active.codes]
        for number, rule in enumerate(rules):
            self._watch("Checking", number, len(rules))
            if rule.code == UnreadableFile.code:
                yield from _unread(self.facts)
                continue
            project = self.model()  # what fails here is no rule's fault
            try:
                with self.stopwatch(rule.code):
                    suspects = list(rule.load().suspects(project))
                yield from suspects
            except Exception as error:
                what = " ".join(f"{type(error).__name__}: {error}".split())
                problems.append(Problem(f"rule {rule.code} failed: {what}", fatal=True))

    # visit

    def _visits(self, suspects: Sequence[Suspect]) -> Iterator[Visit]:
        """The files that have suspects, each with its own."""
        from connlint.visit.batch import Visit

        by_path: dict[str, list[Suspect]] = {}
        for suspect in suspects:
            by_path.setdefault(suspect.path, []).append(suspect)
        for path in sorted(by_path):
            yield Visit(
                path=path,
                location=str(self.location(path)),
                suspects=tuple(by_path[path]),
                statements=self.facts[path].statements,
                source=self.request.unsaved.get(path),
            )

    def _confirmed(self, suspects: Sequence[Suspect]) -> Confirmed:
        from connlint.visit.batch import visit_files
        from connlint.visit.confirm import RuleTitle

        titles = {r.code: RuleTitle(r.name, r.severity) for r in self.request.registry.rules}
        with self.stopwatch("confirming findings"):
            return visit_files(list(self._visits(suspects)), titles)

    @cached_property
    def result(self) -> RunResult:
        """Everything that was found, from the memory of earlier runs where nothing changed."""
        with collector_paused():
            return self._recall_or_find()

    def _recall_or_find(self) -> RunResult:
        if not self.request.use_cache or self.request.timed:
            return self._find()
        memory = Memory(self._folder)
        key = self._key(self._contents_digest())
        if key and (known := memory.recall(key)):
            return known
        result = self._find()
        # What went wrong may not go wrong again.
        is_final = self._saved_facts.digest and not result.problems
        if key and is_final and (problem := memory.keep(key, result)):
            self._cache_problems[problem] = None
        return result

    def _contents_digest(self) -> bytes | None:
        """What stands for the contents of all files; ``None`` when some of them are in no file."""
        if self.request.unsaved:
            return None
        # An empty store does not know what the files hold until they are read.
        return self._lookup.digest or self._saved_facts.digest

    def _find(self) -> RunResult:
        problems: list[Problem] = []
        _ = self._dependencies.digest  # what is declared now, whatever is asked when
        _ = self._remarks  # a standard that can't hold ends the run before the work
        confirmed = self._confirmed(list(self._suspects(problems)))
        directives = {path: f.directives for path, f in self.facts.items() if f.directives}
        all_problems = (*problems, *confirmed.problems)
        return RunResult(confirmed.findings, all_problems, directives, self._remarks)

    def _key(self, digest: bytes | None) -> bytes | None:
        """What the result is remembered under; ``None`` when it is not to be."""
        if digest is None:
            return None
        loaded = self.request.loaded
        contents = hashed(digest + self._dependencies.digest)
        rules = self.request.registry.digest
        return result_key(contents, loaded.standard, loaded.declared, self.active.codes, rules)

    # judge

    @cached_property
    def active(self) -> ActiveRules:
        """The rules that are on, file by file."""
        loaded = self.request.loaded
        return ActiveRules(self.request.registry.infos, loaded.standard, loaded.command_line)

    def terms_in(self, scope: Scope) -> Terms:
        """What the findings in ``scope`` are judged by."""
        request = self.request
        places = ProjectPlaces(self)
        return Terms(request.loaded.standard, request.registry, self.active, scope, places)

    @cached_property
    def verdict(self) -> Verdict:
        """What the run comes to in its own scope, without a baseline."""
        return self.verdict_in(self.scope)

    def verdict_in(self, scope: Scope) -> Verdict:
        """What the run comes to in ``scope``, without a baseline."""
        result = self.result
        problems = (*self.found.problems, *self._cache_problems, *result.problems)
        paths = {file.relative for file in self.found.files} | self.request.unsaved.keys()
        files = sum(scope.covers(path) for path in paths)
        terms = self.terms_in(scope)
        verdict = judge(result.findings, result.directives, terms, problems, files)
        notes = result.notes if files else (*result.notes, self._nothing_read())
        return msgspec.structs.replace(verdict, notes=notes)

    def _nothing_read(self) -> str:
        named = " ".join(map(str, self.request.paths)) or str(self._root)
        return f"no Python files in {named}"

    def forget_model(self) -> None:
        """Make room: drop the project and the facts behind it, which verdict, tables and fixes do
        without. What is asked for again is made again."""
        for name in ("project", "_modules", "facts", "_saved_facts", "_lookup"):
            self.__dict__.pop(name, None)
        self.is_modelled = False
        gc.collect()

    # what reports and fixes ask besides

    def location(self, path: str) -> Path:
        """Where to open a file of the project."""
        return self._root / self._locations.get(path, path)

    @cached_property
    def _locations(self) -> dict[str, str]:
        return {file.relative: file.path for file in self.found.files}

    def content(self, path: str) -> bytes:
        """What a file of the project holds; raises :class:`SourceError` when it can't be read."""
        unsaved = self.request.unsaved.get(path)
        return read(str(self.location(path))) if unsaved is None else unsaved

    def source_lines(self, path: str) -> list[str]:
        """The lines of a file of the project; none when it can't be read."""
        try:
            return split_lines(decode(self.content(path)).text)
        except SourceError:
            return []

    def with_content(self, changes: Mapping[str, bytes]) -> Analysis:
        """The analysis of the same project with these files, by relative path, holding that."""
        unsaved = self.request.unsaved | dict(changes)
        other = Analysis(msgspec.structs.replace(self.request, unsaved=unsaved, use_cache=False))
        other.found = self.found
        other._saved_facts = self._saved_facts
        other.detection = self.detection
        return other


def _unread(facts: Mapping[str, FileFacts]) -> Iterator[Suspect]:
    rule = UnreadableFile()
    for path, file in facts.items():
        if file.problem:
            yield rule.unread(path, file.problem)
