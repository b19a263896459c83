"""The program in, the calls that execute SQL text out, and the text that each is given."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_of, expressions_of
from connlint.model.name_parts import last_name
from connlint.model.names import Module, ScopeId, walk
from connlint.model.program import Program
from connlint.model.queries.written import Place, place_of
from connlint.model.relevance import Relevance

_EXECUTES = frozenset({
    "execute", "executemany", "executescript", "exec_driver_sql", "execute_sql", "execute_query",
    "run_sql", "raw_sql", "fetch", "fetchrow", "fetchval", "fetch_one", "fetch_all", "fetchone",
    "fetchall", "read_sql", "read_sql_query", "mogrify", "copy_expert",
    "execute_async", "from_statement", "raw", "prepare", "sql",
})  # fmt: skip
_MAKES = frozenset({"text", "TextClause", "DDL"})
_KEYWORDS = ("sql", "query", "statement", "operation", "text", "command", "stmt", "sql_query")
WRITES_SQL = re.compile(
    rb"(?i)(?:select|insert|update|delete|create|alter|drop|truncate|pragma|merge|replace|set|grant"
    rb"|revoke|vacuum|reindex|analyze|explain)[\s(]"
)
_ROUNDS = 3


class Executed(NamedTuple):
    """A call that is given SQL, the argument that is the SQL, and the place of the statement."""

    module: Module
    number: int
    call: f.Call
    sql: f.Expr
    statement: Place


class Executions:
    """Finds where SQL text is executed: by libraries, and by functions that hand it to them."""

    def __init__(
        self, program: Program, relevance: Relevance, wrappers: Mapping[ScopeId, str] | None = None
    ) -> None:
        """``wrappers`` are functions that are known to hand a parameter on as SQL: that one."""
        self._program = program
        self._relevance = relevance
        self.wrappers: dict[ScopeId, str] = dict(wrappers or {})
        self._names = {program.modules[m].facts.scopes[number].name for m, number in self.wrappers}
        new: frozenset[str] = self._all_names
        for _ in range(_ROUNDS):
            before = set(self._names)
            self._find_wrappers(new)
            new = frozenset(self._names - before)
            if not new:
                break

    def find(
        self, mentions: re.Pattern[bytes] = WRITES_SQL, *, everywhere: bool = False
    ) -> Iterator[Executed]:
        """Every call that executes SQL, in functions whose own code matches ``mentions``: in those
        to report on, or ``everywhere``."""
        names = self._all_names
        calling = self._relevance.calling(names) if everywhere else self._calling(names)
        for name, number in sorted(calling):
            module = self._program.modules[name]
            if mentions.search(module.facts.bodies[number]):
                yield from self._in_scope(module, number, self._all_names)

    def _calling(self, names: Collection[str]) -> set[ScopeId]:
        return self._relevance.calling(names, self._program.examined)

    @property
    def _all_names(self) -> frozenset[str]:
        return _EXECUTES | _MAKES | self._names

    def _in_scope(self, module: Module, number: int, names: frozenset[str]) -> Iterator[Executed]:
        for statement in walk(module.body(number)):
            for expression in expressions_of(statement):
                for call in calls_of(expression):
                    sql = (
                        self._given(module, number, call) if last_name(call.func) in names else None
                    )
                    if sql is not None:
                        place = place_of(statement) or Place(call.at, call.end, "call")
                        yield Executed(module, number, call, sql, place)

    def _given(self, module: Module, number: int, call: f.Call) -> f.Expr | None:
        """The SQL that a call is given, if it is one that executes SQL or makes a statement."""
        name = last_name(call.func)
        if name in self._names:
            wrapper = self._wrapper(module, number, call)
            if wrapper is not None:
                return wrapper
        if name in _MAKES or (name in _EXECUTES and isinstance(call.func, f.Attr)):
            return _argument(call, 0, _KEYWORDS)
        return None

    def _wrapper(self, module: Module, number: int, call: f.Call) -> f.Expr | None:
        for value in self._program.static(module, number, call.func):
            if isinstance(value, v.Func):
                scope = (value.module, value.scope)
                name = self.wrappers.get(scope)
                if name is not None:
                    params = self._program.modules[scope[0]].facts.scopes[scope[1]].params
                    names = [p.name for p in params if p.name not in ("self", "cls")]
                    return _argument(call, names.index(name), (name,))
        return None

    def _find_wrappers(self, new: frozenset[str]) -> None:
        """Functions that hand one of their parameters to something of these names."""
        for name, number in sorted(self._relevance.calling(new)):
            module = self._program.modules[name]
            scope = module.facts.scopes[number]
            params = {p.name for p in scope.params} - {"self", "cls"}
            if scope.kind != "function" or not params or (name, number) in self.wrappers:
                continue
            for found in self._in_scope(module, number, new):
                handed = _stripped(found.sql)
                if isinstance(handed, f.Name) and handed.id in params:
                    self.wrappers[name, number] = handed.id
                    self._names.add(scope.name)
                    break


def _argument(call: f.Call, position: int, keywords: tuple[str, ...]) -> f.Expr | None:
    if position < len(call.args):
        given = call.args[position]
        return None if isinstance(given, f.Starred) else given
    return next((k.value for k in call.keywords if k.name in keywords), None)


def _stripped(node: f.Expr) -> f.Expr:
    """What ``text()`` was called on, else the expression itself."""
    while isinstance(node, f.Call) and last_name(node.func) in _MAKES and node.args:
        node = node.args[0]
    return node
