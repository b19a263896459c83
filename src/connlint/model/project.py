"""All facts and the standard in, the linked project out: what rules and the audit ask.

Linking resolves names across files, finds entry points and roles, runs the interpreter over every
function that can matter, and knows for each function what it does and what reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from connlint.config.standard import Standard
from connlint.discover.dependencies import Dependencies
from connlint.facts import types as f
from connlint.findings import EntryPointRef, TraceStep
from connlint.location import Span, span_between, unpack
from connlint.model import values as v
from connlint.model.call_graph import CallGraph
from connlint.model.connections.places import Connections
from connlint.model.connections.written import WrittenUrl, written_urls
from connlint.model.dual_writes import DualWrites
from connlint.model.effects import Effect, Operation, Step
from connlint.model.engine import Engine, FunctionRun
from connlint.model.entry_points import EntryPoint, EntryPoints
from connlint.model.expiry import Expiry
from connlint.model.failures import Failures
from connlint.model.focus import Focus
from connlint.model.forbidden import Forbidden
from connlint.model.lifetimes.lives import Lives
from connlint.model.mentions import Mentions
from connlint.model.modules import Modules
from connlint.model.names import Module, ScopeId, Target
from connlint.model.nesting import Nesting, Nestings
from connlint.model.providers import Provider, provider_of
from connlint.model.queries.executed import Executions
from connlint.model.queries.sql_files import SqlFiles
from connlint.model.reach import focus_on, widened
from connlint.model.responses import Responses
from connlint.model.roles import Roles
from connlint.model.rows import Rows
from connlint.model.runs import Runs, operations_of
from connlint.model.signals import Signals
from connlint.model.sites import Sites
from connlint.model.slowness import Slowness
from connlint.model.stores import Stores
from connlint.model.streaming import Streaming
from connlint.model.written.contents import WrittenContents


class Project:
    """A linked project. Make one with :meth:`link`."""

    def __init__(
        self, engine: Engine, before: Project | None = None, focus: Focus | None = None
    ) -> None:
        """With ``focus`` only that is looked at; what else there is to know is that of ``before``,
        the same project before a change."""
        self.dependencies: Dependencies | None = None
        """What the project declares to depend on, where somebody has looked."""
        self.sql_files: Callable[[], SqlFiles] = SqlFiles
        """Tells what the SQL files of the project declare."""
        self.program = engine.program
        self.engine = engine
        self.standard = engine.program.standard
        self._found = EntryPoints(engine)
        self.all_runs = Runs(engine)
        self._others: dict[ScopeId, tuple[ScopeId, ...]] = {}
        self._wrappers: dict[ScopeId, str] = {}
        if before and focus:
            self._carry(before, focus)
        self.entry_points = self._found.find()
        self.starts = self._found.starts
        self.roles = Roles(self.program, self.entry_points)
        self.slowness = Slowness(engine)
        self.lives = Lives(engine, self.slowness)
        if before and focus:
            self.lives.carry(before.lives, focus)
        self.failures = Failures(engine)
        self.signals = Signals(engine, self.failures)
        self._injectors: dict[str, Provider | None] = {}
        self.streaming = Streaming(engine)

    @classmethod
    def link(
        cls,
        files: Iterable[tuple[str, str, f.FileFacts]],
        standard: Standard,
        paths: Mapping[str, str] | None = None,
    ) -> Project:
        """Link files, given as ``(path, module name, facts)``; some may be unreadable. ``paths``
        says which file an import of a name finds, for further names of the files and for names that
        several of them have."""
        return cls(Modules.of(files, paths).engine(standard))

    def after(self, changed: Mapping[str, f.FileFacts], modules: Modules) -> Project:
        """The project of these ``modules``, of which the files at some paths have changed since
        they were linked as this one, as far as the change can reach (:mod:`reach`)."""
        new = [module for module in modules.modules if module.path in changed]
        focus = focus_on(new, self.program, self.engine.relevance, self.call_graph)
        project = self._after(focus, modules)
        if focus.is_whole:
            otherwise = project.call_graph.reached_otherwise(self.call_graph)
            if elsewhere := [scope for scope in otherwise if scope in project.all_runs.earlier]:
                project = self._after(widened(focus, elsewhere), modules)
        return project

    def _after(self, focus: Focus, modules: Modules) -> Project:
        engine = modules.engine(self.standard)
        relevance = self.engine.relevance
        engine.relevance = relevance.carried_to(engine.program, focus.changed)
        project = Project(engine, self, focus)
        project.dependencies = self.dependencies
        project.sql_files = self.sql_files
        return project

    def _carry(self, before: Project, focus: Focus) -> None:
        """Take over what was known of what the change does not reach."""
        self.program.examine(focus.modules)
        self.program.passed.update(focus.passed())
        self._found.carry(before._found, focus)
        self.engine.carry(before.engine, focus)
        self._others = {
            scope: tuple(filter(None, (focus.now(each, self.program) for each in callees)))
            for scope, callees in before.call_graph.callees.items()
            if scope in focus.stale and scope[0] not in focus.modules
        }
        self._wrappers = {
            scope: name
            for scope, name in before.executions.wrappers.items()
            if focus.is_known(scope)
        }
        self.all_runs.earlier = {
            scope: run for scope, run in before.known_runs() if focus.is_known(scope)
        }

    # functions

    def runs(self) -> Iterator[tuple[ScopeId, FunctionRun]]:
        """Every function, module and class body to report on, in order, with its run."""
        yield from self.all_runs.reported.items()

    def known_runs(self) -> Iterator[tuple[ScopeId, FunctionRun]]:
        """Those to report on, and all others that bear on what is said of them."""
        yield from self.all_runs.known.items()

    def run(self, scope: ScopeId) -> FunctionRun:
        """What one function does."""
        return self.all_runs.of(scope)

    def operations(self) -> Iterator[tuple[ScopeId, Operation]]:
        """Every operation of the functions to report on, in order of file and position."""
        return operations_of(self.all_runs.reported)

    def known_operations(self) -> Iterator[tuple[ScopeId, Operation]]:
        """Those to report on, and all others that bear on what is said of them."""
        return operations_of(self.all_runs.known)

    def module(self, name: str) -> Module:
        return self.program.modules[name]

    def path(self, scope: ScopeId) -> str:
        return self.program.modules[scope[0]].path

    def symbol(self, scope: ScopeId) -> str:
        """The dotted path of a function, class or module."""
        return self.program.modules[scope[0]].symbol(scope[1])

    def role(self, scope: ScopeId) -> str:
        return self.roles.of(scope)

    def is_owner(self, module: str) -> bool:
        return self.roles.is_owner(self.program.modules[module].path)

    # reachability

    @cached_property
    def call_graph(self) -> CallGraph:
        """Who calls whom, as far as calls are resolved."""
        return CallGraph(self.all_runs.known, self.entry_points, self._others)

    def calls_into(self, caller: ScopeId, callee: ScopeId) -> bool:
        """Whether a function calls another one, directly or through calls."""
        return self.call_graph.calls_into(caller, callee)

    def entry_points_of(self, scope: ScopeId) -> tuple[EntryPoint, ...]:
        """The entry points through which a function is reached."""
        return self.call_graph.entry_points_of(scope)

    @cached_property
    def _by_effect(self) -> dict[tuple[str, str, int], list[tuple[ScopeId, Operation]]]:
        table: dict[tuple[str, str, int], list[tuple[ScopeId, Operation]]] = {}
        for scope, operation in self.known_operations():
            table.setdefault(operation.effect.place, []).append((scope, operation))
        return table

    def ways_to(self, effect: Effect) -> Sequence[tuple[ScopeId, Operation]]:
        """Every operation of the project that comes to the same effect: in the function that does
        it, and in those that call that one, directly or through calls."""
        return self._by_effect.get(effect.place, ())

    def is_only_called(self, scope: ScopeId) -> bool:
        """Whether nothing but calls runs a function: it is no entry point, and nobody hands it on
        to be called elsewhere."""
        if any((entry.module, entry.scope) == scope for entry in self.entry_points):
            return False

        def wanted(value: v.Value) -> str:
            is_it = isinstance(value, v.Func) and (value.module, value.scope) == scope
            return self.symbol(scope) if is_it else ""

        mentions = Mentions(self.program, self.engine.relevance, wanted)
        return next(mentions.handed_on(), None) is None

    # configuration

    @cached_property
    def connections(self) -> Connections:
        """Where engines, pools and connections are configured, and with what."""
        return Connections(self.program)

    @cached_property
    def written_urls(self) -> tuple[WrittenUrl, ...]:
        """The database URLs that the code writes down."""
        return tuple(written_urls(self.program, self.connections))

    # what functions write, and where

    @cached_property
    def written(self) -> WrittenContents:
        """What each commit writes."""
        return WrittenContents(self.engine, self.roles, self.run)

    @cached_property
    def dual_writes(self) -> DualWrites:
        """What goes to process memory and to the database alike."""
        return DualWrites(self.engine, self.run)

    @cached_property
    def stores(self) -> Stores:
        """What happens to containers in memory, and to the rows of models."""
        return Stores(self.program, self.roles, self.all_runs.known, self.entry_points)

    @cached_property
    def rows(self) -> Rows:
        """Which expressions give rows of the database as they are."""
        return Rows(self.program, self.roles)

    @cached_property
    def expiry(self) -> Expiry:
        """Which names may stand for rows that a rollback expires."""
        return Expiry(self.program, self.roles)

    @cached_property
    def responses(self) -> Responses:
        """What routes declare and return."""
        return Responses(self.program)

    @cached_property
    def executions(self) -> Executions:
        """Where SQL text is executed."""
        return Executions(self.program, self.engine.relevance, self._wrappers)

    @cached_property
    def sites(self) -> Sites:
        """The calls that stand at places."""
        return Sites(self.program)

    # places

    def span(self, at: int, end: int) -> Span:
        return span_between(at, end)

    def trace_step(self, step: Step, note: str = "") -> TraceStep:
        """A hop of a call chain as evidence."""
        line, column = unpack(step.at)
        scope = (step.module, step.scope)
        return TraceStep(self.path(scope), line, column, self.symbol(scope), note or step.text)

    def trace(self, effect: Effect) -> tuple[TraceStep, ...]:
        """An effect's call chain as evidence, the operation last."""
        last = len(effect.chain) - 1
        return tuple(
            self.trace_step(
                step, f"{effect.kind}: {step.text}" if index == last else f"calls {step.text}"
            )
            for index, step in enumerate(effect.chain)
        )

    def entry_ref(self, scope: ScopeId) -> EntryPointRef | None:
        """The first entry point that reaches a function, for a finding."""
        entries = self.entry_points_of(scope)
        return EntryPointRef(entries[0].kind, entries[0].name) if entries else None

    # the standard

    @cached_property
    def _forbidden(self) -> Forbidden:
        return Forbidden(self.program.names, self.standard.sessions.forbidden)

    def is_forbidden(self, dotted: str) -> bool:
        """Whether the standard forbids a factory, by the name of its definition."""
        return dotted in self._forbidden

    def is_provider(self, dotted: str) -> bool:
        """Whether a function is one of the standard's providers or dependencies."""
        return dotted in self.engine.providers

    @cached_property
    def preferred_provider(self) -> str:
        """The provider to name in messages, or nothing when the standard has none."""
        sessions = self.standard.sessions
        names = (*sessions.providers, *sessions.dependencies, *sessions.task_providers)
        return names[0] if names else ""

    def per_event_entries(self) -> Iterator[EntryPoint]:
        """Entry points that run for every event, and functions that loop over events."""
        known = set()
        for entry in self.entry_points:
            if entry.per_event:
                known.add((entry.module, entry.scope))
                yield entry
        for scope, run in self.all_runs.reported.items():
            if scope in known or not any(operation.own_receives for operation in run.operations):
                continue
            module = self.program.modules[scope[0]]
            facts = module.facts.scopes[scope[1]]
            yield EntryPoint(
                "message-consumer", facts.qualname or module.name, scope[0], scope[1],
                module.symbol(scope[1]), module.path, unpack(facts.name_at)[0],
                per_event=True, in_loop=True,
            )  # fmt: skip

    # transactions

    def may_end_transactions(self, scope: ScopeId) -> bool:
        """Whether the standard lets a function begin and end transactions: as part of a class,
        function or module that it names, or under a decorator that it names."""
        owners = self.standard.transactions.owners
        module = self.program.modules[scope[0]]
        names = (self.symbol(scope), *self.program.decorator_names(module, scope[1]))
        return any(
            name == owner or name.startswith(f"{owner}.") for owner in owners for name in names
        )

    def injector(self, origin: v.Origin | None) -> Provider | None:
        """The provider from which a framework injects a session; ``None`` for any other session."""
        if origin is None or origin.kind != "injected":
            return None
        if origin.name not in self._injectors:
            scopes = (
                (target.module, target.scope)
                for target in self.targets(origin.name)
                if target.kind == "function"
            )
            known = next((provider_of(self.engine, scope) for scope in scopes), None)
            self._injectors[origin.name] = known
        return self._injectors[origin.name]

    @cached_property
    def nestings(self) -> tuple[Nesting, ...]:
        """Transactions that are begun or ended inside another one; those of tests left out."""
        runs = (each for each in self.known_runs() if self.role(each[0]) != "test")
        return tuple(Nestings(self.engine, self.failures, self.injector).among(runs))

    # acquisitions

    def acquired_kind(self, operation: Operation) -> str:
        """What an acquisition gives: ``session`` or ``connection``."""
        name = operation.effect.gives
        found = self.program.catalog_type(name) if name else None
        return found.kind if found is not None else ""

    def acquired_async(self, operation: Operation) -> bool:
        """Whether an acquisition gives an asynchronous session or connection."""
        name = operation.effect.gives
        found = self.program.catalog_type(name) if name else None
        return found is not None and found.is_async

    def is_driver_connect(self, operation: Operation) -> bool:
        """Whether a raw driver connection is opened: by a function of a library, from no engine."""
        name = operation.effect.provider
        return (
            self.acquired_kind(operation) == "connection" and name in self.program.catalog.functions
        )

    def is_local_factory(self, scope: ScopeId, operation: Operation) -> bool:
        """Whether the factory was made in the same function, where its definition is judged."""
        origin = operation.effect.source
        return origin.startswith(f"s:{scope[0]}:{scope[1]}:")

    def targets(self, dotted: str) -> tuple[Target, ...]:
        """What a dotted name of the configuration stands for."""
        return self.program.names.resolve_dotted(dotted)

    def values(self, module: str, scope: int, expression: f.Expr) -> v.Values:
        """What an expression of a scope may stand for, whatever the path."""
        return self.program.static(self.program.modules[module], scope, expression)

    def calling(self, names: Collection[str]) -> set[ScopeId]:
        """The functions that call or hand on something whose last name is one of these."""
        return self.engine.relevance.calling(names, self.program.examined)
