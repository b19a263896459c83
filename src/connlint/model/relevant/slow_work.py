"""What is relevant in, the functions that keep it waiting out."""

from __future__ import annotations

from connlint.model.names import Module, ScopeId
from connlint.model.program import Program
from connlint.model.relevant.name_index import NameIndex
from connlint.model.relevant.namesakes import Namesakes


def slow_work(
    program: Program, index: NameIndex, namesakes: Namesakes, relevant: set[ScopeId]
) -> set[ScopeId]:
    """Functions that wait for something else than the database, on behalf of relevant ones."""
    lasts, packages = _slow_names(program)
    calls: dict[ScopeId, list[tuple[Module, int]]] = {}
    work: list[tuple[Module, int]] = []
    for module in program.modules.values():
        absolute = (item.module for item in module.facts.imports if not item.level)
        if packages.isdisjoint(name.partition(".")[0] for name in absolute):
            continue
        for number, scope in enumerate(module.facts.scopes):
            if any(text.rpartition(".")[2] in lasts for text in scope.called):
                work.append((module, number))
    seen = {(module.name, number) for module, number in work}
    while work:
        module, number = work.pop()
        for use in index.uses.get(module.facts.scopes[number].name, ()):
            caller = (use.module.name, use.scope)
            if namesakes.means_other(use.module, use.scope, use.text):
                continue
            calls.setdefault(caller, []).append((module, number))
            if caller not in seen and caller not in relevant:
                seen.add(caller)
                work.append((use.module, use.scope))
    found: set[ScopeId] = set()
    below = [callee for caller in calls if caller in relevant for callee in calls[caller]]
    while below:
        module, number = below.pop()
        callee = (module.name, number)
        if callee not in found:
            found.add(callee)
            below.extend(calls.get(callee, ()))
    return found


def _slow_names(program: Program) -> tuple[frozenset[str], frozenset[str]]:
    """The last names of what is slow in libraries, and the packages of these."""
    slow = program.catalog.slow
    packages = {
        package
        for library in program.catalog.libraries
        if library.slow
        for package in library.packages
    }
    return frozenset(name.rpartition(".")[2] for name in slow), frozenset(packages)
