"""connlint: enforces a Python code base's database-connection standard.

The folders follow the run: ``discover`` finds files, ``facts`` reads each, ``model`` links them,
``rules`` suspects, ``visit`` confirms, ``triage`` judges, ``report``, ``audit`` and ``fix`` use the
result. ``pipeline`` is that run in one page; docs/tour.md walks through it.

For other programs there is :func:`check`; docs/api.md shows its use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connlint.errors import ConnlintError
from connlint.version import __version__

if TYPE_CHECKING:
    from connlint.api import check

__all__ = ["ConnlintError", "__version__", "check"]


def __getattr__(name: str) -> Any:
    """``check`` when somebody asks for it: the command line does without, and starts sooner."""
    if name == "check":
        from connlint.api import check

        return check
    raise AttributeError(f"module 'connlint' has no attribute {name!r}")
