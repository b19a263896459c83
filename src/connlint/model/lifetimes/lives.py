"""Functions in, the lifetimes of their sessions out: asked for one by one, remembered."""

from __future__ import annotations

from connlint.model.effects import Operation
from connlint.model.engine import Engine
from connlint.model.focus import Focus
from connlint.model.lifetimes.events import Events
from connlint.model.lifetimes.exits import Exits
from connlint.model.lifetimes.noticed import Leak, Lifetime
from connlint.model.lifetimes.ownership import Ownership
from connlint.model.lifetimes.walk import Walker
from connlint.model.names import ScopeId
from connlint.model.slowness import Slowness

_CACHES = frozenset({"functools.cache", "functools.lru_cache", "functools.cached_property"})


class Lives:
    """The lifetimes of one program's sessions."""

    def __init__(self, engine: Engine, slowness: Slowness) -> None:
        self._engine = engine
        self._slowness = slowness
        self.ownership = Ownership(engine)
        self._known: dict[ScopeId, Lifetime] = {}

    def carry(self, earlier: Lives, focus: Focus) -> None:
        """Take over what was found of the functions that are known still."""
        self._known.update({s: life for s, life in earlier._known.items() if focus.is_known(s)})

    def of(self, scope: ScopeId) -> Lifetime:
        """What happens to the sessions of a function; nothing in what is no function."""
        known = self._known.get(scope)
        if known is None:
            self._known[scope] = Lifetime({})
            known = self._known[scope] = self._walk(scope)
        return known

    def _walk(self, scope: ScopeId) -> Lifetime:
        module = self._engine.program.modules[scope[0]]
        if module.facts.scopes[scope[1]].kind != "function":
            return Lifetime({})
        run = self._engine.run(scope)
        events = Events(self._engine, self.ownership, self._slowness, scope, run)
        events.kept_elsewhere = self._kept_by_callees(events)
        events.kept |= events.kept_elsewhere
        exits = Walker(module, scope[1], events).run()
        return Lifetime(
            acquired=events.acquired,
            leaks=tuple(_leaks(events, exits, module.facts.scopes[scope[1]].end)),
            returns=tuple(events.returns.values()),
            held=tuple(events.held.values()),
            nested=tuple(events.nested.values()),
            late=tuple(events.late.values()),
            unneeded=frozenset(events.fallbacks - events.needed),
            kept=frozenset(events.kept | (events.given_back & events.handed_out)),
        )

    def _kept_by_callees(self, events: Events) -> frozenset[str]:
        """The sessions that a function is handed by one that keeps them: the caller of
        ``self.connect()``, which remembers its connection, does not have to close it."""
        return frozenset(
            session
            for session, acquired in events.acquired.items()
            if any(
                self._is_kept((step.module, step.scope), acquired)
                for step in acquired.effect.chain[1:]
            )
        )

    def _is_kept(self, callee: ScopeId, acquired: Operation) -> bool:
        """Whether a function, or a decorator of it, keeps the session that it hands out."""
        if self._is_remembered(callee):
            return True
        inner = self.of(callee)
        place = acquired.effect.place
        return any(inner.acquired[name].effect.place == place for name in inner.kept)

    def _is_remembered(self, scope: ScopeId) -> bool:
        """Whether a decorator keeps the results of a function."""
        module = self._engine.program.modules[scope[0]]
        return bool(_CACHES & set(self._engine.program.decorator_names(module, scope[1])))


def _leaks(events: Events, exits: Exits, end: int) -> list[Leak]:
    """The sessions that are open on some way out; ordinary ways before exceptional ones.

    A function that hands a session out is not asked to close it when something fails before.
    """
    found: dict[str, Leak] = {}
    for session, acquired in events.acquired.items():
        closes = session in events.closed
        is_handed_out = session in events.handed_out | events.kept
        ends = [way for way in exits.ended if not (is_handed_out and way.failed)]
        for way, place in exits.returned.items():
            if session in way.opened and not (is_handed_out and way.failed):
                found.setdefault(session, Leak(acquired, "return", place, closes))
        if any(session in way.opened for way in ends):
            found.setdefault(session, Leak(acquired, "end", end, closes))
        for way, place in exits.raised.items():
            if session in way.opened and not is_handed_out:
                found.setdefault(session, Leak(acquired, "raise", place, closes))
    return sorted(found.values(), key=lambda leak: leak.acquired.at)
