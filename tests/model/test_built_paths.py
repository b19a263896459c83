"""States and transactions hold on paths, not on lines, on control flow built node by node."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connlint.config.standard import Standard, States
from connlint.facts import types as f
from model.built import (
    File,
    attempt,
    attr,
    call,
    case,
    commits,
    const,
    do,
    each,
    fail,
    give,
    let,
    linked,
    match,
    param,
    ref,
    repeat,
    same,
    table,
    when,
)

STANDARD = Standard(
    states=States(fields=("status",), persist=("DONE", "FAILED"), transient=("NEW", "BUSY"))
)
Flow = Callable[[File], tuple[list[f.Stmt], set[str | None]]]
"""Builds the body of ``work(tx: Session, job: Job)``, and gives the states at its last commit."""

FLOWS: dict[str, Flow] = {}


def flow(build: Flow) -> Flow:
    """Register a case under its name."""
    FLOWS[build.__name__.replace("_", " ")] = build
    return build


def state(name: str) -> f.Stmt:
    return let("job.status", const(name))


def commit() -> f.Stmt:
    return do(call("tx.commit"))


@flow
def one_after_the_other(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [state("BUSY"), commit(), state("DONE"), commit()], {"DONE"}


@flow
def two_branches_that_join(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [when("flag", [state("BUSY")], [state("DONE")]), commit()], {"BUSY", "DONE"}


@flow
def a_branch_that_leaves(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [state("DONE"), when("flag", [state("BUSY"), give()]), commit()], {"DONE"}


@flow
def a_branch_that_raises(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [state("DONE"), when("flag", [state("BUSY"), fail()]), commit()], {"DONE"}


@flow
def a_guard(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    test = same("job.status", const("DONE"))
    return [let("job.status", "given"), when(test, [commit()])], {"DONE"}


@flow
def a_guard_that_leaves(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    chosen = when("flag", [state("BUSY")], [state("DONE")])
    guard = when(same("job.status", const("BUSY")), [give()])
    return [chosen, guard, commit()], {"DONE"}


@flow
def a_loop_whose_end_enters_it_again(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    body = [commit(), state("BUSY")]
    return [state("NEW"), each("n", "items", body)], {"NEW", "BUSY"}


@flow
def what_comes_behind_a_loop(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [state("NEW"), each("n", "items", [state("BUSY")]), commit()], {"NEW", "BUSY"}


@flow
def a_loop_that_breaks(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    body = [state("DONE"), f.Break(1 << 20)]
    return [repeat(const(True), body), commit()], {"DONE"}


@flow
def a_handler_sees_all_that_its_try_may_have_done(
    file: File,
) -> tuple[list[f.Stmt], set[str | None]]:
    tried = [do(call("risky")), state("BUSY"), do(call("risky")), state("DONE")]
    handled: list[f.Stmt] = [commit()]
    return [state("NEW"), attempt(tried, ("ValueError", handled))], {"NEW", "BUSY", "DONE"}


@flow
def a_handler_that_says_it_failed(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    tried = [state("BUSY"), do(call("risky"))]
    return [attempt(tried, ("ValueError", [state("FAILED"), commit()]))], {"FAILED"}


@flow
def the_else_of_a_try(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    tried = [state("BUSY"), do(call("risky"))]
    done = [state("DONE"), commit()]
    return [attempt(tried, ("ValueError", [give()]), orelse=done)], {"DONE"}


@flow
def a_finally(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    tried = [state("BUSY"), do(call("risky")), state("DONE")]
    return [attempt(tried, final=[commit()])], {"BUSY", "DONE"}


@flow
def a_case_that_matches(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    matched = match(
        "job.status",
        case([const("DONE"), const("FAILED")], [commit()]),
        case([], [give()]),
    )
    return [let("job.status", "given"), matched], {"DONE", "FAILED"}


@flow
def a_conditional_expression(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    either = f.Cond(ref("flag"), const("DONE"), const("FAILED"))
    return [let("job.status", either), commit()], {"DONE", "FAILED"}


@flow
def a_nested_function_that_is_not_called(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    inner = file.function("inner", (), state("BUSY"))
    return [state("DONE"), inner, commit()], {"DONE"}


@flow
def a_nested_function_that_is_called(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    inner = file.function("inner", (), state("BUSY"))
    return [state("DONE"), inner, do(call("inner")), commit()], {"BUSY"}


@flow
def an_enum_member(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [let("job.status", "Status.BUSY"), commit()], {"BUSY"}


@flow
def the_value_of_an_enum_member(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [let("job.status", "Status.BUSY.value"), commit()], {"BUSY"}


@flow
def a_keyword_of_the_constructor(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    made = call("Job", status=const("BUSY"))
    return [do(call("tx.add", made)), commit()], {"BUSY"}


@flow
def the_default_of_the_column(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [do(call("tx.add", call("Job"))), commit()], {"NEW"}


@flow
def a_keyword_of_values(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    statement = call(attr(call("update", "Job"), "values"), status=const("BUSY"))
    return [do(call("tx.execute", statement)), commit()], {"BUSY"}


@flow
def a_dictionary_for_update(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    query = call("tx.query", "Job")
    return [do(call(attr(query, "update"), table(status=const("BUSY")))), commit()], {"BUSY"}


@flow
def setattr_by_name(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [do(call("setattr", "job", const("status"), const("BUSY"))), commit()], {"BUSY"}


@flow
def a_function_that_is_given_the_state(file: File) -> tuple[list[f.Stmt], set[str | None]]:
    return [do(call("mark", "job", const("BUSY"))), commit()], {"BUSY"}


@pytest.mark.parametrize("name", FLOWS)
def test_states_at_the_last_commit(name: str) -> None:
    file = File("app/jobs.py", "app.jobs")
    imports = (
        file.load("enum"),
        file.take("sqlalchemy", "Column", "Integer", "String", "update"),
        file.take("sqlalchemy.orm", "DeclarativeBase", "Session"),
    )
    status = file.class_(
        "Status", ["enum.Enum"],
        *(let(member, const(member.lower())) for member in ("NEW", "BUSY", "DONE", "FAILED")),
    )  # fmt: skip
    base = file.class_("Base", ["DeclarativeBase"])
    job = file.class_(
        "Job", ["Base"],
        let("__tablename__", const("jobs")),
        let("id", call("Column", "Integer", primary_key=const(True))),
        let("status", call("Column", "String", default=const("NEW"))),
    )  # fmt: skip
    mark = file.function("mark", ("entity", "name"), let("entity.status", "name"))
    body, expected = FLOWS[name](file)
    params = (param("tx", "Session"), param("job", "Job"), "flag", "items", "given")
    work = file.function("work", params, *body)
    project = linked(file.holds(*imports, status, base, job, mark, work), standard=STANDARD)
    assert set(commits(project, "app.jobs.work")[-1].effect.states) == expected


OPEN: dict[str, Callable[[], tuple[list[f.Stmt], f.Stmt]]] = {
    "behind a statement": lambda: ([do(call("tx.execute", "q"))], do(call("tx.begin"))),
    "behind a statement on one of two ways": lambda: (
        [when("flag", [do(call("tx.execute", "q"))])],
        do(call("tx.begin")),
    ),
}
CLOSED: dict[str, Callable[[], tuple[list[f.Stmt], f.Stmt]]] = {
    "at once": lambda: ([], do(call("tx.begin"))),
    "behind a commit": lambda: (
        [do(call("tx.execute", "q")), do(call("tx.commit"))],
        do(call("tx.begin")),
    ),
    "behind a way that left": lambda: (
        [when("flag", [do(call("tx.execute", "q")), give()])],
        do(call("tx.begin")),
    ),
    "behind a rollback in a finally": lambda: (
        [attempt([do(call("tx.execute", "q"))], final=[do(call("tx.rollback"))])],
        do(call("tx.begin")),
    ),
}


def _nested(before: list[f.Stmt], beginning: f.Stmt) -> list[int]:
    file = File("app/jobs.py", "app.jobs")
    work = file.function("work", (param("tx", "Session"), "flag", "q"), *before, beginning)
    project = linked(file.holds(file.take("sqlalchemy.orm", "Session"), work))
    return [nesting.inner.at for nesting in project.nestings]


@pytest.mark.parametrize("name", OPEN)
def test_a_transaction_that_is_open_on_some_path(name: str) -> None:
    before, beginning = OPEN[name]()
    assert isinstance(beginning, f.Evaluate) and isinstance(beginning.value, f.Call)
    assert _nested(before, beginning) == [beginning.value.at]


@pytest.mark.parametrize("name", CLOSED)
def test_a_transaction_that_is_open_on_no_path(name: str) -> None:
    assert _nested(*CLOSED[name]()) == []
