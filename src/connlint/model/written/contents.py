"""A function in, what each of its commits writes out: everything that may have been stored, added
or sent on the way since the commit before it, in the function itself and in what it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.effects import Operation
from connlint.model.engine import Engine, FunctionRun
from connlint.model.expressions import descend, expressions_of, literal_text, targets_of
from connlint.model.names import Module, ScopeId, walk
from connlint.model.pending import PendingWalk
from connlint.model.roles import Roles
from connlint.model.written.fields import Written, counted, is_clock, is_step, stored
from connlint.model.written.signs import may_tell
from connlint.model.written.statements import written_by

Contents = frozenset[Written]
Commit = tuple[int, tuple[str, str, int]]
"""Where an operation stands in the function, and the place of the commit itself."""

NOTHING: Contents = frozenset()
_HARMLESS = frozenset({
    "builtins", "collections", "copy", "datetime", "json", "logging", "sqlalchemy", "sqlmodel",
    "time", "typing", "uuid",
})  # fmt: skip
"""Packages whose functions change no row that they are given."""
_TELLING = frozenset({
    "debug", "info", "warning", "warn", "error", "exception", "critical", "log",
})  # fmt: skip
"""Methods that take a row only to tell of it."""
_CONTEXTS = frozenset({"flask.g", "flask.request", "flask.session", "flask.current_app"})
"""What a library keeps for a request: nothing that is stored in it is a row's."""
_MAX_DEPTH = 8


class Outcome(NamedTuple):
    """What the commits of a function write, and what it leaves to the next commit of its caller."""

    commits: dict[Commit, Contents]
    left: Contents


class WrittenContents:
    """Answers for the functions of one program, remembered."""

    def __init__(self, engine: Engine, roles: Roles, run: Callable[[ScopeId], FunctionRun]) -> None:
        """``run`` gives what a function does."""
        self.engine = engine
        self.roles = roles
        self.run = run
        self._known: dict[ScopeId, Outcome] = {}
        self._telling: dict[ScopeId, bool] = {}
        self._depth = 0

    def may_be_statistics(self, scope: ScopeId) -> bool:
        """Whether commits of a function may write counters or stamps: most can't."""
        known = self._telling.get(scope)
        if known is None:
            self._telling[scope] = False
            body = self.engine.program.modules[scope[0]].facts.bodies[scope[1]]
            known = self._telling[scope] = may_tell(body) or any(
                self.may_be_statistics(callee)
                for callee in dict.fromkeys(callee for _, _, callee in self.run(scope).calls)
                if self.leaves_writes(callee)
            )
        return known

    def leaves_writes(self, scope: ScopeId) -> bool:
        """Whether a function may leave writes to its caller; a model's method writes to its row."""
        return bool(self.run(scope).summary.unsettled) or self.roles.is_model(scope)

    def of(self, scope: ScopeId) -> Outcome:
        """What one function writes; nothing where it calls itself again."""
        known = self._known.get(scope)
        if known is None:
            self._known[scope] = Outcome({}, NOTHING)
            if self._depth < _MAX_DEPTH:
                self._depth += 1
                known = self._known[scope] = _Function(self, scope).outcome()
                self._depth -= 1
            else:
                return self._known.pop(scope)
        return known


class _Function:
    """What one function has stored or sent at each place, and not committed yet."""

    def __init__(self, all_of: WrittenContents, scope: ScopeId) -> None:
        self._all = all_of
        self._program = all_of.engine.program
        self.scope = scope
        self.module: Module = self._program.modules[scope[0]]
        run = all_of.run(scope)
        self._operations: dict[int, list[Operation]] = {}
        for operation in run.operations:
            self._operations.setdefault(operation.at, []).append(operation)
        self._callees: dict[tuple[int, int], list[ScopeId]] = {}
        for at, end, callee in run.calls:
            self._callees.setdefault((at, end), []).append(callee)
        body = self.module.body(scope[1])
        self.changed = frozenset(_changed_names(body))
        self.commits: dict[Commit, Contents] = {}

    def outcome(self) -> Outcome:
        """Walk through the function."""
        left = PendingWalk(self).run(self.module.body(self.scope[1]))
        return Outcome(self.commits, left)

    # calls

    def expression(self, root: f.Expr, pending: Contents) -> Contents:
        """What is pending behind an expression."""
        found = [node for node in descend(root) if isinstance(node, f.Call)]
        for call in sorted(found, key=lambda each: each.end):
            pending = self._call(call, pending)
        return pending

    def _call(self, call: f.Call, pending: Contents) -> Contents:
        here = [each for each in self._operations.get(call.at, ()) if each.end == call.end]
        callees = self._callees.get((call.at, call.end), [])
        for operation in here:
            if operation.own:
                pending = self._own(operation, call, pending)
        for callee in callees:
            pending = self._through(callee, call, here, pending)
        if not here and not callees and self._may_change_rows(call):
            pending |= {Written("unknown")}
        if isinstance(call.func, f.Name) and call.func.id == "setattr" and len(call.args) == 3:
            name = literal_text(call.args[1]) or ""
            pending |= self._store(call.args[0], name, call.args[2])
        return pending

    def _own(self, operation: Operation, call: f.Call, pending: Contents) -> Contents:
        kind = operation.effect.kind
        if kind == "commit":
            return self._commit(operation, pending)
        if kind == "rollback":
            return NOTHING
        if kind in ("write", "execute"):
            for written in written_by(self._program, self.scope, call):
                pending |= self._given(written, f.Name(written.name, 0))
        return pending

    def _commit(self, operation: Operation, pending: Contents) -> Contents:
        """Record what a commit writes; nothing is pending behind it."""
        key = (operation.at, operation.effect.place)
        self.commits[key] = self.commits.get(key, NOTHING) | pending
        return NOTHING

    def _through(
        self, callee: ScopeId, call: f.Call, here: list[Operation], pending: Contents
    ) -> Contents:
        """What is pending behind a call of a project function."""
        if not any(each.effect.kind == "commit" for each in here) and not self._all.leaves_writes(
            callee
        ):
            return pending
        inner = self._all.of(callee)
        left = inner.left
        has_committed = False
        for (_, place), contents in inner.commits.items():
            operation = next(
                (each for each in here if not each.own and each.effect.place == place), None
            )
            if operation is None:  # not with these arguments
                left |= contents
            else:
                has_committed = True
                self._commit(operation, pending | self._bound(contents, callee, call))
        if has_committed and self._all.run(callee).summary.commits_always:
            pending = NOTHING
        return pending | self._bound(left, callee, call)

    def _bound(self, contents: Contents, callee: ScopeId, call: f.Call) -> Contents:
        """What a callee writes, with arguments in the place of its parameters."""
        result: Contents = NOTHING
        for written in contents:
            if written.what == "given":
                argument = _argument(
                    self._program.modules[callee[0]], callee[1], call, written.name
                )
                result |= self._given(written, argument)
            else:
                result |= {written}
        return result

    def _given(self, written: Written, added: f.Expr | None) -> Contents:
        """What adding the value of an expression writes."""
        if written.what != "given":
            return frozenset({written})
        if isinstance(added, f.Name) and added.id in self.changed:
            return NOTHING
        params = self.module.facts.scopes[self.scope[1]].params
        if isinstance(added, f.Name) and any(param.name == added.id for param in params):
            return frozenset({Written("given", added.id)})
        return frozenset({Written("rows")})

    def _may_change_rows(self, call: f.Call) -> bool:
        """Whether a call that nothing is known of gets a row that is changed here as well."""
        nodes = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, f.Attr):
            if call.func.attr in _TELLING or is_clock(call):
                return False
            nodes.append(call.func.value)
        if not any(isinstance(node, f.Name) and node.id in self.changed for node in nodes):
            return False
        callees = self._program.static(self.module, self.scope[1], call.func)
        return not any(
            (isinstance(each, v.Ext) and each.name.partition(".")[0] in _HARMLESS)
            or (isinstance(each, v.Bound) and bool(self._program.kind(each.receiver)))
            for each in callees
        )

    # statements

    def statement(self, node: f.Stmt, pending: Contents) -> Contents:
        """What is pending behind a statement without blocks."""
        for expression in expressions_of(node):
            pending = self.expression(expression, pending)
        if isinstance(node, f.Assign):
            for target in node.targets:
                pending |= self._assigned(target, node.value)
        elif isinstance(node, f.Annotated) and node.value is not None:
            pending |= self._assigned(node.target, node.value)
        elif isinstance(node, f.AugAssign) and isinstance(node.target, f.Attr):
            name = node.target.attr
            if self._may_be_row(node.target.value):
                is_counter = node.op.startswith("+") and is_step(node.value)
                pending |= {counted(name) if is_counter else Written("field", name)}
        return pending

    def enter(self, node: f.With, pending: Contents) -> Contents:
        """Commits in what is entered belong to leaving it."""
        if not self._leaving(node):
            for item in node.items:
                pending = self.expression(item.context, pending)
        return pending

    def leave(self, node: f.With, pending: Contents) -> Contents:
        """Leaving a block may commit."""
        for operation in self._leaving(node):
            pending = self._commit(operation, pending)
        return pending

    def failed(self, pending: Contents) -> Contents:
        """A handler may commit what was stored before the exception."""
        return pending

    def repeated(self, items: Contents) -> Contents:
        """What each round stores is many when it is committed behind the loop."""
        return frozenset(each._replace(is_many=True) for each in items)

    def _assigned(self, target: f.Expr, value: f.Expr | None) -> Contents:
        if isinstance(target, f.Attr):
            return self._store(target.value, target.attr, value)
        if isinstance(target, f.Seq):
            return frozenset(each for item in target.items for each in self._assigned(item, None))
        return NOTHING

    def _store(self, owner: f.Expr, name: str, value: f.Expr | None) -> Contents:
        """What storing into an attribute writes: nothing unless its owner may be a row."""
        if not self._may_be_row(owner):
            return NOTHING
        return frozenset({stored(name, value) if name else Written("field", "?")})

    def _may_be_row(self, owner: f.Expr) -> bool:
        for value in self._program.static(self.module, self.scope[1], owner):
            if isinstance(value, v.Ext):  # a proxy, as flask_login.current_user
                last = value.name.rpartition(".")[2]
                return last.islower() and value.name not in _CONTEXTS
            if not isinstance(value, v.Obj):
                continue
            if value.id == "self":
                if self._all.roles.is_model(self.scope):
                    return True
            elif self._all.engine.may_be_entity(value):
                return True
        return False

    def _leaving(self, node: f.With) -> list[Operation]:
        """The commits and rollbacks of leaving a block, in order of their context managers."""
        places = {node.at}
        for item in node.items:
            places.update(
                each.at
                for each in descend(item.context)
                if isinstance(each, (f.Call, f.Name, f.Attr))
            )
        return [
            operation
            for at in sorted(places)
            for operation in self._operations.get(at, ())
            if operation.effect.kind == "commit"
            and (operation.effect.implicit or not operation.own)
        ]


def _changed_names(body: f.Body) -> Iterator[str]:
    """The local names whose attributes a body stores into."""
    for statement in walk(body):
        if isinstance(statement, (f.Assign, f.AugAssign, f.Annotated)):
            for target in targets_of(statement):
                if isinstance(target, f.Attr) and isinstance(target.value, f.Name):
                    yield target.value.id


def _argument(module: Module, callee: int, call: f.Call, name: str) -> f.Expr | None:
    """The argument that a call gives for a parameter of its callee."""
    params = module.facts.scopes[callee].params
    index = next((i for i, param in enumerate(params) if param.name == name), None)
    for keyword in call.keywords:
        if keyword.name == name:
            return keyword.value
    parent = module.facts.scopes[module.facts.scopes[callee].parent]
    if parent.kind == "class" and isinstance(call.func, f.Attr) and index is not None:
        if index == 0:
            return call.func.value
        index -= 1
    return call.args[index] if index is not None and index < len(call.args) else None
