"""States of entities: which values of the state fields are known on a path, and how to name them.

In: the path's fields and the standard's states. Out: the set of states that entities may have at a
commit, ``None`` in it for one that is not known.
"""

from __future__ import annotations

from typing import NamedTuple

from connlint.config.standard import States
from connlint.model import values as v
from connlint.model.state import State

LATEST = "latest"
"""The owner under which a path keeps the state that was set or tested last, whatever the entity."""


class Vocabulary(NamedTuple):
    """The standard's states. Nothing is judged when no state is declared."""

    fields: tuple[str, ...]
    persist: frozenset[str]
    transient: frozenset[str]
    enabled: bool

    @classmethod
    def of(cls, states: States) -> Vocabulary:
        enabled = bool(states.persist or states.transient)
        fields = states.fields if enabled else ()
        return cls(fields, frozenset(states.persist), frozenset(states.transient), enabled)

    def label(self, value: v.Value) -> str | None:
        """The state that a value names: as declared, by an enum member's name or by its value."""
        if isinstance(value, v.Member):
            declared = self.persist | self.transient
            if (
                isinstance(value.value, str)
                and value.value in declared
                and value.name not in declared
            ):
                return value.value
            return value.name
        if isinstance(value, v.Const) and isinstance(value.value, str):
            return value.value
        return None

    def is_transient(self, state: str | None) -> bool:
        """Whether a state is one that must not reach the database."""
        if state is None:
            return False
        return state in self.transient if self.transient else state not in self.persist

    def is_persistable(self, state: str | None) -> bool:
        """Whether a state is one that is meant to reach the database: one that is in neither
        list is not, and is not transient either."""
        if state is None:
            return False
        return state in self.persist if self.persist else state not in self.transient


def labels(vocabulary: Vocabulary, values: v.Values) -> frozenset[str | None]:
    return frozenset(vocabulary.label(value) for value in values)


def known_states(vocabulary: Vocabulary, state: State) -> frozenset[str | None]:
    """The states of the entities that were changed since the last commit of this path."""
    if not vocabulary.enabled:
        return frozenset()
    found: set[str | None] = set()
    for (owner, name), values in state.fields.items():
        if name in vocabulary.fields and owner in state.touched:
            found |= labels(vocabulary, values)
    return frozenset(found)


def latest_states(vocabulary: Vocabulary, state: State) -> frozenset[str | None]:
    """The states that were set or tested last on this path, whatever the entity."""
    found: set[str | None] = set()
    for name in vocabulary.fields:
        found |= labels(vocabulary, state.fields.get((LATEST, name), ()))
    return frozenset(found)


def note_state(state: State, name: str, values: v.Values) -> None:
    """A state was set on the path."""
    state.fields[LATEST, name] = values


def written_states(
    vocabulary: Vocabulary,
    state: State,
    receiver: v.Obj,
    method: str,
    args: list[v.Values],
    keywords: list[tuple[str, v.Values]],
) -> None:
    """States that a statement or query writes: ``.values(status=...)``, ``.update({...})``."""
    if method not in ("values", "update", "insert", "execute"):
        return
    fields = vocabulary.fields
    entries = list(keywords)
    for values in args:
        for value in values:
            if isinstance(value, v.Table):
                entries.extend(value.entries)
    for name, values in entries:
        key = name.rpartition(".")[2]
        if key in fields:
            state.fields[receiver.id, key] = values
            state.touched |= {receiver.id}
            note_state(state, key, values)


def passed_states(
    vocabulary: Vocabulary,
    state: State,
    args: list[v.Values],
    keywords: list[tuple[str, v.Values]],
) -> None:
    """States that a call is given by keyword or in a dictionary: ``store.set(id, status=X)``."""
    fields = vocabulary.fields
    for name, values in keywords:
        if name in fields:
            note_state(state, name, values)
    for values in [*args, *(held for _, held in keywords)]:
        for value in values:
            if isinstance(value, v.Table):
                for name in fields:
                    held = state.fields.get((value.id, name))
                    entry = held or next((item for key, item in value.entries if key == name), None)
                    if entry:
                        note_state(state, name, entry)
