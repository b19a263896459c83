"""The ``roles`` globs and a path in, the role that they give the file out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from connlint.config.globs import matches, specificity
from connlint.config.standard import Role

_ROLES: tuple[Role, ...] = get_args(Role)


def declared_role(roles: Mapping[Role, Sequence[str]], path: str) -> Role | None:
    """The role of the most specific glob that matches ``path``; ``None`` when none does.

    Between equally specific globs the role that stands later in :data:`Role` wins, so that
    ``**/tests/**`` comes before ``**/services/**`` for a test of a service.
    """
    candidates = [
        (specificity(pattern), _ROLES.index(role))
        for role, patterns in roles.items()
        for pattern in patterns
        if matches(pattern, path)
    ]
    return _ROLES[max(candidates)[1]] if candidates else None
