"""DBC204: a transaction is begun, or ended by hand, inside another one on the same session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.findings import TraceStep
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.nesting import Nesting
    from connlint.model.project import Project


class NestedTransaction(Rule):
    """Transactions begun while one is open, and commits and rollbacks inside its block."""

    code = "DBC204"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        seen: set[tuple[str, int]] = set()
        blocks: set[tuple[object, ...]] = set()
        for nesting in sorted(project.nestings, key=_rank):
            place = (nesting.place.module, nesting.place.at)
            block = (nesting.scope, nesting.outer.chain) if nesting.outer else None
            is_end = nesting.inner.effect.kind != "begin"
            if place in seen or (is_end and nesting.inner.own and block in blocks):
                continue
            seen.add(place)
            if is_end and block is not None:
                blocks.add(block)
            yield self._suspect(project, nesting)

    def _suspect(self, project: Project, nesting: Nesting) -> Suspect:
        effect = nesting.inner.effect
        place = nesting.place
        scope = (place.module, place.scope)
        what = "begins a transaction" if effect.kind == "begin" else f"ends it with a {effect.kind}"
        return suspect(
            project, self.code, scope, place.at, place.end,
            message=f"{_outside(nesting)}; {what} here, inside it",
            matched=f"{effect.kind}:{place.text}", priority="high",
            trace=(*_begun_at(project, nesting), *project.trace(effect)),
        )  # fmt: skip


def _rank(nesting: Nesting) -> tuple[str, int, int]:
    """Nestings by place; at one place the shortest way to it first."""
    return (nesting.place.module, nesting.place.at, len(nesting.inner.effect.chain))


def _outside(nesting: Nesting) -> str:
    if nesting.outer is None:
        return f"{nesting.provider} hands out the session inside a transaction"
    if nesting.outer.how == "statement":
        return "a statement before this has begun the session's transaction"
    return "a transaction is open on the session already"


def _begun_at(project: Project, nesting: Nesting) -> tuple[TraceStep, ...]:
    """The way to what began the outer transaction."""
    chain = nesting.outer.chain if nesting.outer is not None else ()
    return tuple(
        project.trace_step(step, f"begins the outer one: {step.text}" if last else "")
        for step, last in ((each, each is chain[-1]) for each in chain)
    )
