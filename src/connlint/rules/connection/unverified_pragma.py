"""DBC407: SQLite is asked for a journal mode, and nobody looks at the mode that it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model.connections.statements import EXECUTES, Executed, executed_texts
from connlint.model.expressions import calls_in, descend, expressions_of
from connlint.model.names import walk
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project

_MENTIONED = re.compile(rb"journal_mode", re.IGNORECASE)
_SETS = re.compile(r"\bPRAGMA\s+(?:[\w{}]+\.)?journal_mode\s*[=(]", re.IGNORECASE)
_ASKS = re.compile(r"\bPRAGMA\s+(?:[\w{}]+\.)?journal_mode\s*;?\s*$", re.IGNORECASE)
_FETCHES = re.compile(r"fetch(one|all|many)|scalar(_one)?|first|one")


class UnverifiedPragma(Rule):
    """Journal modes that are set without a look at SQLite's answer, which may be another mode."""

    code = "DBC407"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        executed = list(executed_texts(project.program, project.connections, _MENTIONED))
        asking = {each.scope for each in executed if any(_ASKS.search(text) for text in each.texts)}
        for each in executed:
            if not any(_SETS.search(text) for text in each.texts):
                continue
            if each.scope in asking or project.role(each.scope) == "test":
                continue
            if not _is_looked_at(each):
                yield suspect(
                    project, self.code, each.scope, each.call.at, each.call.end, shape="call",
                    message="sets the journal mode and does not check the mode that SQLite answers",
                    matched="PRAGMA journal_mode",
                )  # fmt: skip


def _is_looked_at(each: Executed) -> bool:
    """Whether the result of the call is used, at once or through the cursor."""
    statement = each.statement
    if isinstance(statement, f.Evaluate):
        return _is_on_the_side(statement.value, each.call) or _is_fetched_later(each)
    if isinstance(statement, f.Assign):
        names = {target.id for target in statement.targets if isinstance(target, f.Name)}
        if names and len(names) == len(statement.targets):
            return _is_mentioned(each, names, statement)
    return True


def _is_on_the_side(value: f.Expr, call: f.Call) -> bool:
    """Whether a call is an argument of the statement's own call, which gets its result."""
    node: f.Expr = value
    while node is not call:
        if isinstance(node, (f.Await, f.Attr)):
            node = node.value
        elif isinstance(node, f.Call):
            node = node.func
        else:
            return True
    return False


def _is_fetched_later(each: Executed) -> bool:
    """Whether the next thing asked of the same cursor is the answer."""
    func = each.call.func
    if not isinstance(func, f.Attr) or not isinstance(func.value, f.Name):
        return False
    cursor = func.value.id
    body = each.module.body(each.scope[1])
    dropped = {id(statement.value) for statement in walk(body) if isinstance(statement, f.Evaluate)}
    later = [
        call
        for call in calls_in(body)
        if call.at > each.call.at
        and isinstance(call.func, f.Attr)
        and isinstance(call.func.value, f.Name)
        and call.func.value.id == cursor
        and (call.func.attr in EXECUTES or _FETCHES.fullmatch(call.func.attr))
    ]
    if not later:
        return False
    first = min(later, key=lambda call: call.at)
    assert isinstance(first.func, f.Attr)
    return _FETCHES.fullmatch(first.func.attr) is not None and id(first) not in dropped


def _is_mentioned(each: Executed, names: set[str], assignment: f.Stmt) -> bool:
    for statement in walk(each.module.body(each.scope[1])):
        if statement is assignment:
            continue
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Name) and node.id in names:
                    return True
    return False
