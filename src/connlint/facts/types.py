"""The facts of one file: a compact, typed copy of its syntax with everything that analysis needs.

In: nothing. Out: the types that ``extract`` builds, ``store`` keeps and ``model`` reads. They are a
pure function of the file's bytes: no path, no configuration. Positions are packed integers
(:func:`connlint.location.pack`), in characters.
"""

from __future__ import annotations

from typing import Literal, Union

import msgspec

# --- expressions ----------------------------------------------------------------------------


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


Expr = Union[
    Name, Attr, Call, Const, Starred, DictLit, Seq, Cond, BoolOp, Not, Compare, BinOp, Index,
    Await, Yield, YieldFrom, Lambda, Comp, Bind, Text, Opaque,
]  # fmt: skip

# --- statements -----------------------------------------------------------------------------


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


Stmt = Union[
    Assign, Annotated, AugAssign, Evaluate, Return, Raise, If, For, While, Try, With, Match,
    Break, Continue, Delete, Outer, Define, ImportNames, Assert,
]  # fmt: skip

Body = tuple[Stmt, ...]

# --- what a file consists of ----------------------------------------------------------------


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One imported name.

    ``import a.b`` binds ``a`` (``binds_root``); ``import a.b as c`` binds ``c`` to ``a.b``;
    ``from m import n as k`` has ``attr`` ``n``; a star import has ``attr`` ``*``. ``level`` counts
    the leading dots. ``at``/``end`` span the imported name (the alias clause), ``statement`` and
    ``statement_end`` the whole statement.
    """

    name: str
    module: str
    attr: str | None
    level: int
    binds_root: bool
    scope: int
    type_checking: bool
    fallback: bool
    at: int
    end: int
    statement: int
    statement_end: int


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One parameter: ``kind`` is ``p`` (positional or keyword), ``o`` (positional only), ``k``
    (keyword only), ``a`` (``*args``) or ``w`` (``**kwargs``)."""

    name: str
    kind: str
    annotation: Expr | None
    default: Expr | None
    at: int
    end: int


ScopeKind = Literal["module", "function", "class", "lambda"]


class Scope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One module, class, function or lambda. Scope 0 is the module.

    ``qualname`` is dotted with ``<locals>`` as in Python. ``called`` holds, once each, the dotted
    text of everything that the body calls or hands on (``?.name`` after a receiver that is no plain
    chain): what chooses the bodies worth evaluating. ``handed`` are the numbers of those in
    ``called`` that are handed on. ``binds`` are the names that the scope itself binds. ``bases`` and ``keywords`` are for classes. ``at``/``end`` span the whole definition
    without decorators (``first`` is the line of the first decorator); ``name_at`` is where its name
    stands.
    """

    kind: ScopeKind
    name: str
    qualname: str
    parent: int
    params: tuple[Param, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    is_async: bool
    is_generator: bool
    called: tuple[str, ...]
    binds: tuple[str, ...]
    first: int
    at: int
    end: int
    name_at: int
    handed: tuple[int, ...] = ()


DirectiveKind = Literal["ignore", "ignore-file", "noqa", "malformed"]


class Directive(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A suppression comment. ``codes`` is empty for a blanket ``noqa``; ``statement`` is the first
    line of the logical line that the comment stands on (0 on a line of its own)."""

    kind: DirectiveKind
    codes: tuple[str, ...]
    reason: str
    statement: int
    at: int
    end: int


class ReadProblem(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Why a file could not be read, decoded or parsed, and where."""

    message: str
    line: int
    column: int


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file. ``bodies[n]`` is the encoded :data:`Body` of ``scopes[n]``, decoded on demand.

    ``definitions`` maps each name bound at module level to its bindings in order: ``(kind,
    number)`` with kind ``s`` (scope), ``i`` (import) or ``a`` (anything else that binds; number 0).
    ``exports`` is ``__all__`` when it is a literal. ``statements`` are the first (decorators
    included) and last lines of the top-level statements.
    """

    problem: ReadProblem | None
    imports: tuple[Import, ...]
    scopes: tuple[Scope, ...]
    bodies: tuple[bytes, ...]
    definitions: dict[str, tuple[tuple[str, int], ...]]
    exports: tuple[str, ...] | None
    directives: tuple[Directive, ...]
    lines: int
    statements: tuple[tuple[int, int], ...]


_BODY_DECODER = msgspec.msgpack.Decoder(Body)
_BODY_ENCODER = msgspec.msgpack.Encoder()


def encode_body(body: Body) -> bytes:
    """Encode a body so that it takes little memory until it is asked for."""
    return _BODY_ENCODER.encode(body)


def decode_body(data: bytes) -> Body:
    """The body that :func:`encode_body` encoded; raises ``msgspec.DecodeError`` on foreign data."""
    return _BODY_DECODER.decode(data)
