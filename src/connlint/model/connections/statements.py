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
from connlint.model.names import Module, walk
from connlint.model.program import Program
from connlint.model.relevance import ScopeId

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
    """What modules execute whose code matches ``mentions`` anywhere; gaps are in braces."""
    for module in program.modules.values():
        if not any(mentions.search(body) for body in module.facts.bodies):
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


def _executes(call: f.Call) -> bool:
    return isinstance(call.func, f.Attr) and call.func.attr in EXECUTES and bool(call.args)
