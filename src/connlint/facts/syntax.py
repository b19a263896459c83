"""Expressions and statements as facts: what one file's syntax is kept as.

Every node is frozen and encodes to an array with a tag. Positions are packed integers
(:func:`connlint.location.pack`), in characters.
"""

from __future__ import annotations

import msgspec


class Name(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=1):
    """A bare name. ``at`` is where it starts."""

    id: str
    at: int


class Attr(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=2):
    """``value.attr``; starts where ``value`` starts, ends at ``end``."""

    value: Expr
    attr: str
    at: int
    end: int


class Keyword(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One keyword argument; ``name`` is ``None`` for ``**value``."""

    name: str | None
    value: Expr


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=3):
    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    at: int
    end: int


class Const(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=4):
    """A literal. Text that is neither short nor SQL is cut; bytes and complex become ``None``."""

    value: str | int | float | bool | None


class Starred(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=5):
    value: Expr


class DictLit(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=6):
    """A dictionary display; a ``None`` key stands for ``**value``."""

    keys: tuple[Expr | None, ...]
    values: tuple[Expr, ...]


class Seq(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=7):
    """A list, tuple or set display; ``kind`` is ``l``, ``t`` or ``s``."""

    kind: str
    items: tuple[Expr, ...]


class Cond(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=8):
    test: Expr
    body: Expr
    orelse: Expr


class BoolOp(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=9):
    """``op`` is ``and`` or ``or``."""

    op: str
    values: tuple[Expr, ...]


class Not(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=10):
    value: Expr


class Compare(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=11):
    """``ops`` are the operators as written: ``==``, ``is not``, ``in`` ..."""

    left: Expr
    ops: tuple[str, ...]
    rights: tuple[Expr, ...]


class BinOp(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=12):
    op: str
    left: Expr
    right: Expr


class Index(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=13):
    value: Expr
    index: Expr
    at: int
    end: int


class Await(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=14):
    value: Expr
    at: int


class Yield(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=15):
    value: Expr | None
    at: int


class YieldFrom(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=16):
    value: Expr
    at: int


class Lambda(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=17):
    """A lambda; its body is the scope with this number."""

    scope: int


class Generator(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One ``for target in iter if ...`` clause of a comprehension."""

    target: Expr
    iter: Expr
    ifs: tuple[Expr, ...]
    is_async: bool


class Comp(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=18):
    """A comprehension: ``kind`` is ``l``, ``s``, ``d`` or ``g``; a dict has two elements."""

    kind: str
    elements: tuple[Expr, ...]
    generators: tuple[Generator, ...]
    at: int


class Bind(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=19):
    """An assignment expression."""

    name: str
    value: Expr
    at: int


class Text(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=20):
    """An f-string: constant and computed parts in order."""

    parts: tuple[Expr, ...]
    at: int
    end: int


class Opaque(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=21):
    """Any other expression, kept for the expressions inside it."""

    children: tuple[Expr, ...]


Expr = (
    Name | Attr | Call | Const | Starred | DictLit | Seq | Cond | BoolOp | Not | Compare
    | BinOp | Index | Await | Yield | YieldFrom | Lambda | Comp | Bind | Text | Opaque
)  # fmt: skip


class Assign(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=1):
    targets: tuple[Expr, ...]
    value: Expr
    at: int
    end: int


class Annotated(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=2):
    """``target: annotation = value``."""

    target: Expr
    annotation: Expr
    value: Expr | None
    at: int
    end: int


class AugAssign(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=3):
    target: Expr
    op: str
    value: Expr
    at: int
    end: int


class Evaluate(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=4):
    """An expression statement."""

    value: Expr
    at: int
    end: int


class Return(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=5):
    value: Expr | None
    at: int
    end: int


class Raise(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=6):
    value: Expr | None
    cause: Expr | None
    at: int
    end: int


class Branch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """``if test: body`` or ``elif test: body``."""

    test: Expr
    body: tuple[Stmt, ...]


class If(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=7):
    """An ``if`` with its ``elif`` branches in order; flat, so that long chains do not nest."""

    branches: tuple[Branch, ...]
    orelse: tuple[Stmt, ...]
    at: int
    end: int


class For(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=8):
    target: Expr
    iter: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool
    at: int
    end: int


class While(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=9):
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    at: int
    end: int


class Handler(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One ``except`` clause; ``type`` is ``None`` for a bare one."""

    type: Expr | None
    name: str | None
    body: tuple[Stmt, ...]
    at: int
    end: int


class Try(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=10):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    at: int
    end: int


class WithItem(msgspec.Struct, frozen=True, array_like=True, gc=False):
    context: Expr
    target: Expr | None


class With(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=11):
    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    is_async: bool
    at: int
    end: int


class Case(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One ``case``: the values that its pattern compares with (empty: none known), the names that
    it binds, whether it matches anything, its guard and its body."""

    values: tuple[Expr, ...]
    binds: tuple[str, ...]
    is_wildcard: bool
    guard: Expr | None
    body: tuple[Stmt, ...]


class Match(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=12):
    subject: Expr
    cases: tuple[Case, ...]
    at: int
    end: int


class Break(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=13):
    at: int


class Continue(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=14):
    at: int


class Delete(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=15):
    targets: tuple[Expr, ...]
    at: int
    end: int


class Outer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=16):
    """``global`` (``is_global``) or ``nonlocal`` names."""

    names: tuple[str, ...]
    is_global: bool


class Define(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=17):
    """A function or class definition at this point; the scope with this number."""

    scope: int
    at: int


class ImportNames(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=18):
    """The imports with these numbers happen at this point."""

    imports: tuple[int, ...]


class Assert(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=19):
    test: Expr
    at: int
    end: int


Stmt = (
    Assign | Annotated | AugAssign | Evaluate | Return | Raise | If | For | While | Try | With
    | Match | Break | Continue | Delete | Outer | Define | ImportNames | Assert
)  # fmt: skip

Body = tuple[Stmt, ...]
