"""A suppression comment in, the suspect that says what is wrong with it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.findings import FixIntent, Priority, Suspect
from connlint.location import span_between

if TYPE_CHECKING:
    from connlint.facts.types import Directive


def comment_suspect(
    code: str,
    path: str,
    directive: Directive,
    *,
    message: str,
    matched: str,
    priority: Priority = "medium",
    intent: FixIntent | None = None,
) -> Suspect:
    """The suspect of the rule ``code`` for the comment ``directive`` in ``path``."""
    return Suspect(
        code=code,
        path=path,
        span=span_between(directive.at, directive.end),
        shape="file",
        message=message,
        symbol="",
        matched=matched,
        priority=priority,
        intent=intent,
    )
