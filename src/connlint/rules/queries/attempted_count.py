"""DBC506: a bulk write that may skip rows reports how many rows it was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import calls_in, descend
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.queries.bound import Bound, pieces
from connlint.model.queries.texts import parts_of, with_gaps
from connlint.model.queries.written import Place
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project

_SKIPS = re.compile(
    r"\s*(?:insert\s+(?:or\s+)?ignore\b|insert\b.*\bon\s+conflict\b.*\bdo\s+nothing\b"
    r"|insert\b.*\bwhere\s+not\s+exists\b|update\s|delete\s)",
    re.IGNORECASE | re.DOTALL,
)
_MENTIONED = re.compile(rb"executemany|on_conflict_do_nothing|(?i:do\s+nothing|ignore)")
_COUNTS = re.compile(
    rb"(?i)rowcount|changes|returning|count\(|getrowcount|fetchall|inserted_primary"
)
_TRIED = re.compile(
    r"attempt|total|tried|received|processed|request|given|input|batch|size|submitted",
    re.IGNORECASE,
)
_EXECUTES = frozenset({"executemany", "execute"})


class _Reported(NamedTuple):
    at: int
    end: int
    rows: str


class AttemptedCount(Rule):
    """``return len(rows)`` behind a write that skips the rows that exist already."""

    code = "DBC506"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for name, number in sorted(project.calling(_EXECUTES)):
            module = project.module(name)
            body = module.facts.bodies[number]
            if not _MENTIONED.search(body) or _COUNTS.search(body):
                continue
            if project.role((name, number)) in EXEMPT_ROLES:
                continue
            for found in _reported(module, number):
                yield suspect(
                    project, self.code, (name, number), found.at, found.end, shape="statement",
                    message=f"reports len({found.rows}) as written, but the write may skip rows; "
                    "count what the database says it changed",
                    matched=f"len({found.rows})",
                )  # fmt: skip


def _reported(module: Module, number: int) -> Iterator[_Reported]:
    """The returns of a function that count the rows which it tried to write."""
    bound = Bound(module, number)
    rows = _tried(module, number, bound)
    for statement in walk(module.body(number)) if rows else ():
        if isinstance(statement, f.Return) and statement.value is not None:
            counted = next(_counted(statement.value, bound), "")
            if counted in rows:
                yield _Reported(statement.at, statement.end, counted)


def _tried(module: Module, number: int, bound: Bound) -> frozenset[str]:
    """The names of the rows that are given to writes which may skip some of them."""
    found: set[str] = set()
    for call in calls_in(module.body(number)):
        if last_name(call.func) not in _EXECUTES or not call.args:
            continue
        many = last_name(call.func) == "executemany"
        if not (_skips(call, bound) if many else _skips_by_method(call.args[0], bound)):
            continue
        for given in call.args[1:] if many else call.args:
            found.update(each.id for each in descend(given) if isinstance(each, f.Name))
    for name in tuple(found):
        for each in bound.names.get(name, ()):
            nodes = descend(each.expression)
            found.update(node.id for node in nodes if isinstance(node, f.Name))
    return frozenset(found)


def _skips(call: f.Call, bound: Bound) -> bool:
    place = Place(call.at, call.end, "call")
    written = [node for node, _ in pieces(bound, call.args[0], place)]
    return bool(_SKIPS.match("".join(with_gaps(parts_of(node)) for node in written)))


def _skips_by_method(statement: f.Expr, bound: Bound) -> bool:
    """Whether a statement of the expression language leaves out rows that are in conflict."""
    place = Place(0, 0, "call")
    return any(
        isinstance(each, f.Call) and last_name(each.func) == "on_conflict_do_nothing"
        for node, _ in pieces(bound, statement, place)
        for each in descend(node)
    )


def _counted(node: f.Expr, bound: Bound, *, follow: bool = True) -> Iterator[str]:
    """The names whose length an expression gives as a count of what was written."""
    if isinstance(node, f.DictLit):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, f.Const) and not _TRIED.search(str(key.value)):
                yield from _counted(value, bound, follow=follow)
    elif isinstance(node, f.Call) and last_name(node.func) == "len" and node.args:
        if isinstance(node.args[0], f.Name):
            yield node.args[0].id
    elif isinstance(node, f.Name) and follow and not _TRIED.search(node.id):
        for given in bound.names.get(node.id, ()):
            if given.how in ("value", "more"):
                yield from _counted(given.expression, bound, follow=False)
    elif isinstance(node, f.Seq):
        for item in node.items:
            yield from _counted(item, bound, follow=follow)
