"""Files by connection type, priorities, remedies, stores and configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.auditing import STANDARD, audited
from connlint.audit.configuration import Configured
from connlint.report.audit_view import AuditView

OPENING = """
    from db import {name}

    def load():
        with {call} as session:
            return session.execute("select 1")
"""


def file_types(view: AuditView) -> dict[str, str]:
    return {row.path: row.connection_type for row in view.files}


def test_files_are_classified_by_how_they_get_connections(tmp_path: Path) -> None:
    files = {
        "a_provider.py": OPENING.format(name="get_session", call="get_session()"),
        "b_factory.py": OPENING.format(name="SessionLocal", call="SessionLocal()"),
        "c_session.py": """
            from sqlalchemy.orm import Session

            from db import engine

            def load():
                with Session(engine) as session:
                    return session.execute("select 1")
        """,
        "d_given.py": """
            from sqlalchemy.orm import Session

            def load(session: Session):
                return session.execute("select 1")
        """,
        "e_driver.py": """
            import sqlite3

            def load():
                conn = sqlite3.connect("x")
                conn.close()
        """,
        "f_redundant.py": """
            from sqlalchemy.orm import sessionmaker

            Maker = sessionmaker()
        """,
        "g_plain.py": "print('nothing')\n",
        "migrations/m.py": """
            from alembic import op

            def upgrade():
                op.execute("select 1")
        """,
    }
    found = file_types(audited(tmp_path, files))
    assert {path: kind for path, kind in found.items() if not path.startswith("migrations")} == {
        "a_provider.py": "provider session",
        "b_factory.py": "direct factory call",
        "c_session.py": "direct session creation",
        "d_given.py": "session parameter",
        "db.py": "main session factory",
        "e_driver.py": "direct driver connection",
        "f_redundant.py": "redundant factory",
        "models.py": "model",
    }


def test_usage_says_how_a_file_uses_the_database(tmp_path: Path) -> None:
    code = OPENING.format(name="get_session", call="get_session()")
    view = audited(tmp_path, {"app.py": code})
    row = next(each for each in view.files if each.path == "app.py")
    assert row.usage == "1 session from get_session; 1 read"
    assert (row.group, row.issues) == ("utilities", "")


EVENT = """
    from flask_socketio import SocketIO

    from db import get_session
    from models import Job

    socketio = SocketIO()

    @socketio.on("progress")
    def note_progress(data):
        with get_session() as session:
            session.add(Job(id=data["id"]))
            session.commit()
"""


def test_what_runs_for_every_event_comes_first(tmp_path: Path) -> None:
    files = {
        "z_event.py": EVENT,
        "a_import.py": "from db import SessionLocal\n",
        "a_open.py": OPENING.format(name="SessionLocal", call="SessionLocal()"),
    }
    items = audited(tmp_path, files).tables.priorities
    assert [(item.priority, item.path, item.code) for item in items][:2] == [
        ("critical", "z_event.py", "DBC301"),
        ("high", "a_open.py", "DBC101"),
    ]
    reason = "Event handler that runs for every event (socket event progress)."
    assert (items[0].reason, items[0].severity) == (reason, "error")
    assert items[0].should_be
    assert not any(item.done for item in items)


def test_remedies_sort_what_stays_from_what_goes(tmp_path: Path) -> None:
    code = """
        from db import get_session
        from models import Job

        def finish(id):
            with get_session() as session:
                session.get(Job, id).status = "DONE"
                session.commit()

        def begin(id):
            with get_session() as session:
                session.get(Job, id).status = "UPLOADING"
                session.commit()
    """
    found = audited(tmp_path, {"app.py": code, "event.py": EVENT}).tables.remedies
    assert [(each.reason, [m.title for m in each.points]) for each in found.essential] == [
        ("Status transitions that the standard persists", ["Finish"])
    ]
    assert [(each.title, each.lines) for each in found.optimise] == [
        ("Begin", (12,)),
        ("Note progress", (12,)),
    ]
    assert [each.finding.code for each in found.high_impact] == ["DBC201", "DBC301"]


STORE = """
    from db import get_session
    from models import Job

    class JobService:
        def __init__(self):
            self.jobs = {}

        def create(self, id):
            self.jobs[id] = Job(id=id)

        def find(self, id):
            return self.jobs.get(id)

        def finish(self, id):
            if id in self.jobs:
                self.jobs[id].status = "DONE"
            with get_session() as session:
                job = session.get(Job, id)
                job.status = "DONE"
                session.commit()

        def forget(self, id):
            self.jobs.pop(id, None)
            with get_session() as session:
                session.delete(session.get(Job, id))
                session.commit()
"""


def test_a_half_done_move_to_the_database_is_seen(tmp_path: Path) -> None:
    (store,) = audited(tmp_path, {"service.py": STORE}).tables.stores
    memory = {action: [use.method for use in uses] for action, uses in store.memory.items()}
    database = {action: [use.method for use in uses] for action, uses in store.database.items()}
    assert (store.name, store.container, store.phase) == ("JobService", "self.jobs", "dual-write")
    assert memory == {
        "create": ["create"],
        "read": ["find"],
        "update": ["finish"],
        "delete": ["forget"],
    }
    assert database == {"create": [], "read": [], "update": ["finish"], "delete": ["forget"]}
    assert store.missing == ("create", "read")


def test_a_cache_of_something_else_is_no_store(tmp_path: Path) -> None:
    code = STORE.replace("session.delete(session.get(Job, id))", "pass").replace(
        'job.status = "DONE"', "print(job)"
    )
    assert audited(tmp_path, {"service.py": code}).tables.stores == ()


CACHED_STORE = """
    import redis

    from db import get_session
    from models import Job

    class JobCache:
        def __init__(self, client: redis.Redis):
            self.client = client

        def create(self, id):
            self.client.hset(id, mapping={})

        def find(self, id):
            return self.client.hgetall(id)

        def persist(self, id):
            kept = self.find(id)
            with get_session() as session:
                session.add(Job(id=id, note=kept["note"]))
                session.commit()
"""


def test_a_cache_whose_class_writes_rows_is_a_store(tmp_path: Path) -> None:
    (store,) = audited(tmp_path, {"service.py": CACHED_STORE}).tables.stores
    assert (store.container, store.is_cache, store.phase) == ("self.client", True, "dual-write")
    assert [use.method for use in store.memory["create"]] == ["create"]
    assert [use.method for use in store.database["create"]] == ["persist"]
    apart = CACHED_STORE.replace("kept = self.find(id)", "kept = {'note': ''}")
    assert audited(tmp_path, {"service.py": apart}).tables.stores == ()


def test_rows_of_a_store_that_others_change_are_told(tmp_path: Path) -> None:
    other = """
        from fastapi import FastAPI

        from db import get_session
        from models import Job

        app = FastAPI()

        @app.post("/jobs")
        def add(id):
            with get_session() as session:
                session.add(Job(id=id))
                session.commit()
    """
    (store,) = audited(tmp_path, {"service.py": STORE, "routes.py": other}).tables.stores
    assert [(use.method, use.path) for use in store.database["create"]] == [("add", "routes.py")]
    assert store.missing == ("read",)


def test_a_repository_that_nobody_calls_is_infrastructure(tmp_path: Path) -> None:
    code = """
        from models import Job

        class JobRepository:
            def create(self, session, id):
                session.add(Job(id=id))
                session.flush()
    """
    standard = f'{STANDARD}\n    [roles]\n    repository = ["repo.py"]\n'
    (store,) = audited(tmp_path, {"repo.py": code}, standard).tables.stores
    assert (store.phase, store.uncalled) == ("infrastructure", ("create",))
    used = code + "\n\n        def use(session):\n            JobRepository().create(session, 1)\n"
    (store,) = audited(tmp_path, {"repo.py": used}, standard).tables.stores
    assert (store.phase, store.uncalled) == ("database only", ())


CONNECTION = f"""{STANDARD}
    [connection]
    username = "postgres.[project-ref]"
    pooler-hosts = ["*.pooler.example.com:6543"]
    statement-cache = "disabled"
    engine-arguments = {{ pool_pre_ping = true, pool_recycle = 3600 }}
"""


def answers(view: AuditView, path: str) -> dict[str, tuple[str, str]]:
    rows: list[Configured] = [row for row in view.tables.configuration if row.path == path]
    return {check.setting: (check.found, check.complies) for row in rows for check in row.checks}


def test_engines_are_held_against_the_standard(tmp_path: Path) -> None:
    code = """
        import os
        from sqlalchemy import create_engine

        engine = create_engine(
            "postgresql+asyncpg://postgres:x@db.example.com:5432/app",
            pool_pre_ping=True,
            pool_recycle=int(os.environ["RECYCLE"]),
        )
    """
    found = answers(audited(tmp_path, {"engines.py": code}, CONNECTION), "engines.py")
    assert found["database"] == ("postgres with asyncpg", "yes")
    assert found["pool_pre_ping"] == ("True", "yes")
    assert found["pool_recycle"] == ('int(os.environ["RECYCLE"])', "unknown")
    assert found["user name"] == ("postgres", "no")
    assert found["host"] == ("db.example.com:5432", "no")
    assert found["statement cache"] == ("not set", "no")


def test_parts_that_are_not_constant_are_followed_as_far_as_they_are(tmp_path: Path) -> None:
    code = """
        import asyncpg

        async def open(settings):
            return await asyncpg.connect(
                user=f"postgres.{settings.ref}",
                host=settings.host,
                port=6543,
                statement_cache_size=0,
            )
    """
    found = answers(audited(tmp_path, {"opening.py": code}, CONNECTION), "opening.py")
    assert found["user name"] == ("postgres.{ref}", "yes")
    assert found["host"] == ("{host}:6543", "unknown")
    assert found["statement cache"] == ("statement_cache_size=0", "yes")


SSL = """
    import ssl
    from sqlalchemy import URL, create_engine

    def context():
        made = ssl.create_default_context()
        made.check_hostname = False
        made.verify_mode = ssl.{mode}
        return made

    address = URL.create(
        "postgresql+asyncpg", username="postgres.abc", host="x.pooler.example.com", port=6543
    )
    arguments = {{"ssl": context(), "statement_cache_size": {size}}}
    engine = create_engine(address, connect_args=arguments)
"""


@pytest.mark.parametrize(
    ("mode", "wanted", "complies"),
    [
        ("CERT_NONE", "disabled", "yes"),
        ("CERT_NONE", "required", "no"),
        ("CERT_REQUIRED", "required", "yes"),
        ("CERT_REQUIRED", "disabled", "no"),
    ],
)
def test_certificates_are_followed_as_the_rule_does(
    tmp_path: Path, mode: str, wanted: str, complies: str
) -> None:
    standard = f'{CONNECTION}\n    ssl-verify = "{wanted}"\n'
    code = SSL.format(mode=mode, size=0)
    view = audited(tmp_path, {"engines.py": code}, standard)
    found = answers(view, "engines.py")
    assert found["certificate"][1] == complies
    has_finding = any(each.code == "DBC402" for each in view.tables.findings)
    assert has_finding is (complies == "no")
    assert found["user name"] == ("postgres.abc", "yes")
    assert found["host"] == ("x.pooler.example.com:6543", "yes")


@pytest.mark.parametrize(("size", "complies"), [("0", "yes"), ("100", "no"), ("SIZE", "unknown")])
def test_the_statement_cache_is_followed_through_dictionaries(
    tmp_path: Path, size: str, complies: str
) -> None:
    code = SSL.format(mode="CERT_NONE", size=size)
    found = answers(audited(tmp_path, {"engines.py": code}, CONNECTION), "engines.py")
    assert found["statement cache"][1] == complies


@pytest.mark.parametrize("url", ["sqlite:///jobs.db", "duckdb:///x"])
def test_a_database_in_a_file_has_nobody_to_log_in(tmp_path: Path, url: str) -> None:
    code = f'from sqlalchemy import create_engine\n\nengine = create_engine("{url}")\n'
    found = answers(audited(tmp_path, {"engines.py": code}, CONNECTION), "engines.py")
    assert set(found) == {"database"}


def test_the_method_tells_how_far_calls_were_followed(tmp_path: Path) -> None:
    code = """
        from db import get_session

        def load(anything):
            with get_session() as session:
                session.execute("select 1")
            anything.happens()
    """
    method = audited(tmp_path, {"app.py": code}).tables.method
    assert method.unknown_names == (("….happens", 1),)
    assert (method.unknown, method.calls) == (
        1,
        method.to_project + method.to_libraries + 1,
    )
