"""A function's statements in, what its database work is about out: rows read, added, deleted, and
the fields that it sets or counts up. These are words for reasons; no verdict hangs on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connlint.audit.wording import listed
from connlint.facts import types as f
from connlint.location import Span, line_of
from connlint.model import values as v
from connlint.model.expressions import descend, expressions_of, targets_of
from connlint.model.name_parts import last_name
from connlint.model.names import Module, ScopeId, walk
from connlint.model.project import Project

_VERBS = {
    "query": "reads",
    "get": "reads",
    "get_one": "reads",
    "select": "reads",
    "add": "adds",
    "merge": "adds",
    "insert": "adds",
    "delete": "deletes",
    "update": "updates",
}
_SQL = re.compile(
    r"\s*(?:(select)\b.*?\bfrom|(insert)\s+(?:or\s+\w+\s+)?into|(update)|(delete)\s+from)\s+[\"'`\[]?(\w+)",
    re.IGNORECASE | re.DOTALL,
)
_SQL_VERBS = ("reads", "adds", "updates", "deletes")
_ORDER = ("reads", "adds", "updates", "deletes", "sets", "counts up", "counts down")
_RECEIVERS = frozenset({"self", "cls"})
_EXECUTING = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars", "text"})
_FEW = 6
_AT_RUN_TIME = "fields chosen at run time"


class Touch(NamedTuple):
    """One thing that a statement does: ``verb`` is one of ``reads``, ``adds``, ``updates``,
    ``deletes`` (``name``: a model or table), ``sets``, ``counts up``, ``counts down`` (a field)."""

    line: int
    verb: str
    name: str


class Contents:
    """What the functions of a project read and write, remembered by function."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[ScopeId, tuple[Touch, ...]] = {}
        self._places: dict[ScopeId, frozenset[tuple[int, int]]] = {}
        self._passed: dict[ScopeId, tuple[tuple[str, Touch], ...]] = {}

    def of(self, scope: ScopeId, extent: Span | None = None) -> tuple[Touch, ...]:
        """What one function does, inside the lines of ``extent`` where it is given."""
        known = self._known.get(scope)
        if known is None:
            known = self._known[scope] = tuple(self._read(scope))
        if extent is None:
            return known
        return tuple(each for each in known if extent.line <= each.line <= extent.end_line)

    def on(self, session: str, scope: ScopeId, extent: Span | None = None) -> tuple[Touch, ...]:
        """What one function does, and what the functions do to ``session`` that it hands it to.

        What others do stands at the line of the call here.
        """
        passed = self._passed.get(scope)
        if passed is None:
            passed = self._passed[scope] = tuple(self._of_callees(scope))
        others = (touch for held, touch in passed if held == session)
        if extent is not None:
            others = (each for each in others if extent.line <= each.line <= extent.end_line)
        return (*self.of(scope, extent), *others)

    def _of_callees(self, scope: ScopeId) -> Iterator[tuple[str, Touch]]:
        """What the functions that are called from here do, each with the session it is done to."""
        for operation in self._project.run(scope).operations:
            effect = operation.effect
            wanted = _OF_EFFECT.get(effect.kind)
            if operation.own or wanted is None:
                continue
            last = effect.chain[-1]
            touches = [t for t in self.of((last.module, last.scope)) if t.verb in wanted]
            line = line_of(last.at)
            here = [touch for touch in touches if touch.line == line]
            for touch in here or touches:
                yield effect.session, touch._replace(line=line_of(operation.at))

    def _read(self, scope: ScopeId) -> Iterator[Touch]:
        module = self._project.module(scope[0])
        for statement in walk(module.body(scope[1])):
            if isinstance(statement, (f.Assign, f.AugAssign)):
                yield from self._fields(module, scope[1], statement)
            for expression in expressions_of(statement):
                changed: set[int] = set()
                for node in descend(expression):
                    if isinstance(node, f.Call) and node.end not in changed:
                        yield from self._call(module, scope[1], node, changed)

    def _fields(self, module: Module, scope: int, node: f.Assign | f.AugAssign) -> Iterator[Touch]:
        verb = "sets"
        if isinstance(node, f.AugAssign) and node.op in ("+=", "-=", "+", "-"):
            verb = "counts up" if node.op.startswith("+") else "counts down"
        for target in targets_of(node):
            if isinstance(target, f.Attr) and self._is_row(module, scope, target.value):
                yield Touch(line_of(node.at), verb, target.attr)

    def _is_row(self, module: Module, scope: int, owner: f.Expr) -> bool:
        """Whether an expression may stand for a row."""
        if _root(owner) in _RECEIVERS:
            return False
        engine = self._project.engine
        values = self._project.values(module.name, scope, owner)
        known = [value for value in values if isinstance(value, v.Obj)]
        return any(
            engine.may_be_entity(value) and not engine.program.kind(value) for value in known
        )

    def _call(self, module: Module, scope: int, node: f.Call, changed: set[int]) -> Iterator[Touch]:
        """What one call does; ``changed`` gets the queries whose rows it changes in place."""
        name = last_name(node.func)
        line = line_of(node.at)
        if name in ("delete", "update") and (query := _query_of(node)) is not None:
            changed.add(query.end)
            for argument in query.args:
                if model := self._model(module, scope, argument):
                    yield Touch(line, _VERBS[name], model)
        if name == "setattr" and len(node.args) > 1 and self._is_row(module, scope, node.args[0]):
            field = node.args[1]
            constant = field.value if isinstance(field, f.Const) else None
            yield Touch(line, "sets", str(constant or _AT_RUN_TIME))
        verb = _VERBS.get(name)
        if verb is not None and self._is_about_rows(module, scope, node):
            for model in self._models(module, scope, node):
                yield Touch(line, verb, model)
        for argument in node.args[:1]:
            yield from self._statement(module, scope, argument, line, name in _EXECUTING)

    def _is_about_rows(self, module: Module, scope: int, node: f.Call) -> bool:
        """Whether a call is one of a session, a query or a statement, and not of a set, say."""
        if not isinstance(node.func, f.Attr) or _table_of(node) is not None:
            return True
        if (node.at, node.end) in self._operations((module.name, scope)):
            return True
        project = self._project
        if any(isinstance(each, v.Ext) for each in project.values(module.name, scope, node.func)):
            return True
        receivers = project.values(module.name, scope, node.func.value)
        return any(project.program.kind(value) for value in receivers)

    def _operations(self, scope: ScopeId) -> frozenset[tuple[int, int]]:
        """The places of what a function does to the database."""
        known = self._places.get(scope)
        if known is None:
            operations = self._project.run(scope).operations
            known = self._places[scope] = frozenset((each.at, each.end) for each in operations)
        return known

    def _statement(
        self, module: Module, scope: int, argument: f.Expr, line: int, is_executed: bool
    ) -> Iterator[Touch]:
        """What SQL text does, or an executed statement that was built in a variable before."""
        if isinstance(argument, f.Name):
            for value in self._project.values(module.name, scope, argument):
                if isinstance(value, v.Const):
                    yield from _in_sql(value.value, line)
            assigned = self._project.program.assigned(module, scope) if is_executed else {}
            for built in assigned.get(argument.id, ()):
                for part in descend(built):
                    if isinstance(part, f.Const):
                        yield from _in_sql(part.value, line)
                    elif isinstance(part, f.Call) and (verb := _VERBS.get(last_name(part.func))):
                        for model in self._models(module, scope, part):
                            yield Touch(line, verb, model)
        elif isinstance(argument, f.Const):
            yield from _in_sql(argument.value, line)

    def _models(self, module: Module, scope: int, node: f.Call) -> Iterator[str]:
        """The models among the first arguments of a call, or the one whose table it is of."""
        if (table := _table_of(node)) is not None:
            if model := self._model(module, scope, table):
                yield model
            return
        many = last_name(node.func) in ("select", "query")
        for argument in node.args[:3] if many else node.args[:1]:
            if model := self._model(module, scope, argument):
                yield model

    def _model(self, module: Module, scope: int, argument: f.Expr) -> str:
        """The project's class that an argument is, is an instance of, or is a column of."""
        owner = argument
        while isinstance(owner, f.Call):
            is_wrapped = bool(owner.args) and last_name(owner.func) in _WRAPPING
            owner = owner.args[0] if is_wrapped else owner.func
        owners: list[f.Expr] = [owner]
        if isinstance(owner, f.Attr):
            owners.append(owner.value)
        for node in owners:
            for value in self._project.values(module.name, scope, node):
                name = self._class_name(value)
                if name:
                    return name
        return ""

    def _class_name(self, value: v.Value) -> str:
        if isinstance(value, v.Class):
            return self._project.module(value.module).facts.scopes[value.scope].name
        if isinstance(value, v.Obj) and value.type:
            owner = self._project.program.class_of(value.type)
            if owner is not None and self._project.engine.may_be_entity(value):
                return self._project.module(owner.module).facts.scopes[owner.scope].name
        return ""


_OF_EFFECT = {
    "read": frozenset({"reads"}),
    "write": frozenset({"adds", "updates", "deletes"}),
    "execute": frozenset({"adds", "updates", "deletes"}),
    "flush": frozenset({"sets", "counts up", "counts down"}),
    "commit": frozenset({"sets", "counts up", "counts down"}),
}
"""What a function has done when it ends in one of these operations."""
_WRAPPING = frozenset({"count", "max", "min", "sum", "exists"})


def _in_sql(text: object, line: int) -> Iterator[Touch]:
    found = _SQL.match(text) if isinstance(text, str) else None
    if found is not None:
        index = next(number for number in range(4) if found.group(number + 1))
        yield Touch(line, _SQL_VERBS[index], found.group(5))


def _table_of(node: f.Call) -> f.Expr | None:
    """The model of ``Model.__table__.delete()``."""
    if isinstance(node.func, f.Attr) and isinstance(node.func.value, f.Attr):
        return node.func.value.value if node.func.value.attr == "__table__" else None
    return None


def _query_of(node: f.Call) -> f.Call | None:
    """``session.query(...)`` in front of what is called on it."""
    current: f.Expr = node.func
    while isinstance(current, (f.Attr, f.Call)):
        if isinstance(current, f.Call) and last_name(current.func) == "query":
            return current
        current = current.func if isinstance(current, f.Call) else current.value
    return None


def _root(node: f.Expr) -> str:
    """The name that a chain of attributes, calls and subscripts begins with."""
    current: f.Expr = node
    while isinstance(current, (f.Attr, f.Index, f.Call)):
        current = current.func if isinstance(current, f.Call) else current.value
    return current.id if isinstance(current, f.Name) else ""


def quoted(name: str) -> str:
    """The name of a touch as code, unless it stands for names that are not known."""
    return name if name == _AT_RUN_TIME else f"`{name}`"


def in_words(touches: Iterable[Touch]) -> str:
    """``reads Job, sets status and counts up attempts``; empty for nothing."""
    by_verb: dict[str, dict[str, None]] = {}
    for touch in touches:
        by_verb.setdefault(touch.verb, {})[touch.name] = None
    parts = []
    for verb in _ORDER:
        names = list(by_verb.get(verb, {}))
        if names:
            shown = [quoted(name) for name in names[:_FEW]]
            shown += [f"{len(names) - _FEW} more"] if len(names) > _FEW else []
            parts.append(f"{verb} {listed(shown)}")
    return "; ".join(parts)


def written(touches: Iterable[Touch]) -> tuple[Touch, ...]:
    """Those of ``touches`` that change something."""
    return tuple(touch for touch in touches if touch.verb != "reads")
