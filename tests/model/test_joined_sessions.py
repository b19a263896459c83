"""Sessions that work on a connection that they are given take part in its transaction."""

from __future__ import annotations

import pytest

from model.written import linked, operations

JOINING = """
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.orm import Session

    def on_a_connection(link: Connection):
        with Session(bind=link) as tx:
            tx.commit()

    def on_one_by_name(connection, row):
        with Session(connection) as tx:
            tx.add(row)
            tx.commit()

    def through_a_call(link: Connection):
        finish(Session(link))

    def finish(tx: Session):
        tx.commit()

    def on_an_engine(engine: Engine):
        with Session(bind=engine) as tx:
            tx.commit()
"""


@pytest.mark.parametrize(
    ("function", "joins"),
    [
        ("on_a_connection", True),
        ("on_one_by_name", True),
        ("through_a_call", True),
        ("finish", False),
        ("on_an_engine", False),
    ],
)
def test_a_session_on_a_connection_joins_its_transaction(function: str, joins: bool) -> None:
    project = linked({"app/jobs.py": JOINING})
    (commit,) = operations(project, f"app.jobs.{function}", "commit")
    assert commit.effect.joins == joins
