"""Effects in; the path brought up to date, and the effect written down for summary and rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.begun import open_after, open_on_either
from connlint.model.catalog.types import EffectKind
from connlint.model.effects import Effect, Handover, LoopFrame, Operation, Step
from connlint.model.evaluate import Evaluator
from connlint.model.names import Module
from connlint.model.seams import Summaries
from connlint.model.state import Guard
from connlint.model.states import (
    known_states,
    latest_states,
)

_DEFINITIONS = {
    "session-factory": "define-factory",
    "engine": "define-engine",
    "pool": "define-engine",
}


_TYPED = frozenset({"acquire", "begin", "commit", "rollback"})
_SETTLES = frozenset({"commit", "autocommit", "rollback"})


_T = TypeVar("_T")


class Recorder(Evaluator):
    """Records what happens to the database, for the summary and for the rules."""

    def __init__(self, engine: Summaries, module: Module, scope: int) -> None:
        super().__init__(engine.program, module, scope)
        self.engine = engine
        self.effects: dict[tuple[object, ...], Effect] = {}
        self.operations: dict[tuple[object, ...], Operation] | None = None
        self.handovers: dict[tuple[int, int], Handover] | None = None
        self.loops: list[LoopFrame] = []
        self.in_handler = 0
        self.spawning = 0
        self.tries: list[int] = []
        self.leaving_blocks = 0
        self.stacks: dict[str, list[Callable[[], None]]] = {}
        self.joined: set[str] = set()
        self.replaying = False
        self.dead = False

    def library_effects(
        self,
        kinds: tuple[EffectKind, ...],
        value: v.Obj,
        node: f.Call,
        name: str,
        *,
        provider: str = "",
        source: str = "",
    ) -> None:
        """What a call of a library does to the session, connection or result ``value``."""
        for kind in kinds:
            step = Step(self.module.name, self.number, node.at, node.end, name)
            gives = value.type if kind in _TYPED else ""
            effect = Effect(kind, value.id, (step,), provider=provider, gives=gives, source=source)
            self.effect(effect, node.at, node.end, value.origin, own=True)

    def alternatives(self, values: Iterable[_T]) -> Iterator[_T]:
        """What may be meant, one after the other, as if none of it came before another."""
        before, after = self.state.begun, None
        for value in values:
            self.state.begun = before
            yield value
            begun = self.state.begun
            after = begun if after is None else open_on_either(after, begun)
        if after is not None:
            self.state.begun = after

    def effect(
        self, effect: Effect, at: int, end: int, origin: v.Origin | None, *, own: bool
    ) -> None:
        """Something happens to the database here: update the path and record it."""
        state = self.state
        kind = effect.kind
        if kind == "autocommit" and self._is_suspended(effect):
            return
        if kind in _SETTLES:
            before = known_states(self.engine.vocabulary, state)
            latest = effect.latest or latest_states(self.engine.vocabulary, state)
            has_writes = self._may_flush(effect.session)
            if own:
                effect = msgspec.structs.replace(
                    effect, writes=has_writes, states=before, latest=latest
                )
            elif kind != "rollback":
                states = effect.states or before
                effect = msgspec.structs.replace(
                    effect, writes=effect.writes or has_writes, states=states, latest=latest
                )
            state.settle(effect.session)
            state.touched = frozenset()
        elif kind == "persist" and (own or not effect.states):
            effect = msgspec.structs.replace(
                effect, states=latest_states(self.engine.vocabulary, state)
            )
        elif kind in ("write", "execute"):
            state.note_write(effect.session, "write" if kind == "write" else "maybe")
        threshold = effect.threshold or any(guard.kind == "threshold" for guard in state.guards)
        receives = effect.receives or any(loop.receives for loop in self.loops)
        callee_looped = effect.looped
        counted = any(not (loop.endless or loop.retry or loop.once) for loop in self.loops)
        effect = msgspec.structs.replace(
            effect,
            threshold=threshold,
            receives=receives,
            after_yield=state.yielded,
            looped=effect.looped or counted,
            joins=effect.joins
            or effect.session in self.joined
            or any(guard.kind == "joins" for guard in state.guards),
        )
        key = (*effect.place, effect.session, effect.after_yield, effect.implicit)
        if len(self.effects) < self.engine.limit or key in self.effects:
            known = self.effects.get(key)
            self.effects[key] = effect if known is None else _merge_effects(known, effect)
        if self.operations is not None and not (kind == "autocommit" and _is_lent(effect, own)):
            self._record(effect, at, end, origin, own, callee_looped)
        if kind in ("commit", "autocommit"):
            state.marks |= {at}
            if own:
                state.guards |= {Guard("committed", len(self.loops), (at, True))}
        if not self.replaying:
            state.begun = open_after(state.begun, effect)

    def _may_flush(self, session: str) -> bool:
        """Whether ending a transaction may write. What is pending on a session that is not known
        is no part of one that a callee opens and closes for itself."""
        if session.startswith("s:") and not session.startswith(
            f"s:{self.module.name}:{self.number}:"
        ):
            return bool(self.state.pending.get(session))
        return self.state.has_writes(session)

    def _is_suspended(self, effect: Effect) -> bool:
        """Whether a transaction that was begun on purpose is open: nothing is committed yet."""
        begun = self.state.begun.get(effect.session)
        return begun is not None and begun.how != "statement"

    def _record(
        self,
        effect: Effect,
        at: int,
        end: int,
        origin: v.Origin | None,
        own: bool,
        callee_looped: bool,
    ) -> None:
        assert self.operations is not None
        depth = len(self.loops)
        guards = self.state.guards
        operation = Operation(
            effect, at, end, origin, tuple(self.loops), callee_looped=callee_looped,
            batched=any(g.kind == "modulo" and g.depth <= depth and g.depth > 0 for g in guards),
            keyed=any(g.kind == "keyed" and g.depth == depth > 0 for g in guards),
            preceded=any(
                g.kind == "committed" and g.depth >= depth > 0 and g.place[0] != at for g in guards
            ),
            in_handler=self.in_handler > 0, own=own, leaving=self.leaving_blocks > 0,
            begun=self.state.begun.get(effect.session), tries=tuple(self.tries),
        )  # fmt: skip
        key = (at, end, *effect.place, effect.session, effect.implicit)
        self.operations[key] = operation

    def _note_slow(self, name: str, node: f.Call) -> None:
        """Record work that waits for something else than the database."""
        if name in self.program.catalog.slow:
            step = Step(self.module.name, self.number, node.at, node.end, name)
            self.effect(Effect("slow", "", (step,)), node.at, node.end, None, own=True)

    def _defines(self, made: v.Obj, node: f.Call, name: str) -> None:
        """Record that a session factory, an engine or a pool is made here."""
        kind = self.program.kind(made)
        callable_session = kind == "session" and self.program.catalog.called(made.type) is not None
        defined = "define-factory" if callable_session else _DEFINITIONS.get(kind, "")
        if defined:
            step = Step(self.module.name, self.number, node.at, node.end, name)
            effect = Effect(defined, made.id, (step,), provider=name)
            self.effect(effect, node.at, node.end, made.origin, own=True)


def _is_lent(effect: Effect, own: bool) -> bool:
    """Whether a write is on a connection that somebody else may have begun a transaction on: it
    counts where that can be seen, further up."""
    return effect.session.startswith("p:") or (own and effect.session.startswith(("a:", "self")))


def _merge_effects(known: Effect, new: Effect) -> Effect:
    """The same effect on another path: the shorter witness, and what may be true on either."""
    base = known if len(known.chain) <= len(new.chain) else new
    return msgspec.structs.replace(
        base,
        writes=known.writes or new.writes,
        states=known.states | new.states
        if known.states and new.states
        else known.states or new.states,
        threshold=known.threshold and new.threshold,
        receives=known.receives or new.receives,
        looped=known.looped and new.looped,
    )
