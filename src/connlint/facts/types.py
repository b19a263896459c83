"""The facts of one file: a compact, typed copy of its syntax with everything that analysis needs.

In: nothing. Out: the types that ``extract`` builds, ``store`` keeps and ``model`` reads. They are a
pure function of the file's bytes: no path, no configuration. Positions are packed integers
(:func:`connlint.location.pack`), in characters.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from connlint.facts.syntax import (
    Annotated,
    Assert,
    Assign,
    Attr,
    AugAssign,
    Await,
    Bind,
    BinOp,
    Body,
    BoolOp,
    Branch,
    Break,
    Call,
    Case,
    Comp,
    Compare,
    Cond,
    Const,
    Continue,
    Define,
    Delete,
    DictLit,
    Evaluate,
    Expr,
    For,
    Generator,
    Handler,
    If,
    ImportNames,
    Index,
    Keyword,
    Lambda,
    Match,
    Name,
    Not,
    Opaque,
    Outer,
    Raise,
    Return,
    Seq,
    Starred,
    Stmt,
    Text,
    Try,
    While,
    With,
    WithItem,
    Yield,
    YieldFrom,
)

__all__ = [
    "Annotated",
    "Assert",
    "Assign",
    "Attr",
    "AugAssign",
    "Await",
    "BinOp",
    "Bind",
    "Body",
    "BoolOp",
    "Branch",
    "Break",
    "Call",
    "Case",
    "Comp",
    "Compare",
    "Cond",
    "Const",
    "Continue",
    "Define",
    "Delete",
    "DictLit",
    "Directive",
    "DirectiveKind",
    "Evaluate",
    "Expr",
    "FileFacts",
    "For",
    "Generator",
    "Handler",
    "If",
    "Import",
    "ImportNames",
    "Index",
    "Keyword",
    "Lambda",
    "Match",
    "Name",
    "Not",
    "Opaque",
    "Outer",
    "Param",
    "Raise",
    "ReadProblem",
    "Return",
    "Scope",
    "ScopeKind",
    "Seq",
    "Starred",
    "Stmt",
    "Text",
    "Try",
    "While",
    "With",
    "WithItem",
    "Yield",
    "YieldFrom",
    "decode_body",
    "encode_body",
]


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
    chain), and the names from outside whose attributes it sets: what chooses the bodies worth
    evaluating. ``handed`` are the numbers of those in
    ``called`` that are handed on. ``binds`` are the names that the scope itself binds. ``bases``
    and ``keywords`` are for classes. ``at``/``end`` span the whole definition without decorators
    (``first`` is the line of the first decorator); ``name_at`` is where its name stands.
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
    included) and last lines of the top-level statements. ``declared`` are the statements of an SQL
    file that declare tables; such a file has nothing else.
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
    declared: tuple[str, ...] = ()


_BODY_DECODER = msgspec.msgpack.Decoder(Body)
_BODY_ENCODER = msgspec.msgpack.Encoder()


def encode_body(body: Body) -> bytes:
    """Encode a body so that it takes little memory until it is asked for."""
    return _BODY_ENCODER.encode(body)


def decode_body(data: bytes) -> Body:
    """The body that :func:`encode_body` encoded; raises ``msgspec.DecodeError`` on foreign data."""
    return _BODY_DECODER.decode(data)
