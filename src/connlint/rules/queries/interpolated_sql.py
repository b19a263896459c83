"""DBC503: values that are not constant are put into the text of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model.queries.bound import pieces
from connlint.model.queries.constancy import Constancy, Where
from connlint.model.queries.executed import Executed
from connlint.model.queries.texts import looks_like_sql, parts_of, with_gaps
from connlint.model.queries.written import Place
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.project import Project

_STATEMENT = re.compile(r"(?:^|_)(?:sql|query|subquery|statement|stmt)$", re.IGNORECASE)


class InterpolatedSql(Rule):
    """SQL that is executed, built from values that are neither constant nor checked."""

    code = "DBC503"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        constancy = Constancy(project)
        seen: set[tuple[str, int]] = set()
        for executed in project.executions.find():
            scope = (executed.module.name, executed.number)
            if project.role(scope) in EXEMPT_ROLES:
                continue
            found = _first_foreign(constancy, executed)
            if found is None:
                continue
            node, place = found
            key = (executed.module.path, place.at)
            if key not in seen:
                seen.add(key)
                yield suspect(
                    project, self.code, scope, place.at, place.end, shape=place.shape,
                    message=f"{_shown(node)} is put into the text of SQL; bind it as a parameter, "
                    "or check it against a list of what is allowed",
                    matched=_shown(node), priority="high",
                )  # fmt: skip


def _first_foreign(constancy: Constancy, executed: Executed) -> tuple[f.Expr, Place] | None:
    """The first value in an executed text that is not constant, and where it is put there."""
    where = Where(executed.module, executed.number)
    written = list(pieces(constancy.bound(where), executed.sql, executed.statement))
    text = "".join(with_gaps(parts_of(node)) for node, _ in written)
    if not looks_like_sql(text):
        return None
    for node, place in written:
        if not any(isinstance(part, str) and part.strip() for part in parts_of(node)):
            continue
        foreign = constancy.first_foreign(where, node)
        if foreign is not None and not _is_handed_on(constancy, where, foreign):
            return foreign, place
    return None


def _is_handed_on(constancy: Constancy, where: Where, node: f.Expr) -> bool:
    """Whether a value is a whole statement that somebody else wrote, as its name says."""
    return (
        isinstance(node, f.Name)
        and _STATEMENT.search(node.id) is not None
        and not constancy.bound(where).names.get(node.id)
    )


def _shown(node: f.Expr) -> str:
    """An expression as a reader knows it: its name, else what is called."""
    if isinstance(node, f.Name):
        return node.id
    if isinstance(node, f.Attr):
        return f"{_shown(node.value)}.{node.attr}"
    if isinstance(node, f.Call):
        return f"{_shown(node.func)}()"
    if isinstance(node, f.Index):
        return f"{_shown(node.value)}[]"
    return "a value"
