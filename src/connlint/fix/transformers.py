"""The folder ``edits`` in, the transformer of each kind of fix intent out: found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from connlint.fix import edits
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite


class Transformer(NamedTuple):
    """``rewrite`` plans one finding; ``needs_others``: after the other findings of the file."""

    rewrite: Callable[[Place], Rewrite]
    needs_others: bool


def kinds() -> frozenset[str]:
    """The kinds of intents that can be carried out."""
    return frozenset(each.name.replace("_", "-") for each in pkgutil.iter_modules(edits.__path__))


@cache
def transformer_of(kind: str) -> Transformer:
    """The transformer for intents of ``kind``; raises :class:`Refused` when there is none."""
    if kind not in kinds():
        raise Refused(f"there is no rewrite for {kind}")
    module = importlib.import_module(f"{edits.__name__}.{kind.replace('-', '_')}")
    return Transformer(module.rewrite, getattr(module, "NEEDS_OTHERS", False))
