"""The seams of the interpreter: what its parts ask of each other, so that imports go one way.

``Summaries`` is what the interpreter asks about functions, ``Run`` one interpreter at work as the
modules that help it see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.effects import Effect, Handover, LoopFrame, Operation, Summary
from connlint.model.names import Module
from connlint.model.program import Program
from connlint.model.state import State
from connlint.model.states import Vocabulary

Arguments = list[v.Values]
Keywords = list[tuple[str, v.Values]]
_T = TypeVar("_T")


class Summaries(Protocol):
    """What functions do, and what the standard and the classes say of them."""

    program: Program
    vocabulary: Vocabulary
    limit: int

    def summarise(
        self, caller: Run, function: v.Func, bound: dict[str, v.Values]
    ) -> tuple[Summary, dict[str, v.Values]]:
        """What a call does, and what the callee's names for objects mean to the caller."""

    def decorated(self, function: v.Func) -> v.Values:
        """What calling a function really calls."""

    def note_call(
        self, caller: Run, function: v.Func, bound: dict[str, v.Values], at: int, end: int
    ) -> None:
        """A call was resolved."""

    def note_passed(self, function: v.Func, bound: dict[str, v.Values]) -> None:
        """What is passed for the parameters of a function."""

    def default_state(self, owner: ClassId, name: str) -> v.Values:
        """The state that a new instance has when its constructor is not given one."""

    def is_persist_function(self, dotted: str) -> bool:
        """Whether the standard names a function as one that persists."""

    def is_receive(self, run: Run, call: f.Call, *, iterates: bool = False) -> bool:
        """Whether a call waits for the next event."""

    def may_be_entity(self, value: v.Obj) -> bool:
        """Whether storing an attribute may become a write."""

    def origin_kind(self, dotted: str) -> str:
        """Whether a function that hands out a session is a provider."""


class Run(Protocol):
    """One interpreter at work."""

    program: Program
    engine: Summaries
    module: Module
    number: int
    state: State
    loops: list[LoopFrame]
    handovers: dict[tuple[int, int], Handover] | None
    dead: bool
    leaving_blocks: int
    stacks: dict[str, list[Callable[[], None]]]
    operations: dict[tuple[object, ...], Operation] | None

    def evaluate(self, expression: f.Expr) -> v.Values:
        """What an expression may stand for."""

    def lookup(self, name: str) -> v.Values:
        """The values of a name here."""

    def identity(self, at: int) -> str:
        """The identity of the object made at a place."""

    def attribute(self, base: v.Values, attr: str, at: int) -> v.Values:
        """``base.attr``."""

    def items_of(self, values: v.Values) -> v.Values:
        """What iterating over values gives."""

    def first_of(self, values: v.Values, at: int) -> v.Values:
        """What ``next()`` gives."""

    def perform(self, values: v.Values, at: int, end: int) -> v.Values:
        """Run what is only pending."""

    def call_value(
        self, callee: v.Value, args: Arguments, keywords: Keywords, node: f.Call
    ) -> v.Values:
        """Call one of the things that a callee may be."""

    def run(self, function: v.Func, bound: dict[str, v.Values], at: int, end: int) -> v.Values:
        """Replay a project function, and give what it returns."""

    def replay(
        self,
        effects: tuple[Effect, ...],
        function: v.Func,
        table: dict[str, v.Values],
        at: int,
        end: int,
    ) -> None:
        """Do here what a callee does."""

    def returned(
        self, values: v.Values, function: v.Func, table: dict[str, v.Values], at: int
    ) -> v.Values:
        """Values that a callee hands out, as the caller sees them."""

    def adopted(
        self, values: v.Values, function: v.Func, table: dict[str, v.Values], at: int
    ) -> dict[str, v.Values]:
        """The caller's names for objects, also for sessions that a callee hands out."""

    def alternatives(self, values: Iterable[_T]) -> Iterator[_T]:
        """What may be meant, as if none of it came before another."""

    def effect(
        self, effect: Effect, at: int, end: int, origin: v.Origin | None, *, own: bool
    ) -> None:
        """Something happens to the database here."""

    def store_attribute(self, base: v.Values, attr: str, values: v.Values) -> None:
        """``base.attr = values``."""
