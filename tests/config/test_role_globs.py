"""Which role the globs of a standard give a file."""

from __future__ import annotations

import pytest

from connlint.config.roles import declared_role
from connlint.config.standard import Role

ROLES: dict[Role, tuple[str, ...]] = {
    "router": ("src/routers/**",),
    "test": ("**/tests/**", "**/test_*.py"),
    "service": ("**/services/**",),
    "task": ("src/services/worker.py", "src/routers/*_tasks.py"),
}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/routers/a/b.py", "router"),
        ("src/services/a.py", "service"),
        ("src/services/worker.py", "task"),
        ("src/routers/batch_tasks.py", "task"),
        ("tests/services/factories.py", "test"),
        ("backend/services/test_a.py", "test"),
        ("src/models.py", None),
    ],
)
def test_the_most_specific_glob_wins(path: str, role: str | None) -> None:
    assert declared_role(ROLES, path) == role


def test_the_order_of_the_table_does_not_matter() -> None:
    backwards = dict(reversed(ROLES.items()))
    assert declared_role(backwards, "tests/services/factories.py") == "test"
