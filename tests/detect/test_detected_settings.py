"""States, names, roles, connections: proposed where the code is clear, and only there."""

from __future__ import annotations

import pytest

from detect.written_programs import DB, SETTINGS, application, detected, users

STATUS = """
    from enum import Enum


    class JobStatus(str, Enum):
        UPLOADING = "UPLOADING"
        QUEUED = "QUEUED"
        PROCESSING = "PROCESSING"
        COMPLETE = "COMPLETE"
        FAILED = "FAILED"
"""
MODEL = """
    from sqlalchemy import Column, Enum, Integer
    from sqlalchemy.orm import declarative_base

    from app.status import JobStatus

    Base = declarative_base()


    class Job(Base):
        __tablename__ = "jobs"
        id = Column(Integer, primary_key=True)
        phase = Column(Enum(JobStatus), default=JobStatus.UPLOADING)
"""
STORE = """
    import redis

    from app.db import get_session


    class JobStore:
        client = redis.Redis()

        def persist_to_db(self, job_id):
            with get_session() as session:
                session.commit()
"""


def test_states_are_proposed_for_a_store_that_keeps_uploads_in_a_cache() -> None:
    states = detected(application(status=STATUS, models=MODEL, store=STORE)).standard.states
    assert states.fields == ("phase",)
    assert states.persist == ("QUEUED", "COMPLETE", "FAILED")
    assert states.transient == ("UPLOADING",)
    assert states.persist_functions == ("app.store.JobStore.persist_to_db",)


@pytest.mark.parametrize(
    "changes",
    [
        {"store": STORE.replace("redis", "json")},
        {"store": STORE.replace("from app.db import get_session", "get_session = open")},
        {"status": STATUS.replace("UPLOADING", "RUNNING")},
        {"status": STATUS.replace("FAILED", "PAUSED")},
        {"models": MODEL.replace("Enum(JobStatus), default=JobStatus.UPLOADING", "Integer")},
    ],
    ids=["no cache", "no database in the store", "no upload", "one ending", "no column"],
)
def test_states_are_left_alone_where_anything_is_missing(changes: dict[str, str]) -> None:
    program = {"status": STATUS, "models": MODEL, "store": STORE} | changes
    found = detected(application(**program))
    assert not found.standard.states.persist
    assert not found.standard.states.transient
    assert found.standard.states.fields == ("status",)


def test_a_name_that_functions_use_as_a_session_is_added_to_the_usual_ones() -> None:
    user = """
        from app.db import get_session


        def work_{n}():
            with get_session() as sess:
                add_{n}(sess)


        def add_{n}(sess):
            sess.execute("SELECT 1")
    """
    names = detected(application() | users(2, user, "app/more")).standard.sessions.names
    assert names[-1] == "sess"
    assert "db" in names
    assert detected(application()).standard.sessions.names == names[:-1]


def test_settings_that_are_unpacked_into_the_connection_are_a_bundle() -> None:
    tasks = """
        import psycopg2


        def work(job, pg_settings):
            connection = psycopg2.connect(**pg_settings)
            connection.close()


        def start(job, pg_settings):
            work(job, pg_settings)
    """
    sessions = detected(application(tasks=tasks)).standard.sessions
    assert sessions.parameter_bundles == ("pg_settings",)


def test_arguments_that_all_engines_share_are_part_of_the_standard() -> None:
    engine = DB.replace("database_url)", "database_url, pool_pre_ping=True, pool_recycle=1800)")
    reports = """
        from sqlalchemy import create_engine

        from app.settings import settings

        reports = create_engine(settings.archive_url, pool_pre_ping=True)
    """
    found = detected(application(reports=reports) | {"app/db.py": engine})
    assert found.standard.connection.engine_arguments == {"pool_pre_ping": True}
    assert found.choices[-1].reason == "given to 2 engines, all there are"


def test_the_only_host_that_addresses_name_is_the_pooler() -> None:
    pooled = """
        from sqlalchemy.ext.asyncio import create_async_engine

        URL = "postgresql+asyncpg://aws-0.pooler.supabase.com:6543/postgres"
        engine = create_async_engine(URL, connect_args={"statement_cache_size": 0})
    """
    connection = detected({"app/db.py": pooled}).standard.connection
    assert connection.pooler_hosts == ("aws-0.pooler.supabase.com:6543",)
    assert connection.statement_cache == "disabled"
    local = pooled + '    LOCAL = "postgresql+asyncpg://localhost/postgres"\n'
    assert detected({"app/db.py": local}).standard.connection.pooler_hosts == ()


ROUTES = """
    from fastapi import APIRouter

    router = APIRouter()


    @router.get("/a{n}")
    def read_{n}():
        return {n}
"""


def test_a_folder_of_routes_is_one_glob() -> None:
    roles = detected(users(3, ROUTES, "app/anything")).standard.roles
    assert roles == {"router": ("app/anything/**",)}


def test_a_folder_with_other_functions_in_it_has_no_role() -> None:
    files = users(3, ROUTES, "app/routes") | {"app/routes/shared.py": "def help():\n    return 1\n"}
    assert detected(files).standard.roles == {}


def test_names_of_folders_say_nothing_about_roles() -> None:
    plain = "def work_{n}():\n    return 1\n"
    files = users(3, plain, "app/services") | users(3, plain, "app/routers")
    assert detected(files).standard.roles == {}


def test_every_value_of_the_standard_has_its_reason() -> None:
    found = detected(application(status=STATUS, models=MODEL, store=STORE, settings=SETTINGS))
    explained = {(choice.key, choice.value) for choice in found.choices}
    assert {value for key, value in explained if key == "sessions.owners"} == set(
        found.standard.sessions.owners
    )
    assert {value for key, value in explained if key == "states.persist"} == set(
        found.standard.states.persist
    )
    assert all(choice.reason for choice in found.choices)
