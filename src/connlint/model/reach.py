"""A linked project and the modules that have changed in, what of it a change can reach out.

A change of a file shows in the file itself, in what calls its functions, however far away, and in
what imports it. What it does by other ways (a count over the whole project, for one) is missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from connlint.model.call_graph import CallGraph
from connlint.model.focus import Focus
from connlint.model.names import Module, ScopeId
from connlint.model.program import Program
from connlint.model.relevance import Relevance

MAX_SCOPES = 250
"""How many functions to look at anew at most; those nearest to the change come first."""


def focus_on(
    changed: Iterable[Module], before: Program, relevance: Relevance, call_graph: CallGraph
) -> Focus:
    """What to look at anew when these modules have replaced those of their names ``before``."""
    by_name = {module.name: module for module in changed}
    sizes: dict[str, int] = {}
    for name, _ in relevance.scopes():
        sizes[name] = sizes.get(name, 0) + 1
    callers = _callers(by_name, call_graph)
    chosen = set(by_name)
    room = MAX_SCOPES - sum(sizes.get(name, 0) for name in by_name)
    for name in (*(scope[0] for scope in callers), *_importers(by_name, before)):
        if name not in chosen and sizes.get(name, 0) <= room:
            chosen.add(name)
            room -= sizes.get(name, 0)
    return Focus(before, frozenset(by_name), frozenset(chosen), frozenset(callers))


def widened(focus: Focus, scopes: Iterable[ScopeId]) -> Focus:
    """The same with the modules of these functions."""
    return focus._replace(modules=focus.modules | {scope[0] for scope in scopes})


def _callers(changed: Mapping[str, Module], call_graph: CallGraph) -> dict[ScopeId, None]:
    """The functions that call into the changed modules, the nearest first."""
    level = [scope for scope in call_graph.leading_to if scope[0] in changed]
    found = dict.fromkeys(level)
    while level:
        above = [caller for scope in level for caller in call_graph.leading_to.get(scope, ())]
        level = [scope for scope in dict.fromkeys(above) if scope not in found]
        found.update(dict.fromkeys(level))
    return found


def _importers(changed: Mapping[str, Module], before: Program) -> Iterator[str]:
    names = {module.dotted for module in changed.values()}
    for module in before.modules.values():
        for item in module.facts.imports:
            source = module.imported_from(item)
            if source in names or (item.attr and f"{source}.{item.attr}" in names):
                yield module.name
                break
