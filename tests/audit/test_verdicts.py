"""What findings mean for the places they stand at: verdicts, remedies, several at one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.auditing import STANDARD, audited, point_at
from connlint.audit.verdicts import VERDICTS, concerns_callers
from connlint.rules.registry import load_rules

LOOP = """
    from db import get_session
    from models import Job

    def store(session, ids):
        for id in ids:
            session.add(Job(id=id))
            session.commit()

    def load(ids):
        with get_session() as session:
            store(session, ids)
"""
CONFIGURED = """
    from sqlalchemy import create_engine

    def make():
        return create_engine("postgresql+psycopg2://postgres@db.internal:5432/app")
"""
CONNECTION = """
    [connection]
    username = "postgres.[project-ref]"
    pooler-hosts = ["*.pooler.example.net:6543"]
    engine-arguments = { pool_pre_ping = true }
"""


def test_every_rule_about_the_code_has_a_verdict() -> None:
    codes = {info.code for info in load_rules(use_cache=False).infos if info.code < "DBC9"}
    assert codes <= set(VERDICTS)


def test_each_finding_at_a_place_says_its_own(tmp_path: Path) -> None:
    view = audited(tmp_path, {"app.py": CONFIGURED}, STANDARD + CONNECTION)
    point = point_at(view, "app.py", "create_engine")
    said = {each.code: each.should_be for each in point.complaints}
    assert said == {
        "DBC104": "The engine of db.py.",
        "DBC401": "A user name of the form `postgres.[project-ref]`.",
        "DBC404": "`*.pooler.example.net:6543`.",
        "DBC406": "`pool_pre_ping=True`.",
    }
    assert point.codes == tuple(sorted(said))
    row = next(row for each in view.tables.sections for flow in each.flows for row in flow.rows
               if each.path == "app.py")  # fmt: skip
    assert [remark.codes for remark in row.remarks] == [(code,) for code in sorted(said)]


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (("DBC101",), True),
        (("DBC302",), True),
        ((), True),
        (("DBC308",), False),
        (("DBC407",), False),
        (("DBC308", "DBC101"), True),
    ],
)
def test_callers_hear_of_what_they_do_by_calling(codes: tuple[str, ...], told: bool) -> None:
    assert concerns_callers(codes) is told


def test_what_callees_do_to_a_session_is_told_where_it_is_opened(tmp_path: Path) -> None:
    view = audited(tmp_path, {"app.py": LOOP})
    assert point_at(view, "app.py", "get_session").purpose == "Load: adds `Job`"
    assert point_at(view, "app.py", "session.commit").purpose == "Store: saves `Job`"
    flows = {flow.title: flow for each in view.tables.sections for flow in each.flows}
    assert flows["Load"].rows[0].about == "Adds `Job`."


def test_a_commit_that_may_stay_is_told_beside_what_is_wrong(tmp_path: Path) -> None:
    code = """
        from db import SessionLocal
        from models import Job

        def finish(id):
            with SessionLocal() as session:
                session.get(Job, id).status = "DONE"
                session.commit()
    """
    view = audited(tmp_path, {"app.py": code})
    flows = {flow.title: flow for each in view.tables.sections for flow in each.flows}
    verdicts = [(remark.verdict, remark.codes) for remark in flows["Finish"].rows[0].remarks]
    assert verdicts == [("fix", ("DBC101",)), ("keep", ())]
    assert flows["Finish"].rows[0].remarks[1].reason.startswith("In line 7: ")
