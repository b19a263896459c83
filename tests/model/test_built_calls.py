"""What functions reach, on call graphs that are built as graphs.

A graph is a set of functions and the calls between them. Which of them commit is worked out here by
plain reachability, and compared with what the interpreter says of the same graph as facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connlint.facts import types as f
from connlint.model.project import Project
from model.built import (
    File,
    attr,
    call,
    commits,
    const,
    do,
    each,
    give,
    hand_out,
    inside,
    let,
    linked,
    param,
    when,
)
from model.written import scope_of

Graph = Mapping[str, tuple[str, ...]]
"""Functions, each with those that it calls."""

GRAPHS: dict[str, Graph] = {
    "a chain": {"a": ("b",), "b": ("c",), "c": ("end",), "alone": ()},
    "a diamond": {"a": ("b", "c"), "b": ("end",), "c": ("d",), "d": ("end",)},
    "a loop on itself": {"a": ("a", "end"), "b": ("b",)},
    "two that call each other": {"a": ("b",), "b": ("a", "end")},
    "two that call each other in vain": {"a": ("b",), "b": ("a",)},
    "a ring that leaves in the middle": {"a": ("b",), "b": ("c", "end"), "c": ("a",)},
    "a ring inside a ring": {"a": ("b",), "b": ("c", "a"), "c": ("b", "d"), "d": ("end", "a")},
    "two rings that share a function": {
        "a": ("b", "x"), "b": ("a",), "x": ("y",), "y": ("x", "end"), "z": ("a",),
    },
    "a ring below a chain below a ring": {
        "a": ("b",), "b": ("a", "c"), "c": ("d",), "d": ("e",), "e": ("d", "end"),
    },
    "everyone calls everyone": {
        "a": ("a", "b", "c"), "b": ("a", "b", "c"), "c": ("a", "b", "c", "end"),
    },
}  # fmt: skip


def project_of(graph: Graph) -> Project:
    """``end(tx)`` commits; every other function hands ``tx`` to those that it calls."""
    file = File("app/jobs.py", "app.jobs")
    session = file.take("sqlalchemy.orm", "Session")
    end = file.function("end", (param("tx", "Session"),), do(call("tx.commit")))
    functions = [
        file.function(
            name, (param("tx", "Session"),), *(do(call(callee, "tx")) for callee in calls)
        )
        for name, calls in graph.items()
    ]
    return linked(file.holds(session, *functions, end))


def reaching(graph: Graph) -> set[str]:
    """The functions that lead to ``end``."""
    found: set[str] = {"end"}
    while True:
        more = {name for name, calls in graph.items() if found & set(calls)} - found
        if not more:
            return found - {"end"}
        found |= more


def assert_reached(graph: Graph) -> None:
    project = project_of(graph)
    committing = {name for name in graph if commits(project, f"app.jobs.{name}")}
    assert committing == reaching(graph)
    for name in committing:
        for operation in commits(project, f"app.jobs.{name}"):
            hops = [name, *(step.text for step in operation.effect.chain[:-1])]
            assert hops[-1] == "end"
            assert all(after in graph[before] for before, after in pairwise(hops))


@pytest.mark.parametrize("name", GRAPHS)
def test_commits_are_seen_from_where_they_can_be_reached(name: str) -> None:
    assert_reached(GRAPHS[name])


_NAMES = tuple("abcdef")


def graphs(callees: tuple[str, ...]) -> st.SearchStrategy[dict[str, list[str]]]:
    """Graphs of six functions, each of which calls up to three."""
    called = st.lists(st.sampled_from(callees), max_size=3, unique=True)
    return st.fixed_dictionaries(dict.fromkeys(_NAMES, called))


@settings(max_examples=60, deadline=None)
@given(graphs((*_NAMES, "end")))
def test_commits_are_seen_in_any_graph(calls: dict[str, list[str]]) -> None:
    assert_reached({name: tuple(callees) for name, callees in calls.items()})


@settings(max_examples=60, deadline=None)
@given(graphs(_NAMES))
def test_the_call_graph_is_what_was_built(calls: dict[str, list[str]]) -> None:
    project = project_of({name: tuple(callees) for name, callees in calls.items()})
    for name, callees in calls.items():
        found = project.call_graph.callees.get(scope_of(project, f"app.jobs.{name}"), ())
        assert {project.symbol(scope) for scope in found} == {
            f"app.jobs.{each}" for each in callees
        }


def test_the_witness_is_the_shortest_chain() -> None:
    graph = {"a": ("b", "d"), "b": ("c",), "c": ("end",), "d": ("end",)}
    project = project_of(graph)
    summary = project.run(scope_of(project, "app.jobs.a")).summary
    (commit,) = [effect for effect in summary.effects if effect.kind == "commit"]
    assert [step.text for step in commit.chain[:-1]] == ["d", "end"]


Way = Callable[[File], tuple[list[f.Stmt], bool]]
"""Builds the module around ``store(tx)``, which commits; and whether ``work`` gets there."""

WAYS: dict[str, Way] = {}


def way(build: Way) -> Way:
    """Register a case under its name."""
    WAYS[build.__name__.replace("_", " ")] = build
    return build


def work(file: File, *body: f.Stmt) -> f.Define:
    return file.function("work", (param("tx", "Session"), "items", "flag"), *body)


@way
def a_method_of_an_instance(file: File) -> tuple[list[f.Stmt], bool]:
    save = file.function("save", ("self", "tx"), do(call("store", "tx")))
    store = file.class_("Store", (), save)
    return [store, work(file, do(call(attr(call("Store"), "save"), "tx")))], True


@way
def an_inherited_method_through_self(file: File) -> tuple[list[f.Stmt], bool]:
    save = file.function("save", ("self", "tx"), do(call("store", "tx")))
    base = file.class_("Base", (), save)
    run = file.function("run", ("self", "tx"), do(call("self.save", "tx")))
    below = file.class_("Below", ["Base"], run)
    return [base, below, work(file, do(call(attr(call("Below"), "run"), "tx")))], True


@way
def a_method_that_an_override_replaces(file: File) -> tuple[list[f.Stmt], bool]:
    base = file.class_("Base", (), file.function("save", ("self", "tx"), do(call("store", "tx"))))
    below = file.class_("Below", ["Base"], file.function("save", ("self", "tx"), give()))
    return [base, below, work(file, do(call(attr(call("Below"), "save"), "tx")))], False


@way
def an_attribute_with_a_known_class(file: File) -> tuple[list[f.Stmt], bool]:
    save = file.function("save", ("self", "tx"), do(call("store", "tx")))
    store = file.class_("Store", (), save)
    init = file.function("__init__", ("self",), let("self.kept", call("Store")))
    run = file.function("run", ("self", "tx"), do(call("self.kept.save", "tx")))
    holder = file.class_("Holder", (), init, run)
    return [store, holder, work(file, do(call(attr(call("Holder"), "run"), "tx")))], True


@way
def a_namesake_on_what_is_not_known(file: File) -> tuple[list[f.Stmt], bool]:
    save = file.function("save", ("self", "tx"), do(call("store", "tx")))
    return [file.class_("Store", (), save), work(file, do(call("items.save", "tx")))], False


@way
def a_callback(file: File) -> tuple[list[f.Stmt], bool]:
    apply = file.function("apply", ("act", "tx"), do(call("act", "tx")))
    return [apply, work(file, do(call("apply", "store", "tx")))], True


@way
def a_lambda(file: File) -> tuple[list[f.Stmt], bool]:
    act = let("act", file.function_of((), call("store", "tx")))
    return [work(file, act, do(call("act")))], True


@way
def a_nested_function_that_nobody_calls(file: File) -> tuple[list[f.Stmt], bool]:
    return [work(file, file.function("inner", (), do(call("store", "tx"))))], False


@way
def a_decorator_that_keeps_the_function(file: File) -> tuple[list[f.Stmt], bool]:
    inner = file.function("inner", ("tx",), give(call("function", "tx")))
    keeping = file.function("keeping", ("function",), inner, give("inner"))
    kept = file.function("kept", ("tx",), do(call("store", "tx")), decorators=["keeping"])
    return [keeping, kept, work(file, do(call("kept", "tx")))], True


@way
def a_decorator_that_replaces_the_function(file: File) -> tuple[list[f.Stmt], bool]:
    inner = file.function("inner", ("tx",), give())
    dropping = file.function("dropping", ("function",), inner, give("inner"))
    kept = file.function("kept", ("tx",), do(call("store", "tx")), decorators=["dropping"])
    return [dropping, kept, work(file, do(call("kept", "tx")))], False


@way
def a_coroutine_that_nobody_awaits(file: File) -> tuple[list[f.Stmt], bool]:
    later = file.function("later", ("tx",), do(call("store", "tx")), is_async=True)
    return [later, work(file, do(call("later", "tx")))], False


@way
def a_coroutine_that_is_awaited(file: File) -> tuple[list[f.Stmt], bool]:
    later = file.function("later", ("tx",), do(call("store", "tx")), is_async=True)
    awaited = do(f.Await(call("later", "tx"), 1 << 20))
    running = file.function("work", (param("tx", "Session"),), awaited, is_async=True)
    return [later, running], True


@way
def a_generator_that_is_walked(file: File) -> tuple[list[f.Stmt], bool]:
    steps = file.function("steps", ("tx",), do(call("store", "tx")), do(hand_out(const(1))))
    return [steps, work(file, each("n", call("steps", "tx"), []))], True


@way
def a_switch_that_turns_it_off(file: File) -> tuple[list[f.Stmt], bool]:
    finish = file.function(
        "finish", ("tx", param("commit", default=const(True))),
        when("commit", [do(call("store", "tx"))]),
    )  # fmt: skip
    return [finish, work(file, do(call("finish", "tx", commit=const(False))))], False


@way
def a_block_of_its_own(file: File) -> tuple[list[f.Stmt], bool]:
    saved = file.function(
        "saved", ("tx",), do(hand_out("tx")), do(call("store", "tx")),
        decorators=["contextmanager"],
    )  # fmt: skip
    block = inside(call("saved", "tx"), "", [])
    return [file.take("contextlib", "contextmanager"), saved, work(file, block)], True


@way
def a_function_of_another_library(file: File) -> tuple[list[f.Stmt], bool]:
    return [file.take("elsewhere", "finish"), work(file, do(call("finish", "tx")))], False


@pytest.mark.parametrize("name", WAYS)
def test_calls_lead_to_what_they_run(name: str) -> None:
    file = File("app/jobs.py", "app.jobs")
    store = file.function("store", (param("tx", "Session"),), do(call("tx.commit")))
    body, reaches = WAYS[name](file)
    project = linked(file.holds(file.take("sqlalchemy.orm", "Session"), store, *body))
    assert bool(commits(project, "app.jobs.work")) == reaches
