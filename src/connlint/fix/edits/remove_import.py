"""``remove-import``: a forbidden import that nothing uses is taken out."""

from __future__ import annotations

from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite
from connlint.fix.unimport import unimport

NEEDS_OTHERS = True
"""The name is used until the rewrites of its uses are planned."""


def rewrite(place: Place) -> Rewrite:
    """The rewrite that takes out the import; raises ``Refused`` while the name is needed."""
    return unimport(place)
