"""The program in, what its models say about one another out: relationships and foreign keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.classes import ClassId
from connlint.model.expressions import descend
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.program import Program

_RELATES = frozenset({"relationship", "Relationship"})
_CONDITIONS = frozenset({"primaryjoin", "secondary", "secondaryjoin", "foreign_keys"})
_MENTIONED = (b"relationship", b"Relationship", b"ForeignKey", b"foreign_key")


class Relationship(NamedTuple):
    """A relationship of a model: its attribute, and the name of the model on the other side."""

    name: str
    target: str
    has_condition: bool


class Relationships:
    """The relationships of models by class, and the columns that are foreign keys."""

    def __init__(self, program: Program) -> None:
        self._of: dict[ClassId, list[Relationship]] = {}
        self._keys: set[tuple[ClassId, str]] = set()
        for module in program.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                body = module.facts.bodies[number]
                if scope.kind == "class" and any(word in body for word in _MENTIONED):
                    self._read(module, number)

    def between(self, left: ClassId, target: str) -> Relationship | None:
        """The one relationship of a model to another; nothing when there are several."""
        found = [each for each in self._of.get(left, ()) if each.target == target]
        return found[0] if len(found) == 1 and not found[0].has_condition else None

    def is_foreign_key(self, model: ClassId, attribute: str) -> bool:
        """Whether a column of a model refers to another table."""
        return (model, attribute) in self._keys

    def _read(self, module: Module, number: int) -> None:
        owner = ClassId(module.name, number)
        for statement in walk(module.body(number)):
            name, annotation, value = _declared(statement)
            if not name or not isinstance(value, f.Call):
                continue
            if last_name(value.func) in _RELATES:
                has_condition = any(k.name in _CONDITIONS for k in value.keywords)
                target = _target(value, annotation)
                self._of.setdefault(owner, []).append(Relationship(name, target, has_condition))
            elif any(_refers(each) for each in descend(value)):
                self._keys.add((owner, name))


def _declared(statement: f.Stmt) -> tuple[str, f.Expr | None, f.Expr | None]:
    if isinstance(statement, f.Assign) and isinstance(statement.targets[0], f.Name):
        return statement.targets[0].id, None, statement.value
    if isinstance(statement, f.Annotated) and isinstance(statement.target, f.Name):
        return statement.target.id, statement.annotation, statement.value
    return "", None, None


def _refers(node: object) -> bool:
    if isinstance(node, f.Keyword):
        return node.name == "foreign_key"
    return isinstance(node, f.Call) and last_name(node.func) == "ForeignKey"


def _target(call: f.Call, annotation: f.Expr | None) -> str:
    """The model that a relationship leads to: its argument, else the last name of its type."""
    if call.args:
        return next(_names(call.args[0]), "")
    found = list(_names(annotation)) if annotation is not None else []
    return found[-1] if found else ""


def _names(node: f.Expr) -> Iterator[str]:
    for each in descend(node):
        if isinstance(each, f.Const) and isinstance(each.value, str):
            yield each.value.strip("[]").rpartition(".")[2]
        elif isinstance(each, f.Name):
            yield each.id
