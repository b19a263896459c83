"""What of a program is looked at anew after a change, and where the rest of it is now.

Scopes go by number, and those of a changed file may have others than before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from connlint.model import values as v
from connlint.model.names import ScopeId
from connlint.model.program import Program


class Focus(NamedTuple):
    """``changed``: the names of the modules that differ from those ``before``; ``modules``: of all
    that are to be looked at anew. ``stale`` are the functions that lead into the changed ones:
    what was known of them holds no longer."""

    before: Program
    changed: frozenset[str]
    modules: frozenset[str]
    stale: frozenset[ScopeId]

    @property
    def is_whole(self) -> bool:
        """Whether all that leads into the changed modules is looked at anew."""
        return all(name in self.modules for name, _ in self.stale)

    def is_known(self, scope: ScopeId) -> bool:
        """Whether what was known of a function before still holds, and is not found anew."""
        return scope[0] not in self.modules and scope not in self.stale

    def now(self, scope: ScopeId, program: Program) -> ScopeId | None:
        """A function of before in the changed ``program``, by its name; ``None`` where it is gone.

        Of several with one name, the first one counts.
        """
        if scope[0] not in self.changed:
            return scope
        name = self.before.modules[scope[0]].facts.scopes[scope[1]].qualname
        scopes = program.modules[scope[0]].facts.scopes
        same = (number for number, each in enumerate(scopes) if each.qualname == name)
        return next(((scope[0], number) for number in same), None)

    def passed(self) -> Iterator[tuple[tuple[str, int, str], dict[v.Value, None]]]:
        """What callers were known to pass for the parameters of functions that have not changed."""
        for key, values in self.before.passed.items():
            if key[0] not in self.changed:
                yield key, {each: None for each in values if not self.is_about(each)}

    def is_about(self, what: object) -> bool:
        """Whether a value, or something that holds values, is or holds a function, a class or an
        instance of a changed module."""
        if isinstance(what, tuple):
            return any(map(self.is_about, what))
        if isinstance(what, v.Obj):
            return what.type.rpartition(":")[0] in self.changed
        if isinstance(what, (v.Func, v.Class, v.Parent)) and what.module in self.changed:
            return True
        if isinstance(what, msgspec.Struct):
            return any(self.is_about(getattr(what, name)) for name in what.__struct_fields__)
        return False
