"""Values are sessions, or are not, on facts that no parser has seen.

The ways that a session goes, each as the nodes that it comes down to.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connlint.facts import types as f
from model.built import (
    File,
    attr,
    call,
    const,
    do,
    fail,
    give,
    hand_out,
    inside,
    item,
    let,
    linked,
    param,
    ref,
    several,
    wait,
    when,
)
from model.built_factory import factory_file, jobs

Value = Callable[[File], tuple[list[f.Stmt], list[f.Call]]]
"""Builds a module's statements, and gives the commits in them that are a session's."""

VALUES: dict[str, Value] = {}


def value(build: Value) -> Value:
    """Register a way that a session goes."""
    VALUES[build.__name__.replace("_", " ")] = build
    return build


@value
def a_target_of_with(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("s.commit")
    block = inside(call("SessionLocal"), "s", [do(commit)])
    return [file.function("work", (), block)], [commit]


@value
def a_target_of_async_with(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("s.commit")
    block = inside(call("make"), "s", [do(wait(commit))], is_async=True)
    make = let("make", call("async_sessionmaker"))
    taken = file.take("sqlalchemy.ext.asyncio", "async_sessionmaker")
    return [taken, make, file.function("work", (), block, is_async=True)], [commit]


@value
def a_tuple_taken_apart(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit, other = call("s.commit"), call("n.commit")
    unpacked = let(several("n", "s"), several(const(1), call("SessionLocal")))
    return [file.function("work", (), unpacked, do(commit), do(other))], [commit]


@value
def an_assignment_expression(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    opening = f.Bind("s", call("SessionLocal"), 1 << 20)
    commit = call("s.commit")
    return [file.function("work", (), when(opening, [do(commit)]))], [commit]


@value
def what_a_function_returns(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call(attr(call("opened"), "commit"))
    opened = file.function("opened", (), give(call("SessionLocal")))
    return [opened, file.function("work", (), do(commit))], [commit]


@value
def what_a_generator_yields(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("s.commit")
    get_db = file.function(
        "get_db", (), let("s", call("SessionLocal")), do(hand_out("s")),
        decorators=["contextmanager"],
    )  # fmt: skip
    work = file.function("work", (), inside(call("get_db"), "s", [do(commit)]))
    return [file.take("contextlib", "contextmanager"), get_db, work], [commit]


@value
def an_exit_stack(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("s.commit")
    entered = let("s", call("stack.enter_context", call("SessionLocal")))
    block = inside(call("ExitStack"), "stack", [entered, do(commit)])
    return [file.take("contextlib", "ExitStack"), file.function("work", (), block)], [commit]


@value
def an_annotation(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("given.commit")
    work = file.function("work", (param("given", "Session"),), do(commit))
    return [file.take("sqlalchemy.orm", "Session"), work], [commit]


@value
def an_optional_annotation(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("given.commit")
    kind = f.BinOp("|", ref("Session"), f.Const(None))
    work = file.function("work", (param("given", kind),), do(commit))
    return [file.take("sqlalchemy.orm", "Session"), work], [commit]


@value
def an_annotation_in_a_string(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("given.commit")
    checking = when("TYPE_CHECKING", [file.take("sqlalchemy.orm", "Session", checking=True)])
    work = file.function("work", (param("given", const("Session")),), do(commit))
    return [file.take("typing", "TYPE_CHECKING"), checking, work], [commit]


@value
def an_alias_of_an_annotated_dependency(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("given.commit")
    alias = let("Db", item("Annotated", several("Session", call("Depends", "SessionLocal"))))
    work = file.function("work", (param("given", "Db"),), do(commit))
    imports = (
        file.take("typing", "Annotated"),
        file.take("fastapi", "Depends"),
        file.take("sqlalchemy.orm", "Session"),
    )
    return [*imports, alias, work], [commit]


@value
def a_parameter_that_a_caller_gives_a_session(
    file: File,
) -> tuple[list[f.Stmt], list[f.Call]]:
    commit, other = call("thing.commit"), call("thing.commit")
    store = file.function("store", ("thing",), do(commit))
    never = file.function("never", ("thing",), do(other))
    work = file.function("work", (), do(call("store", call("SessionLocal"))))
    return [store, never, work], [commit]


@value
def a_parameter_with_the_name_of_a_session(
    file: File,
) -> tuple[list[f.Stmt], list[f.Call]]:
    commit = call("db.commit")
    used = do(call("db.add", "row"))
    return [file.function("work", ("db", "row"), used, do(commit))], [commit]


@value
def what_is_no_session(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    repository = let("db", call("Repo", const(".")))
    committed = do(call("db.index.commit", const("message")))
    pipeline = let("session", call("Consumer"))
    other = do(call("session.commit"))
    work = file.function("work", (), repository, committed, pipeline, other)
    return [file.take("git", "Repo"), file.take("confluent_kafka", "Consumer"), work], []


@value
def a_way_that_ends_before_it(file: File) -> tuple[list[f.Stmt], list[f.Call]]:
    commit, unreached = call("s.commit"), call("s.commit")
    opened = let("s", call("SessionLocal"))
    return [file.function("work", (), opened, do(commit), fail(), do(unreached))], [commit]


@pytest.mark.parametrize("name", VALUES)
def test_commits_are_those_of_sessions(name: str) -> None:
    file = jobs()
    body, expected = VALUES[name](file)
    file.holds(file.take("app.db", "SessionLocal"), *body)
    project = linked(factory_file(), file)
    own = {
        operation.at
        for scope, operation in project.operations()
        if operation.own and operation.effect.kind == "commit" and project.path(scope) == file.path
    }
    assert own == {node.at for node in expected}
