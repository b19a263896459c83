"""A scope while its statements are read: what is known of it so far."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from connlint.facts import types as f


@dataclass(slots=True)
class OpenScope:
    """A scope that is being collected."""

    kind: f.ScopeKind
    name: str
    qualname: str
    parent: int
    node: ast.AST
    params: tuple[f.Param, ...] = ()
    decorators: tuple[f.Expr, ...] = ()
    returns: f.Expr | None = None
    bases: tuple[f.Expr, ...] = ()
    keywords: tuple[f.Keyword, ...] = ()
    is_async: bool = False
    first: int = 0
    at: int = 0
    end: int = 0
    name_at: int = 0
    called: dict[str, bool] = field(default_factory=dict)
    bound: dict[str, None] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)
    yields: bool = False

    def finished(self) -> f.Scope:
        """The scope, once everything in it has been seen."""
        self.called.pop("", None)
        handed = tuple(n for n, is_handed in enumerate(self.called.values()) if is_handed)
        return f.Scope(
            self.kind, self.name, self.qualname, self.parent, self.params, self.decorators,
            self.returns, self.bases, self.keywords, self.is_async, self.yields, tuple(self.called),
            tuple(self.bound), self.first, self.at, self.end, self.name_at, handed,
        )  # fmt: skip
