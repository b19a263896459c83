"""DBC410: a cache is written without the lock that its class takes for it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.findings import TraceStep
from connlint.location import unpack
from connlint.model.locks import Access, LockUse, lock_use
from connlint.model.name_parts import last_name
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.names import Module
    from connlint.model.project import Project

_MAKERS = frozenset({"__init__", "__new__", "__post_init__", "__setstate__", "__init_subclass__"})
_PLAIN = frozenset({"property", "classmethod", "staticmethod", "override", "setter", "deleter"})


class UnlockedSharedCache(Rule):
    """Writes to a cache attribute that other threads may be using under the class's lock."""

    code = "DBC410"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for module in project.program.examined:
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind != "class":
                    continue
                use = lock_use(project.program, module, number)
                if use is not None:
                    is_cache = _is_cache(scope.name)
                    yield from self._in_class(project, module, use, is_cache=is_cache)

    def _in_class(
        self, project: Project, module: Module, use: LockUse, *, is_cache: bool
    ) -> Iterator[Suspect]:
        guarded = {
            access.attr: access
            for access in reversed(use.accesses)
            if access.lock and (is_cache or _is_cache(access.attr)) and access.attr not in use.locks
        }
        reported: set[int] = set()
        for access in use.accesses:
            other = guarded.get(access.attr)
            if other is None or not access.writes or access.lock or access.at in reported:
                continue
            scope = (module.name, access.method)
            if _is_safe(module, use, access) or project.role(scope) == "test":
                continue
            reported.add(access.at)
            line, column = unpack(other.at)
            holder = module.symbol(other.method)
            yield suspect(
                project, self.code, scope, access.at, access.end, shape="statement",
                message=f"writes {access.attr} without {other.lock}, which "
                f"{holder.rpartition('.')[2]} takes for it",
                matched=access.attr,
                trace=(
                    TraceStep(module.path, line, column, holder, f"holds {other.lock} here"),
                ),
            )  # fmt: skip


def _is_cache(name: str) -> bool:
    return "cache" in name.lower()


def _is_safe(module: Module, use: LockUse, access: Access) -> bool:
    """Whether nobody else can be there: before the object is shared, or with a caller's lock."""
    scope = module.facts.scopes[access.method]
    if scope.name in _MAKERS or scope.name.endswith(("_locked", "_unlocked", "_unsafe")):
        return True
    if any(last_name(each) not in _PLAIN for each in scope.decorators):
        return True
    calls = [call for call in use.calls if call.name == scope.name]
    return bool(calls) and all(call.locked for call in calls)
