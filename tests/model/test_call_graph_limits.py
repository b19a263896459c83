"""What is not called does nothing, keywords switch commits, and recursion ends."""

from __future__ import annotations

import pytest

from model.call_chains import COMMIT, chains, project_of
from model.written import linked, operations, scope_of


def test_a_function_is_reached_under_another_name() -> None:
    project = linked(
        {
            "app/__init__.py": "from app.store import store as persist",
            "app/store.py": """
            from sqlalchemy.orm import Session

            def store(tx: Session):
                tx.commit()
        """,
            "app/jobs.py": """
            from app import persist

            def work(tx):
                persist(tx)
        """,
        }
    )
    assert chains(project) == [["store", COMMIT]]


SILENT = {
    "a function that is only mentioned": """
        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            return store
    """,
    "a coroutine that nobody awaits": """
        async def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            store(tx)
    """,
    "a task that is started": """
        import asyncio

        async def store(tx: Session):
            tx.commit()

        async def work(tx: Session):
            asyncio.create_task(store(tx))
    """,
    "a thread that is started": """
        from threading import Thread

        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            Thread(target=store, args=(tx,)).start()
    """,
    "a method of the same name of an unrelated class": """
        class Store:
            def save(self, tx: Session):
                tx.commit()

        def work(tx: Session, form):
            form.save()
    """,
    "an override of a sibling": """
        class Base:
            def save(self, tx: Session):
                pass

        class Store(Base):
            def save(self, tx: Session):
                tx.commit()

        class Other(Base):
            pass

        def work(tx: Session):
            Other().save(tx)
    """,
    "an unknown function": """
        from elsewhere import store

        def work(tx: Session):
            store(tx)
    """,
}


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_what_is_not_called_does_nothing(source: str) -> None:
    assert chains(project_of(source)) == []


SWITCHED = """
    def store(tx: Session, job, commit=True):
        tx.add(job)
        if commit:
            tx.commit()

    def by_default(tx: Session, job):
        store(tx, job)

    def switched_on(tx: Session, job):
        store(tx, job, commit=True)

    def switched_off(tx: Session, job):
        store(tx, job, commit=False)

    def by_position(tx: Session, job):
        store(tx, job, False)

    def passed_on(tx: Session, job, commit=False):
        store(tx, job, commit=commit)

    def unknown(tx: Session, job, commit):
        store(tx, job, commit=commit)
"""


@pytest.mark.parametrize(
    ("name", "commits"),
    [
        ("by_default", True), ("switched_on", True), ("switched_off", False),
        ("by_position", False), ("unknown", True),
    ],
)  # fmt: skip
def test_a_keyword_switches_the_commit(name: str, commits: bool) -> None:
    assert bool(chains(project_of(SWITCHED), f"app.jobs.{name}")) is commits


RECURSIVE = {
    "itself": """
        def work(tx: Session, depth):
            tx.commit()
            if depth:
                work(tx, depth - 1)
    """,
    "one another": """
        def even(tx: Session, depth):
            tx.commit()
            odd(tx, depth - 1)

        def odd(tx: Session, depth):
            if depth:
                even(tx, depth - 1)

        def work(tx: Session, depth):
            even(tx, depth)
            odd(tx, depth)
    """,
    "through a method": """
        class Node:
            def __init__(self, children: "list[Node]"):
                self.children = children

            def save(self, tx: Session):
                tx.commit()
                for child in self.children:
                    child.save(tx)

        def work(tx: Session, node: Node):
            node.save(tx)
    """,
    "a ring of three": """
        def first(tx: Session):
            second(tx)

        def second(tx: Session):
            third(tx)
            tx.commit()

        def third(tx: Session):
            first(tx)

        def work(tx: Session):
            first(tx)
    """,
    "a callback that is handed to itself": """
        def call(function, tx: Session):
            tx.commit()
            function(function, tx)

        def work(tx: Session):
            call(call, tx)
    """,
}


@pytest.mark.parametrize("source", RECURSIVE.values(), ids=RECURSIVE)
def test_recursion_ends(source: str) -> None:
    assert chains(project_of(source))


def test_a_class_that_derives_from_itself_ends() -> None:
    project = project_of("""
        class First(Second):
            pass

        class Second(First):
            def save(self, tx: Session):
                super().save(tx)
                tx.commit()

        def work(tx: Session):
            First().save(tx)
    """)
    assert chains(project)


def test_the_call_graph_has_an_edge_for_each_call() -> None:
    project = project_of("""
        def first(tx: Session):
            tx.commit()

        def second(tx: Session):
            first(tx)

        def work(tx: Session):
            second(tx)
    """)
    list(project.runs())
    work, first = scope_of(project, "app.jobs.work"), scope_of(project, "app.jobs.first")
    assert project.call_graph.callees[work] == (scope_of(project, "app.jobs.second"),)
    assert project.calls_into(work, first)
    assert not project.calls_into(first, work)


def test_each_hop_of_a_chain_has_its_place() -> None:
    project = project_of("""
        def store(tx: Session):
            tx.commit()

        def work(tx: Session):
            store(tx)
    """)
    (commit,) = operations(project, "app.jobs.work", "commit")
    assert [(step.symbol, step.line) for step in project.trace(commit.effect)] == [
        ("app.jobs.work", 7),
        ("app.jobs.store", 4),
    ]
