"""The project in, how far the analysis could follow its calls out."""

from __future__ import annotations

from collections import Counter

import msgspec

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.model.project import Project

_MOST_NAMED = 10


class Method(msgspec.Struct, frozen=True):
    """The calls of the functions that were followed, by what they were resolved to.

    ``unknown`` could be anything; ``unknown_names`` are the most frequent of those, as written.
    """

    functions: int
    to_project: int
    to_libraries: int
    unknown: int
    unknown_names: tuple[tuple[str, int], ...]

    @property
    def calls(self) -> int:
        return self.to_project + self.to_libraries + self.unknown


def describe_method(project: Project) -> Method:
    """Count the calls of every function that was followed because it may touch the database."""
    counts: Counter[str] = Counter()
    names: Counter[str] = Counter()
    functions = 0
    for scope, run in project.runs():
        functions += 1
        module = project.module(scope[0])
        resolved = {(at, end) for at, end, _ in run.calls}
        for node in calls_in(module.body(scope[1])):
            kind = "project" if (node.at, node.end) in resolved else _kind(project, scope, node)
            counts[kind] += 1
            if kind == "unknown":
                names[_written(node.func)] += 1
    named = sorted(names.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMED]
    return Method(functions, counts["project"], counts["library"], counts["unknown"], tuple(named))


def _kind(project: Project, scope: tuple[str, int], node: f.Call) -> str:
    """What a call's function is, whatever the path."""
    for value in project.values(scope[0], scope[1], node.func):
        if isinstance(value, (v.Func, v.Class)):
            return "project"
        if isinstance(value, (v.Ext, v.Bound, v.Partial)):
            return "library"
        if isinstance(value, v.Obj) and value.type:
            return "library"
    return "unknown"


def _written(node: f.Expr) -> str:
    """How a function is called, ``….name`` after anything but plain names."""
    if isinstance(node, f.Name):
        return node.id
    if isinstance(node, f.Attr):
        return f"….{node.attr}"
    return "…"
