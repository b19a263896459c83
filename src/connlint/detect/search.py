"""Sources in, what is built on them out: variables that hold factories, functions that make them,
and functions that hand out sessions, each with what it is built on."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from connlint.detect.handing import (
    hands_on,
    locals_from,
    passes_to,
    stored_in,
    stored_under,
)
from connlint.detect.sources import (
    DEFINING,
    MADE,
    OPENED,
    Held,
    Site,
    Sources,
    is_scoped,
    made_by,
)
from connlint.detect.uses import Place, Uses
from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.types import Type
from connlint.model.classes import ClassId
from connlint.model.engine import Engine
from connlint.model.expressions import descend
from connlint.model.name_parts import last_name
from connlint.model.names import ScopeId, Target
from connlint.model.providers import Provider, provider_of

_ENTERING = frozenset({"__init__", "__enter__", "__aenter__"})
_LEAVING = frozenset({"__exit__", "__aexit__"})
_TYPE_NAMES = frozenset({
    "Session", "AsyncSession", "sessionmaker", "async_sessionmaker", "scoped_session", "Engine",
    "AsyncEngine", "Connection", "AsyncConnection",
})  # fmt: skip


class Maker(NamedTuple):
    """A function that makes an engine or a factory, or hands on one (``is_own`` is false then).

    ``made`` is ``None`` when it gives a class of which instances are such."""

    target: Target
    made: Type | None
    is_own: bool


class Way(NamedTuple):
    """A function that hands out a session or connection which it, or what it calls, has opened.

    ``opened_by`` are the dotted names of the functions, factories and classes that opened it."""

    target: Target
    made: Type
    provider: Provider
    opened_by: frozenset[str]

    @property
    def name(self) -> str:
        return self.target.dotted

    @property
    def is_generator(self) -> bool:
        """Whether it is for frameworks to run: a generator without a decorator."""
        return self.provider.shape in ("generator", "async-generator")


class Keeper(NamedTuple):
    """What has sessions or factories for others without handing them out.

    ``kind`` is ``unit of work`` (a class that is entered), ``decorator`` (passes a session in),
    ``hook`` (stores a session with the request or the like) or ``holder`` (stores a factory)."""

    target: Target
    kind: str
    scope: ScopeId


class Search:
    """Everything that sessions come from, found by following names from the libraries outwards."""

    def __init__(self, engine: Engine, uses: Uses) -> None:
        self.engine = engine
        self.program = engine.program
        self.uses = uses
        self._sources = Sources(uses)
        self._seen: set[Target] = set()
        self._tried: dict[ScopeId, frozenset[str]] = {}
        self._work: deque[Target] = deque()
        self.held: dict[Target, Held] = {}
        self.makers: dict[Target, Maker] = {}
        self.ways: dict[Target, Way] = {}
        self.keepers: dict[Target, Keeper] = {}
        self.openings: dict[Target, list[Place]] = {}
        """The mentions of what is held, made or handed out, wherever they are."""
        self.mentioned = self._sources.mentioned
        for module in uses.modules:
            for number, scope in enumerate(module.facts.scopes):
                if (
                    scope.kind == "function"
                    and scope.returns is not None
                    and self._promises(scope.returns)
                ):
                    self._try((module.name, number))
        for scope_id in list(self.mentioned):
            self._look_at(scope_id)
        while self._work:
            self._spread(self._work.popleft())

    @property
    def sites(self) -> list[Site]:
        """The library calls that make something."""
        return self._sources.sites

    def _promises(self, annotation: f.Expr) -> bool:
        """Whether an annotation names a class of sessions, connections, factories or engines."""
        for node in descend(annotation):
            if isinstance(node, (f.Name, f.Attr)):
                if last_name(node) in _TYPE_NAMES:
                    return True
            elif isinstance(node, f.Const):
                text = node.value if isinstance(node.value, str) else ""
                if any(name in text for name in _TYPE_NAMES):
                    return True
        return False

    def _spread(self, target: Target) -> None:
        """Look at everything that mentions a definition."""
        for place, rest in self.uses.of(target):
            self.openings.setdefault(target, []).append(place)
            if not self._goes_on(target, rest):
                continue
            texts = self.mentioned.setdefault(place.scope_id, {})
            if texts.get(place.text) != target:
                texts[place.text] = target
                self._look_at(place.scope_id)

    def _goes_on(self, target: Target, rest: tuple[str, ...]) -> bool:
        """Whether these attributes of a definition still lead to a session."""
        if not rest:
            return True
        held = self.held.get(target)
        if held is None or len(rest) > 1:
            return False
        catalog = self.program.catalog
        method = catalog.method(held.type.name, rest[0])
        name = method.returns if method is not None else catalog.attribute(held.type.name, rest[0])
        made = catalog.type(name)
        if made is None:
            return False
        return made.kind in MADE or any(self._binds_opened(each.binds) for each in made.contexts)

    def _binds_opened(self, name: str) -> bool:
        made = self.program.catalog.type(name)
        return made is not None and made.kind in OPENED

    def _look_at(self, scope: ScopeId) -> None:
        """A scope mentions something that makes sessions: does it hold or hand on any?"""
        module = self.program.modules[scope[0]]
        texts = self.mentioned[scope]
        facts = module.facts.scopes[scope[1]]
        if facts.kind == "module":
            for held in self._sources.held(module, set(texts)):
                if held.target not in self.held:
                    self.held[held.target] = held
                    self._found(held.target)
        elif facts.kind == "class":
            for name in locals_from(module.body(scope[1]), set(texts)):
                self._look_at_attribute(ClassId(*scope), name)
        elif facts.kind == "function" and self._tried.get(scope) != frozenset(texts):
            self._tried[scope] = frozenset(texts)
            if module.facts.scopes[facts.parent].kind == "class" and facts.params:
                for name in stored_in(module.body(scope[1]), facts.params[0].name, set(texts)):
                    self._look_at_attribute(ClassId(module.name, facts.parent), name)
            is_nested = module.facts.scopes[facts.parent].kind == "function"
            if hands_on(module.body(scope[1]), set(texts), is_nested=is_nested):
                self._try(scope)

    def _look_at_attribute(self, owner: ClassId, name: str) -> None:
        """Hold an attribute of a class in which it keeps an engine or a factory of its own."""
        target = self.uses.attribute(owner, name)
        if target in self.held:
            return
        for value in self.program.class_attribute(owner, name, None):
            made = self.program.database_type(value)
            origin = value.origin if isinstance(value, v.Obj) else None
            is_own = origin is not None and origin.kind == "attribute"
            if is_own and made is not None and made.kind in DEFINING:
                self.held[target] = Held(target, made)
                self.uses.attributes.add(target)
                self._found(target)
                return

    def _found(self, target: Target) -> None:
        if target not in self._seen:
            self._seen.add(target)
            self._work.append(target)

    def _try(self, scope: ScopeId) -> None:
        """Run a function and see what it hands out."""
        module = self.program.modules[scope[0]]
        facts = module.facts.scopes[scope[1]]
        target = Target("function", module.name, facts.qualname, scope[1])
        if target in self.ways or facts.name in _ENTERING:
            self._try_keeping(scope, target)
            return
        values = self.engine.provided_by_scope(scope)
        if all(v.is_unknown(value) for value in values) and facts.is_generator:
            values = self._promised(scope)
        opened = [value for value in values if self._is_opened_here(value, scope)]
        if opened:
            made = self.program.database_type(opened[0])
            origins = {e.origin.name for e in opened if isinstance(e, v.Obj) and e.origin}
            if made is not None:
                provider = provider_of(self.engine, scope)
                self.ways[target] = Way(target, made, provider, frozenset(origins))
                self._found(target)
            return
        for value in values:
            made = self.program.database_type(value)
            if made is not None and made.kind in DEFINING and isinstance(value, v.Obj):
                is_own = value.id.startswith(("s:", "r:", "a:"))
                self.makers[target] = Maker(target, made, is_own)
                self._found(target)
            elif isinstance(value, (v.Ext, v.Class)) and self._makes(value):
                self.makers[target] = Maker(target, None, False)
                self._found(target)
        self._try_keeping(scope, target)

    def _promised(self, scope: ScopeId) -> v.Values:
        """What the annotation of a generator says that it yields."""
        module = self.program.modules[scope[0]]
        facts = module.facts.scopes[scope[1]]
        declared = self.program.annotations.values(module, facts.parent, facts.returns)
        items = (item for each in declared if isinstance(each, v.Items) for item in each.items)
        return tuple(v.Obj(e.type, "r:") for each in items for e in each if isinstance(e, v.Obj))

    def _is_opened_here(self, value: v.Value, scope: ScopeId) -> bool:
        """Whether a session that is handed out was opened for it, and not given from outside."""
        made = self.program.database_type(value)
        if made is None or made.kind not in OPENED or is_scoped(made):
            return False
        if not isinstance(value, v.Obj):
            return False
        return value.id.startswith(("s:", "r:")) or (
            value.id.startswith("a:") and scope in self.mentioned
        )

    def built_on(self, scope: ScopeId) -> frozenset[Target]:
        """What a scope mentions of all that makes sessions."""
        return frozenset(self.mentioned.get(scope, {}).values())

    def _makes(self, value: v.Ext | v.Class) -> bool:
        if isinstance(value, v.Ext):
            made = self.program.catalog.type(value.name)
        else:
            made = self.program.catalog_type(f"{value.module}:{value.scope}")
        return made is not None and made.kind in MADE

    def _try_keeping(self, scope: ScopeId, target: Target) -> None:
        """See whether a function has sessions for others in another way than handing them out."""
        module = self.program.modules[scope[0]]
        scopes, texts = module.facts.scopes, self.mentioned.get(scope, {})
        facts, body = scopes[scope[1]], module.body(scope[1])
        around = scopes[facts.parent]
        names = locals_from(body, set(texts))
        stored = stored_under(body, set(texts), names)
        receiver = facts.params[0].name if around.kind == "class" and facts.params else ""
        owner = Target("class", module.name, around.qualname, facts.parent)
        given = {param.name for param in facts.params} | {"g"}
        if stored and any(self._defines(each) for each in texts.values()):
            self._keep(owner if receiver else target, "holder", scope)
        elif facts.name in _ENTERING and receiver in stored:
            leaving = {scopes[number].name for number in module.children.get(facts.parent, ())}
            if leaving & _LEAVING:
                self._keep(owner, "unit of work", scope)
        elif stored & (given - {receiver}):
            self._keep(target, "hook", scope)
        elif around.kind == "function" and passes_to(body, names, around):
            outer = facts.parent
            while scopes[scopes[outer].parent].kind == "function":
                outer = scopes[outer].parent
            decorator = Target("function", module.name, scopes[outer].qualname, outer)
            self._keep(decorator, "decorator", scope)

    def _keep(self, target: Target, kind: str, scope: ScopeId) -> None:
        if target not in self.keepers:
            self.keepers[target] = Keeper(target, kind, scope)
            self.openings[target] = [place for place, _ in self.uses.of(target)]

    def _defines(self, target: Target) -> bool:
        """Whether calling this makes an engine or a factory, rather than a session."""
        if target in self.makers:
            return True
        made = made_by(self.program.catalog, target.module) if target.kind == "external" else None
        return made is not None and made.kind in DEFINING
