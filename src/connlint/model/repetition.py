"""A commit in a loop in, whether it comes back with every iteration out.

It does not where a flag lets the loop pass only once, and where a callee commits in answer to a
failure that it then passes on.
"""

from __future__ import annotations

from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model.effects import Effect, LoopFrame
from connlint.model.enclosing import Frame, frames_around
from connlint.model.failures import Failures
from connlint.model.names import Module, walk


def answers_failure(failures: Failures, modules: dict[str, Module], effect: Effect) -> bool:
    """Whether a callee only does this in an ``except`` clause that raises in the end."""
    for step in effect.chain[1:]:
        scope = (step.module, step.scope)
        for frame in frames_around(modules[step.module].body(step.scope), step.at):
            is_answer = isinstance(frame.owner, f.Try) and frame.part == "handler"
            if is_answer and failures.endings(scope, frame.block) == {"raise"}:
                return True
    return False


def happens_once(module: Module, scope: int, at: int, loop: LoopFrame) -> bool:
    """Whether a place in a loop stands behind a test that fails after the first time."""
    frames = frames_around(module.body(scope), at)
    inside = [frame for frame in frames if getattr(frame.statement, "at", 0) > loop.at]
    around = next(
        (frame.block for frame in frames if getattr(frame.owner, "at", None) == loop.at), ()
    )
    return any(
        _is_settled_in(frame.block, name, test) and not _is_set_outside(around, frame.block, name)
        for frame in inside
        for test in _tests_of(frame)
        for name in _flags(test)
    )


def _tests_of(frame: Frame) -> Iterator[f.Expr]:
    """The test that has to hold for a block of an ``if`` to be entered, in its parts."""
    if not isinstance(frame.owner, f.If):
        return
    for branch in frame.owner.branches:
        if branch.body is frame.block:
            test = branch.test
            yield from test.values if isinstance(test, f.BoolOp) and test.op == "and" else (test,)


def _flags(test: f.Expr) -> Iterator[str]:
    """The name that a test asks: ``first``, ``not done``, ``found is None``."""
    if isinstance(test, f.Not):
        test = test.value
    elif isinstance(test, f.Compare) and test.ops == ("is",) and test.rights == (f.Const(None),):
        test = test.left
    if isinstance(test, f.Name):
        yield test.id


def _is_settled_in(block: f.Body, name: str, test: f.Expr) -> bool:
    """Whether a block assigns its own flag such that the test fails from then on."""
    for value in _assigned(block, name):
        constant = value.value if isinstance(value, f.Const) else None
        if isinstance(test, f.Name):
            if isinstance(value, f.Const) and not constant:
                return True
        elif isinstance(test, f.Not):
            if constant is True:
                return True
        elif not isinstance(value, f.Const) or constant is not None:
            return True
    return False


def _is_set_outside(around: f.Body, block: f.Body, name: str) -> bool:
    """Whether the loop sets the flag anywhere else, such as back for the next item."""
    return len(list(_assigned(around, name))) > len(list(_assigned(block, name)))


def _assigned(body: f.Body, name: str) -> Iterator[f.Expr]:
    """What the statements of a body assign to a name."""
    for statement in walk(body):
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                if isinstance(target, f.Name) and target.id == name:
                    yield statement.value
