"""What is known about a function in, what ``connlint trace`` shows of it out: text or JSON."""

from __future__ import annotations

import msgspec

from connlint.audit.trace import FunctionTrace, Reach, TracedEffect
from connlint.findings import TraceStep
from connlint.report.view import printable


def render_text(trace: FunctionTrace) -> str:
    """The function, the ways to it and the ways from it, indented."""
    lines = [
        f"{trace.symbol}  {trace.path}:{trace.line}",
        f"  role: {trace.role or 'none'}",
        "  entry points:" if trace.entry_points else "  entry points: none reaches it",
    ]
    for reach in trace.entry_points:
        lines.extend(_reach(reach))
    lines.append("  effects:" if trace.effects else "  effects: none")
    for effect in trace.effects:
        lines.extend(_effect(effect))
    return "".join(f"{printable(line)}\n" for line in lines)


def render_json(trace: FunctionTrace) -> str:
    """The same as a JSON object; columns count from 1."""
    effects = tuple(
        msgspec.structs.replace(
            effect, column=effect.column + 1, chain=tuple(map(_from_one, effect.chain))
        )
        for effect in trace.effects
    )
    whole = msgspec.structs.replace(trace, effects=effects)
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def _reach(reach: Reach) -> list[str]:
    lines = [f"    {reach.kind} {reach.name}  {reach.path}:{reach.line}"]
    if len(reach.through) > 1:
        lines.append(f"      {' > '.join(reach.through)}")
    return lines


def _effect(effect: TracedEffect) -> list[str]:
    states = f"  states: {', '.join(effect.states)}" if effect.states else ""
    lines = [f"    {effect.kind}  {effect.path}:{effect.line}:{effect.column + 1}{states}"]
    lines.extend(
        f"      {number}. {step.path}:{step.line} {step.note}"
        for number, step in enumerate(effect.chain, start=1)
    )
    return lines


def _from_one(step: TraceStep) -> TraceStep:
    return msgspec.structs.replace(step, column=step.column + 1)
