"""DBC603: a move from memory to the database that was left half-way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model.expressions import targets_of
from connlint.model.name_parts import last_name
from connlint.model.names import walk
from connlint.rules.base import Rule
from connlint.rules.evidence import step, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.dual_writes import DualWrite
    from connlint.model.names import ScopeId
    from connlint.model.project import Project
    from connlint.model.stores import Actions


class IncompleteStoreMigration(Rule):
    """Stores whose rows are updated but never created or never read, while memory still is."""

    code = "DBC603"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        found = {
            (scope, each)
            for scope, _ in project.runs()
            if project.role(scope) != "test"
            for each in project.dual_writes.of(scope)
        }
        seen: set[str] = set()
        for scope, each in sorted(found, key=lambda item: (item[0], item[1].memory.at)):
            if each.memory.container not in seen:
                seen.add(each.memory.container)
                yield from self._judge(project, scope, each)

    def _judge(self, project: Project, scope: ScopeId, written: DualWrite) -> Iterator[Suspect]:
        container = written.memory.container
        place = _definition(project, scope, container)
        if place is None:
            return
        holder, owner, statement = place
        memory = project.stores.in_memory(project.module(holder[0]), owner, container)
        models = project.stores.models_of(_writers(project, scope, written))
        rows = project.stores.in_database(models)
        missing = [each for each in ("create", "read") if each not in rows.names]
        if "update" not in rows.names or not missing or not {"create", "read"} <= {*memory.names}:
            return
        yield self._suspect(project, holder, statement, container, (memory, rows), (scope, written))

    def _suspect(
        self,
        project: Project,
        holder: ScopeId,
        statement: f.Assign | f.Annotated,
        container: str,
        sides: tuple[Actions, Actions],
        at: tuple[ScopeId, DualWrite],
    ) -> Suspect:
        memory, rows = sides
        scope, written = at
        missing = " and ".join(each for each in memory.names if each not in rows.names)
        return suspect(
            project, self.code, holder, statement.at, statement.end, shape="statement",
            message=f"{container} is half-way to the database: in memory {_listed(memory)}, in the "
            f"database {_listed(rows)} only; move {missing} too, then drop the memory",
            matched=container,
            trace=(step(project, scope, written.memory.at, "written to both"),),
        )  # fmt: skip


def _listed(actions: Actions) -> str:
    return ", ".join(actions.names)


def _writers(project: Project, scope: ScopeId, written: DualWrite) -> Iterator[ScopeId]:
    """The functions through which the database gets the fact."""
    yield scope
    for operation in project.run(scope).operations:
        if operation.at == written.stored_at:
            for step in operation.effect.chain[1:]:
                yield (step.module, step.scope)


def _definition(
    project: Project, scope: ScopeId, container: str
) -> tuple[ScopeId, int, f.Assign | f.Annotated] | None:
    """Where a container is made: the function or module, its class (0: none) and the statement."""
    owner_name, _, name = container.rpartition(".")
    for module in project.program.modules.values():
        for number, facts in enumerate(module.facts.scopes):
            if module.symbol(number) != owner_name or facts.kind not in ("module", "class"):
                continue
            inside = [number, *module.children.get(number, ())] if number else [0]
            for each in inside:
                for statement in walk(module.body(each)):
                    if isinstance(statement, (f.Assign, f.Annotated)) and _makes(statement, name):
                        return (module.name, each), number, statement
    return None


def _makes(statement: f.Assign | f.Annotated, name: str) -> bool:
    return statement.value is not None and any(
        last_name(target) == name for target in targets_of(statement)
    )
