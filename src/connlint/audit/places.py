"""The project in, every place where the code touches a connection out, not yet judged.

A place is one operation that a function does itself, a call of a provider or persist function, a
session that the framework injects, a definition or an import. Calls of other functions that touch
the database in turn are kept apart: flows show them, the list of connection points does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from connlint.audit.configured import masked, pragma_set, url_places
from connlint.audit.excerpts import SourceLines, shortened, text_at
from connlint.audit.extents import arranged, blocks_of
from connlint.audit.points import KINDS, Place, PointKind
from connlint.facts import types as f
from connlint.location import Span, span_between, unpack
from connlint.model import values as v
from connlint.model.effects import Operation
from connlint.model.mentions import Mentions
from connlint.model.names import ScopeId
from connlint.model.project import Project

_KIND_OF: dict[str, PointKind] = {
    "define-factory": "define",
    "define-engine": "define",
    "persist": "commit",
    "execute": "write",
}
_BESIDE = frozenset({"slow", "autocommit"})
"""No points of their own: work besides the database, and the commit in a write that is one."""
_FIRST: tuple[PointKind, ...] = (
    "define",
    "configure",
    "acquire",
    "begin",
    "commit",
    "rollback",
    "flush",
    "write",
    "read",
    "close",
)
"""Which of several things that one call does gives the place its kind."""
_AT_EXIT: tuple[PointKind, ...] = ("commit", "rollback", "close")
_ENTERED = ("__enter__", "__aenter__")
_ASSIGNED = re.compile(r"\s*([\w.]+)\s*(?::[^=]*)?=\s*(?:await\s+)?")


class Places:
    """Finds the places of a project. ``points`` are connection points, ``passing`` are calls."""

    def __init__(self, project: Project, source: SourceLines) -> None:
        self._project = project
        self._source = source
        self._blocks: dict[ScopeId, dict[int, Span]] = {}
        self._leaving: set[tuple[ScopeId, str]] = set()
        self.points: list[Place] = []
        self.passing: list[Place] = []

    def find(self) -> Places:
        """Look for them; both lists are sorted by place afterwards."""
        for scope, run in self._project.runs():
            operations = [each for each in run.operations if each.effect.kind not in _BESIDE]
            slow = [each for each in run.operations if each.effect.kind == "slow"]
            operations.sort(key=lambda each: (each.at, each.end))
            for _, group in groupby(operations, key=lambda each: (each.at, each.end)):
                self._place(scope, list(group), slow)
        self.points.extend(self._injected())
        self.points.extend(self._providers())
        self.points.extend(self._imports())
        self.points.extend(self._urls())
        self.points = arranged(self.points, self._leaving)
        self.passing.sort(key=lambda place: place.sort_key)
        return self

    # operations

    def _place(self, scope: ScopeId, group: list[Operation], slow: list[Operation]) -> None:
        own = [each for each in group if each.own]
        if own and all(each.effect.implicit and _kind(each) == "close" for each in own):
            self._leaving.update((scope, each.effect.session) for each in own)
        elif own:
            self.points.append(self._own(scope, own, slow))
        elif provider := next((name for each in group if (name := self._hands_out(each))), ""):
            self.points.append(self._provided(scope, group, provider))
        else:
            self.passing.append(self._passed(scope, group, slow))

    def _own(self, scope: ScopeId, group: list[Operation], slow: list[Operation]) -> Place:
        first = min(group, key=_rank)
        kind = self._kind_here(scope, first)
        rest = {_kind(each) for each in group if each.effect.implicit and each is not first}
        leaving = tuple(each for each in _AT_EXIT if each in rest)
        deciding = next((each for each in group if _kind(each) == "commit"), first)
        return self._make(
            scope, first, kind,
            provider=self._opened_by(first) if kind in ("acquire", "define") else _origin(first),
            states=_states(deciding), at_exit=leaving, writes=deciding.effect.writes,
            is_slow=_waits(deciding, slow), persists=first.effect.kind == "persist",
        )  # fmt: skip

    def _kind_here(self, scope: ScopeId, operation: Operation) -> PointKind:
        """What an operation is; executing a PRAGMA that sets something configures."""
        kind = _kind(operation)
        if kind != "read":
            return kind
        span = span_between(operation.at, operation.end)
        text = text_at(self._source, self._project.path(scope), span)
        return "configure" if pragma_set(text) else kind

    def _provided(self, scope: ScopeId, group: list[Operation], provider: str) -> Place:
        first = min(group, key=_rank)
        done = {_kind(each) for each in group}
        commits = [each for each in group if _kind(each) == "commit"]
        return self._make(
            scope, first, "acquire", provider=provider,
            session=f"s:{scope[0]}:{scope[1]}:{first.at}",
            states=_states(commits[0]) if commits else (),
            at_exit=tuple(each for each in _AT_EXIT if each in done and each != "rollback"),
            writes=any(each.effect.writes for each in commits),
        )  # fmt: skip

    def _passed(self, scope: ScopeId, group: list[Operation], slow: list[Operation]) -> Place:
        first = min(group, key=lambda each: (not _is_of(scope, each), *_weight(each)))
        return self._make(
            scope, first, _kind(first),
            states=_states(first), writes=first.effect.writes, is_slow=_waits(first, slow),
            through=tuple(step.text for step in first.effect.chain[:-1]),
            leads_to=tuple(dict.fromkeys(self._way_of((first, *group)))),
        )  # fmt: skip

    def _way_of(self, group: Iterable[Operation]) -> Iterator[tuple[str, int, int]]:
        """Where a call leads: the operations first, then the calls on the way to them."""
        chains = [each.effect.chain for each in group]
        steps = [chain[-1] for chain in chains]
        steps += [step for chain in chains for step in chain[1:-1]]
        for step in steps:
            yield (self._project.module(step.module).path, *unpack(step.at))

    def _make(
        self,
        scope: ScopeId,
        operation: Operation,
        kind: PointKind,
        *,
        provider: str = "",
        session: str | None = None,
        states: tuple[str | None, ...] = (),
        at_exit: tuple[PointKind, ...] = (),
        through: tuple[str, ...] = (),
        leads_to: tuple[tuple[str, int, int], ...] = (),
        writes: bool = True,
        is_slow: bool = False,
        persists: bool = False,
    ) -> Place:
        project = self._project
        span = span_between(operation.at, max(operation.at, operation.end))
        path = project.path(scope)
        return Place(
            kind=kind,
            path=path,
            span=span,
            extent=self._extent(scope, operation.at, span, kind),
            scope=scope,
            symbol=project.symbol(scope),
            role=project.role(scope),
            call=self._text(path, span, kind),
            session=operation.effect.session if session is None else session,
            provider=provider,
            states=states,
            at_exit=at_exit,
            through=through,
            leads_to=leads_to,
            writes=writes,
            is_slow=is_slow,
            in_handler=operation.in_handler,
            after_yield=operation.effect.after_yield,
            persists=persists,
        )

    def _text(self, path: str, span: Span, kind: PointKind) -> str:
        """The source of a call; of a definition with the name that it gets."""
        text = masked(shortened(text_at(self._source, path, span)))
        lines = self._source(path) if kind == "define" else ()
        before = lines[span.line - 1][: span.column] if len(lines) >= span.line else ""
        assigned = _ASSIGNED.fullmatch(before)
        return f"{assigned.group(1)} = {text}" if assigned else text

    def _extent(self, scope: ScopeId, at: int, span: Span, kind: PointKind) -> Span:
        if kind not in ("acquire", "begin", "commit"):
            return span
        blocks = self._blocks.get(scope)
        if blocks is None:
            blocks = self._blocks[scope] = blocks_of(self._project.module(scope[0]), scope[1])
        block = blocks.get(at)
        if block is None:
            return span
        return Span(span.line, span.column, block.end_line, block.end_column)

    def _hands_out(self, operation: Operation) -> str:
        """The function behind a call that gives its caller a session of its own, or nothing."""
        chain = operation.effect.chain
        if operation.effect.kind != "acquire" or len(chain) < 2:
            return ""
        callee = (chain[1].module, chain[1].scope)
        name = self._project.symbol(callee)
        if self._project.is_provider(name):
            return name
        if name.rpartition(".")[2] in _ENTERED:
            return name.rpartition(".")[0]
        given = self._project.engine.provided_by_scope(callee)
        makes = any(
            isinstance(value, v.Obj)
            and value.id.startswith("s:")
            and self._project.program.is_session(value)
            for value in given
        )
        return name if makes else ""

    def _opened_by(self, operation: Operation) -> str:
        return operation.effect.provider or _origin(operation)

    # what has no operation

    def _injected(self) -> Iterator[Place]:
        """Sessions that the framework hands in: parameters with a dependency that gives one."""
        program = self._project.program
        for module in program.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                for param in scope.params:
                    if param.default is None and param.annotation is None:
                        continue
                    for value in program.annotations.parameter(module, number, param):
                        if not isinstance(value, v.Obj) or not program.is_session(value):
                            continue
                        origin = value.origin
                        if origin is not None and origin.kind == "injected":
                            yield self._plain(
                                "acquire", (module.name, number), span_between(param.at, param.end),
                                provider=origin.name, session=f"p:{param.name}",
                            )  # fmt: skip
                            break

    def _providers(self) -> Iterator[Place]:
        """The definitions of the standard's providers."""
        sessions = self._project.standard.sessions
        for name in (*sessions.providers, *sessions.dependencies, *sessions.task_providers):
            for target in self._project.targets(name):
                if target.kind in ("function", "class"):
                    scope = (target.module, target.scope)
                    facts = self._project.module(target.module).facts.scopes[target.scope]
                    word = "class" if target.kind == "class" else "def"
                    place = self._plain(
                        "define", scope, span_between(facts.name_at, facts.end),
                        provider=target.dotted,
                    )  # fmt: skip
                    yield _replaced_call(place, f"{word} {facts.name}()")

    def _imports(self) -> Iterator[Place]:
        """Imports of session factories of the project or of the standard."""

        def wanted(value: v.Value) -> str:
            name = self._project.program.callable_name(value)
            if not name or self._project.is_provider(name) or isinstance(value, v.Ext):
                return ""
            is_factory = self._project.program.kind(value) == "session-factory"
            return name if is_factory or self._project.is_forbidden(name) else ""

        project = self._project
        mentions = Mentions(project.program, project.engine.relevance, wanted)
        for module, item, name in mentions.imports():
            yield self._import(module.name, item, name)

    def _urls(self) -> Iterator[Place]:
        """Database URLs that stand apart from the call that opens something with them."""
        taken = {(place.path, place.span.line) for place in self.points}
        for scope, span in url_places(self._project):
            if (self._project.path(scope), span.line) not in taken:
                place = self._plain("configure", scope, span, provider="")
                text = text_at(self._source, place.path, span).removeprefix("return ")
                yield _replaced_call(place, masked(shortened(text.strip("( )"))))

    def _import(self, module: str, item: f.Import, name: str) -> Place:
        span = span_between(item.at, item.end)
        place = self._plain("import", (module, item.scope), span, provider=name)
        what = text_at(self._source, place.path, span) or item.name
        origin = f"{'.' * item.level}{item.module}"
        import_text = f"from {origin} import {what}" if item.attr else f"import {what}"
        return _replaced_call(place, shortened(import_text))

    def _plain(
        self, kind: PointKind, scope: ScopeId, span: Span, *, provider: str, session: str = ""
    ) -> Place:
        project = self._project
        path = project.path(scope)
        return Place(
            kind=kind, path=path, span=span, extent=span, scope=scope,
            symbol=project.symbol(scope), role=project.role(scope),
            call=shortened(text_at(self._source, path, span)),
            session=session, provider=provider,
        )  # fmt: skip


def _replaced_call(place: Place, call: str) -> Place:
    return msgspec.structs.replace(place, call=call)


def _kind(operation: Operation) -> PointKind:
    name = operation.effect.kind
    known = _KIND_OF.get(name)
    return known if known is not None else next(kind for kind in KINDS if kind == name)


def _rank(operation: Operation) -> tuple[bool, int]:
    """What the call itself does comes before what entering and leaving a block does."""
    kind = _kind(operation)
    at_exit = operation.effect.implicit and kind in _AT_EXIT
    return (at_exit, _FIRST.index(kind))


def _is_of(scope: ScopeId, operation: Operation) -> bool:
    """Whether something is done to a session that the function has itself."""
    session = operation.effect.session
    return session.startswith(("p:", f"s:{scope[0]}:{scope[1]}:"))


def _weight(operation: Operation) -> tuple[int, int]:
    """The operation that matters most of those that a callee does."""
    order = ("commit", "write", "flush", "begin", "acquire", "read", "rollback", "close", "define")
    kind = _kind(operation)
    rank = order.index(kind) if kind in order else len(order)
    return (rank, len(operation.effect.chain))


def _states(operation: Operation) -> tuple[str | None, ...]:
    states = operation.effect.states
    return tuple(sorted(states, key=lambda state: (state is None, state or "")))


def _origin(operation: Operation) -> str:
    origin = operation.origin
    return origin.name if origin is not None and origin.kind != "parameter" else ""


def _waits(operation: Operation, slow: Iterable[Operation]) -> bool:
    """Whether each iteration of the loop around a commit waits for something else too."""
    if operation.effect.kind not in ("commit", "persist") or not operation.loops:
        return False
    return any(operation.loops[-1] in each.loops for each in slow)
