"""An expression in, whether its value is there without the database out: constants, counts, texts
and numbers that the caller gave, and what functions that call nothing make of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in, parts

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_PLAIN = frozenset(["int", "str", "float", "bool", "UUID", "date", "datetime", "Decimal", "bytes"])
_COUNTS = frozenset({"builtins.len"})
_CONVERTS = frozenset(f"builtins.{name}" for name in ("str", "int", "float", "bool", "round"))
_MADE_OF = (f.Const, f.Text, f.DictLit, f.Seq, f.BinOp, f.Cond, f.Compare, f.BoolOp, f.Not)


def is_plain(project: Project, scope: ScopeId, node: Any) -> bool:
    """Whether the value of an expression of a function asks nothing of any row."""
    if isinstance(node, f.Name):
        return _is_own(project, scope, node.id)
    if isinstance(node, f.Call):
        return _is_harmless(project, scope, node)
    if isinstance(node, _MADE_OF):
        return all(is_plain(project, scope, part) for part in parts(node))
    return False


def _is_own(project: Project, scope: ScopeId, name: str) -> bool:
    """Whether a name holds constants, or what a parameter of a plain type was given."""
    module = project.module(scope[0])
    sources = project.program.assigned(module, scope[1]).get(name, ())
    for param in module.facts.scopes[scope[1]].params:
        if param.name == name:
            annotation = param.annotation
            return not sources and isinstance(annotation, f.Name) and annotation.id in _PLAIN
    return bool(sources) and all(isinstance(each, f.Const) for each in sources)


def _is_harmless(project: Project, scope: ScopeId, call: f.Call) -> bool:
    """Whether a call counts, converts, or puts plain values together."""
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    callees = project.values(*scope, call.func)
    if callees and all(isinstance(each, v.Ext) and each.name in _COUNTS for each in callees):
        return all(isinstance(each, f.Name) for each in arguments)
    return (
        bool(callees)
        and all(_calls_nothing(project, each) for each in callees)
        and all(is_plain(project, scope, each) for each in arguments)
    )


def _calls_nothing(project: Project, callee: v.Value) -> bool:
    if isinstance(callee, v.Ext):
        return callee.name in _CONVERTS
    if not isinstance(callee, v.Func):
        return False
    module = project.module(callee.module)
    facts = module.facts.scopes[callee.scope]
    is_simple = not (facts.is_async or facts.is_generator or facts.decorators)
    return is_simple and not any(True for _ in calls_in(module.body(callee.scope)))
