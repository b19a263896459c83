"""DBC504: a query filters by a tenant where the standard has done away with tenants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import descend, end_of, expressions_of
from connlint.model.name_parts import last_name
from connlint.model.names import walk
from connlint.model.queries.texts import parts_of, with_gaps
from connlint.model.queries.written import Place, written_texts
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.names import Module
    from connlint.model.project import Project

_FILTERS = frozenset({"where", "filter", "having", "and_", "or_", "not_", "onclause", "exists"})
_COMPARING = frozenset({
    "in_", "not_in", "notin_", "is_", "is_not", "isnot", "like", "ilike", "any_", "between", "op",
})  # fmt: skip
_CLAUSE = re.compile(
    r"\b(select|from|where|having|on|set|values|into|returning|join)\b", re.IGNORECASE
)
_FILTERING = frozenset({"where", "having", "on"})


class TenantFilter(Rule):
    """Comparisons with a tenant column in queries and SQL text; columns themselves are fine."""

    code = "DBC504"
    severity = "warning"
    needs = ("queries.tenant-names",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        names = frozenset(project.standard.queries.tenant_names)
        if not names:
            return
        mentioned = re.compile("|".join(map(re.escape, sorted(names))).encode())
        finder = _Finder(project, names)
        for module in project.program.examined:
            for number, body in enumerate(module.facts.bodies):
                scope = (module.name, number)
                if not mentioned.search(body) or project.role(scope) in EXEMPT_ROLES:
                    continue
                for name, place in finder.filters(module, number):
                    yield suspect(
                        project, self.code, scope, place.at, place.end, shape=place.shape,
                        message=f"filters by {name}, which the standard forbids; leave the "
                        "condition out",
                        matched=name,
                    )  # fmt: skip


class _Finder:
    """Finds filters by the tenant names of a standard."""

    def __init__(self, project: Project, names: frozenset[str]) -> None:
        self._project = project
        self._names = names
        alternatives = "|".join(map(re.escape, sorted(names)))
        column = rf"(?:[\w\"`]+\.)?[\"`]?\b(?P<name>{alternatives})\b[\"`]?(?:::\w+)?"
        compared = r"\s*(?:=|<>|!=|<|>|\bin\b|\bis\b|\bnot\b|\blike\b|\bilike\b|\bbetween\b)"
        value = r"\s*\(?\s*(?::\w|%\(|%s|\?|\$\d|@\w|\x00)"
        self._in_clause = re.compile(column + compared, re.IGNORECASE)
        self._fragment = re.compile(
            rf"\s*(?:(?:and|or|where)\s+)?\(?\s*{column}{compared}{value}", re.IGNORECASE
        )

    def filters(self, module: Module, number: int) -> Iterator[tuple[str, Place]]:
        """The name and the place of each filter in a scope, one for a call."""
        seen: set[int] = set()
        for name, place in (*self._compared(module, number), *self._in_texts(module, number)):
            if place.at not in seen:
                seen.add(place.at)
                yield name, place

    def _in_texts(self, module: Module, number: int) -> Iterator[tuple[str, Place]]:
        for text in written_texts(module, number):
            sql = with_gaps(parts_of(text.node))
            name = self._filtered(sql)
            if name:
                yield name, text.place

    def _filtered(self, sql: str) -> str:
        """The tenant name that SQL text, or a piece of a condition, filters by."""
        for match in self._in_clause.finditer(sql):
            clauses = _CLAUSE.findall(sql[: match.start()])
            if clauses and clauses[-1].lower() in _FILTERING:
                return match["name"]
        match_start = self._fragment.match(sql)
        return match_start["name"] if match_start else ""

    def _compared(self, module: Module, number: int) -> Iterator[tuple[str, Place]]:
        """Filters of the expression language."""
        for statement in walk(module.body(number)):
            for expression in expressions_of(statement):
                inside: set[int] = set()
                for node in descend(expression):
                    if isinstance(node, f.Call):
                        yield from self._in_call(node, inside)
                    elif isinstance(node, f.Compare):
                        yield from self._in_comparison(module, number, node, inside)

    def _in_call(self, call: f.Call, inside: set[int]) -> Iterator[tuple[str, Place]]:
        name = last_name(call.func)
        if name == "filter_by":
            for keyword in call.keywords:
                if keyword.name in self._names:
                    yield keyword.name, Place(call.at, call.end, "call")
        elif name in _FILTERS:
            columns = [column for part in call.args for column in self._columns(part)]
            if columns and columns[0].at not in inside:
                yield columns[0].attr, Place(columns[0].at, end_of(columns[0]), "name")
            inside.update(column.at for column in columns)

    def _columns(self, argument: f.Expr) -> Iterator[f.Attr]:
        """The tenant columns that an argument of a filter compares."""
        for node in descend(argument):
            if isinstance(node, f.Compare):
                sides: tuple[f.Expr, ...] = (node.left, *node.rights)
            elif isinstance(node, f.Call) and last_name(node.func) in _COMPARING:
                sides = (node.func.value,) if isinstance(node.func, f.Attr) else ()
            else:
                continue
            for side in sides:
                column = self._column(side)
                if column is not None:
                    yield column
                    break

    def _column(self, node: f.Expr) -> f.Attr | None:
        """The tenant column that an expression is, as it is or inside calls such as a cast."""
        while isinstance(node, f.Call):
            if node.args:
                node = node.args[0]
            elif isinstance(node.func, f.Attr):
                node = node.func.value
            else:
                return None
        return node if isinstance(node, f.Attr) and node.attr in self._names else None

    def _in_comparison(
        self, module: Module, number: int, node: f.Compare, inside: set[int]
    ) -> Iterator[tuple[str, Place]]:
        """A condition on a column that is kept for a filter, recognised by its class."""
        for side in (node.left, *node.rights):
            if not isinstance(side, f.Attr) or side.attr not in self._names or side.at in inside:
                continue
            values = self._project.values(module.name, number, side.value)
            if any(isinstance(value, v.Class) for value in values):
                yield side.attr, Place(side.at, side.end, "name")
                return
