"""Where connections begin in, how far they reach out: to the end of their ``with`` block, or to
the call that closes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from connlint.audit.points import Place
from connlint.facts import types as f
from connlint.location import Span, span_between
from connlint.model.names import Module, ScopeId, walk


def blocks_of(module: Module, scope: int) -> dict[int, Span]:
    """For each ``with`` item of a function: where its expression starts → what the block spans."""
    found: dict[int, Span] = {}
    for statement in walk(module.body(scope)):
        if not isinstance(statement, f.With):
            continue
        span = span_between(statement.at, statement.end)
        for item in statement.items:
            at = _start_of(item.context)
            if at is not None:
                found[at] = span
    return found


def _start_of(expression: f.Expr) -> int | None:
    """Where an expression begins, the ``await`` in front of it left out."""
    if isinstance(expression, f.Await):
        return _start_of(expression.value)
    return getattr(expression, "at", None)


def arranged(places: Iterable[Place], leaving: Collection[tuple[ScopeId, str]]) -> list[Place]:
    """The places in order, one of a kind at a position, each reaching to where it is closed.

    ``leaving`` are the sessions that the end of a block closes which they were opened before.
    """
    ordered: dict[tuple[str, Span, str], Place] = {}
    for place in sorted(places, key=lambda place: place.sort_key):
        ordered.setdefault((place.path, place.span, place.kind), place)
    closed: dict[tuple[ScopeId, str], Span] = {}
    for place in ordered.values():
        if place.kind == "close" and place.session:
            closed[place.scope, place.session] = place.span
    return [_reaching(place, closed, leaving) for place in ordered.values()]


def _reaching(
    place: Place,
    closed: dict[tuple[ScopeId, str], Span],
    leaving: Collection[tuple[ScopeId, str]],
) -> Place:
    if place.kind != "acquire":
        return place
    key = (place.scope, place.session)
    if key in leaving and "close" not in place.at_exit:
        place = msgspec.structs.replace(place, at_exit=(*place.at_exit, "close"))
    end = closed.get(key)
    if end is None or place.extent != place.span or end <= place.span:
        return place
    extent = Span(place.span.line, place.span.column, end.end_line, end.end_column)
    return msgspec.structs.replace(place, extent=extent)
