"""A commit that a loop repeats in, the intent to put it behind the loop out.

One commit for all rounds is the same as one for each only where a round does nothing but to write
through this session, always comes to its commit, and nothing in it relies on the commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.location import line_of, unpack
from connlint.model import values as v
from connlint.model.enclosing import frames_around
from connlint.model.expressions import targets_of
from connlint.model.name_parts import dotted
from connlint.model.names import walk
from connlint.model.reliance import reliance

if TYPE_CHECKING:
    from connlint.model.effects import LoopFrame, Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_ENDS = frozenset({"acquire", "begin", "close", "rollback"})
_WRITES = frozenset({"write", "flush", "execute"})
_READS_BACK = frozenset({"refresh", "expire", "expire_all", "expunge", "expunge_all"})
_COLLECTS = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})


def behind_loop(project: Project, scope: ScopeId, commit: Operation) -> FixIntent:
    """The intent to move ``commit`` behind the outermost of the counted loops around it."""
    loops = _counted(commit)
    line, column = unpack(loops[0].at)
    return FixIntent(
        kind="commit-behind-loop",
        safety="unsafe",
        title="commit behind the loop",
        data={"loop": f"{line}:{column}"},
        obstacle=_Rounds(project, scope, commit, loops).obstacle(),
    )


def _counted(commit: Operation) -> list[LoopFrame]:
    """The loops around a commit, as far out as one follows another that has an end."""
    found: list[LoopFrame] = []
    for loop in reversed(commit.loops):
        if found and (loop.endless or loop.receives or loop.retry or loop.batches):
            break
        found.insert(0, loop)
    return found


class _Rounds:
    """The rounds of a loop, and what in them is in the way of one commit for all."""

    def __init__(
        self, project: Project, scope: ScopeId, commit: Operation, loops: list[LoopFrame]
    ) -> None:
        self._project = project
        self._scope = scope
        self._commit = commit
        self._loops = loops
        outer = loops[0]
        self._inside = [
            each for each in project.run(scope).operations if outer.at < each.at < outer.end
        ]
        module = project.module(scope[0])
        frames = frames_around(module.body(scope[1]), commit.at)
        owners = (each.owner for each in frames if isinstance(each.owner, f.For))
        self._loop = next((each for each in owners if each.at == outer.at), None)

    def obstacle(self) -> str:
        """Why the commit can't be moved, in words; nothing when it can."""
        return (
            self._of_commit()
            or next(self._in_operations(), "")
            or next(self._in_statements(), "")
            or reliance(self._project, self._scope, self._commit, self._loops[0].end)
        )

    def _of_commit(self) -> str:
        commit, facts = self._commit, self._project.module(self._scope[0]).facts
        last = commit.effect.chain[-1]
        if not commit.own:
            where = self._project.symbol((last.module, last.scope))
            return f"the commit is in {where}, and whoever else calls that counts on it"
        if commit.effect.kind == "autocommit":
            return "the write itself commits, in autocommit mode"
        if commit.effect.implicit:
            return f"leaving the block of {last.text} commits"
        if any(loop.kind != "for" for loop in self._loops) or self._loop is None:
            return "only a for loop is known to have an end that is near"
        if self._loop.is_async:
            return "the rounds wait for what they go through"
        if facts.scopes[self._scope[1]].is_generator:
            return "the function hands something out between the rounds"
        if commit.in_handler or any(at > self._loops[0].at for at in commit.tries):
            return "a try inside the loop deals with its failure"
        return ""

    def _in_operations(self) -> Iterator[str]:
        outer = self._loops[0]
        for handover in self._project.run(self._scope).handovers:
            if outer.at < handover.at < outer.end:
                yield f"line {line_of(handover.at)} starts work that may look for what was written"
        for each in self._inside:
            where = f"line {line_of(each.at)}"
            kind, method = each.effect.kind, each.effect.chain[-1].text.rpartition(".")[2]
            if each.effect.session != self._commit.effect.session:
                if kind not in ("persist", "slow"):
                    yield f"{where} works through another session, which sees what is committed"
            elif kind in _ENDS:
                yield f"{where} begins or ends the transaction itself"
            elif kind == "commit" and each.at != self._commit.at:
                yield f"{where} commits as well"
            elif method in _READS_BACK:
                yield f"{where} reads back what was written"
            elif any(at > outer.at for at in each.tries):
                yield f"{where} is in a try that goes on with the next round"

    def _in_statements(self) -> Iterator[str]:
        """Ways out of a round, and what is done in it besides writing."""
        assert self._loop is not None
        changes = [at for at in self._changes() if at < self._loops[0].end]
        first = min(changes, default=self._commit.at)
        for at in changes:
            if at > self._commit.end:
                yield f"line {line_of(at)} goes on behind it in the same round"
        for statement in walk(self._loop.body):
            at = getattr(statement, "at", 0)
            if isinstance(statement, (f.Return, f.Raise)):
                yield f"line {line_of(at)} leaves the loop without the commit behind it"
            elif isinstance(statement, (f.Break, f.Continue)) and first < at < self._commit.at:
                yield f"line {line_of(at)} leaves the round before its commit"
            elif isinstance(statement, f.Define):
                yield f"line {line_of(at)} defines what may be run later"
            elif isinstance(statement, f.Evaluate) and self._is_unknown(statement.value):
                yield f"line {line_of(at)} does what is not known, and may need the commit"

    def _changes(self) -> Iterator[int]:
        """Where a round writes, or changes what may be a row."""
        assert self._loop is not None
        for each in self._inside:
            if each.effect.kind in _WRITES:
                yield each.at
        for statement in walk(self._loop.body):
            if isinstance(statement, (f.Assign, f.AugAssign, f.Delete)):
                for target in targets_of(statement):
                    if not isinstance(target, f.Name) and self._may_be_row(target):
                        yield statement.at
            elif isinstance(statement, f.Evaluate):
                is_commit = statement.at <= self._commit.at < statement.end
                if not is_commit and not self._is_quiet(statement.value):
                    yield statement.at

    def _may_be_row(self, target: f.Expr) -> bool:
        root = dotted(target).partition(".")[0]
        return not root or self._project.expiry.may_be_row(self._scope, root)

    def _is_quiet(self, value: f.Expr) -> bool:
        return self._project.signals.is_quiet(self._scope, value) or self._collects(value)

    def _collects(self, value: f.Expr) -> bool:
        """Whether something is put into a collection that is no row's."""
        call = value.value if isinstance(value, f.Await) else value
        if not isinstance(call, f.Call) or not isinstance(call.func, f.Attr):
            return False
        is_name = isinstance(call.func.value, f.Name)
        return call.func.attr in _COLLECTS and is_name and not self._may_be_row(call.func.value)

    def _is_unknown(self, value: f.Expr) -> bool:
        """Whether a call is made for its own sake of which it is not known what it does."""
        call = value.value if isinstance(value, f.Await) else value
        if not isinstance(call, f.Call) or self._is_quiet(value):
            return False
        place = (call.at, call.end)
        if any((each.at, each.end) == place for each in self._inside):
            return False
        values = self._project.values(*self._scope, call.func)
        return not values or not all(isinstance(each, v.Func) for each in values)
