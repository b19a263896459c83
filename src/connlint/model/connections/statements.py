"""The program in, the SQL that it executes out, each with the call and the statement around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.connections.places import Connections
from connlint.model.connections.sources import Source
from connlint.model.connections.texts import shown
from connlint.model.expressions import calls_of, expressions_of
from connlint.model.names import Module, ScopeId, walk
from connlint.model.program import Program

EXECUTES = frozenset({
    "execute", "exec_driver_sql", "executescript", "scalar", "scalars", "fetch", "fetchrow",
    "fetchval", "execute_sql", "run_sql",
})  # fmt: skip


class Executed(NamedTuple):
    """A call that executes SQL, the statement that it stands in, and what the SQL may be."""

    scope: ScopeId
    module: Module
    statement: f.Stmt
    call: f.Call
    texts: tuple[str, ...]


def executed_texts(
    program: Program, connections: Connections, mentions: re.Pattern[bytes]
) -> Iterator[Executed]:
    """What modules execute that match ``mentions`` anywhere, or import from one that does.

    Gaps in the texts are in braces.
    """
    mentioning = {
        name
        for name, module in program.modules.items()
        if any(mentions.search(body) for body in module.facts.bodies)
    }
    for module in program.examined:
        if not (module.name in mentioning or _imports_from(program, module, mentioning)):
            continue
        for number, scope in enumerate(module.facts.scopes):
            if not any(text.rpartition(".")[2] in EXECUTES for text in scope.called):
                continue
            for statement in walk(module.body(number)):
                for expression in expressions_of(statement):
                    for call in calls_of(expression):
                        if _executes(call):
                            source = Source(module, number, call.args[0])
                            texts = tuple(shown(text) for text in connections.texts.of(source))
                            yield Executed((module.name, number), module, statement, call, texts)


def _imports_from(program: Program, module: Module, wanted: set[str]) -> bool:
    for item in module.facts.imports:
        source = program.names.modules.get(module.imported_from(item))
        if source is not None and source.name in wanted:
            return True
    return False


def _executes(call: f.Call) -> bool:
    return isinstance(call.func, f.Attr) and call.func.attr in EXECUTES and bool(call.args)
