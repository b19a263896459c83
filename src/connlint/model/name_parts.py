"""An expression in, the name that it is written with out: its last part, its first, or all of it.

No scope is looked at: what a name stands for is the business of ``names`` and ``program``.
"""

from __future__ import annotations

from connlint.facts import types as f


def last_name(node: f.Expr | None) -> str:
    """``c`` of ``a.b.c`` and of ``call().c``, ``a`` of ``a``; empty for any other expression."""
    return node.attr if isinstance(node, f.Attr) else node.id if isinstance(node, f.Name) else ""


def callee_of(node: f.Expr) -> f.Expr:
    """What a call calls, any other expression as it is: ``app.task`` of both ``@app.task`` and
    ``@app.task(queue="slow")``."""
    return node.func if isinstance(node, f.Call) else node


def generic_name(node: f.Expr | None) -> str:
    """The last name, type arguments left out: ``Session`` of ``orm.Session[User]``."""
    return last_name(node.value if isinstance(node, f.Index) else node)


def source_name(node: f.Expr) -> str:
    """The last name of where a value comes from: of what a call calls, and of what an item is
    taken from, as ``MAKERS`` of ``MAKERS[kind]()``."""
    node = callee_of(node)
    while isinstance(node, f.Index):
        node = node.value
    return last_name(node)


def root_name(node: f.Expr) -> str:
    """``a`` of ``a.b(x)[0].c``: what a chain of attributes, calls and items starts with."""
    while isinstance(node, (f.Attr, f.Call, f.Await, f.Index)):
        node = node.func if isinstance(node, f.Call) else node.value
    return node.id if isinstance(node, f.Name) else ""


def dotted(node: f.Expr) -> str:
    """``a.b.c`` for a plain chain of names; empty for any other expression."""
    parts = []
    while isinstance(node, f.Attr):
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, f.Name) else ""


def is_name(node: f.Expr | None, *names: str) -> bool:
    """Whether an expression is no more than one of these names."""
    return isinstance(node, f.Name) and node.id in names
