"""Each statement of the documents that connlint began with, on the application that stands for it.

A row is the document's statement, the code that breaks it, and the rule that says so there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import NamedTuple

import pytest

from cli.running import run_process

FIXTURES = Path(__file__).parents[2] / "fixtures"
Found = dict[str, set[tuple[str, str]]]
"""By rule, the files and the text of the lines where it reports something."""


class Row(NamedTuple):
    """``places`` are the rule, the file and a part of the line where it has to report."""

    statement: str
    application: str
    places: tuple[tuple[str, str, str], ...]


ROWS = (
    Row(
        "000: the job is persisted on creation, while it is UPLOADING",
        "job_store",
        (
            ("DBC201", "routes.py", "job_store.persist_to_db(job_id)"),
            ("DBC201", "uploads.py", "db.commit()"),
        ),
    ),
    Row(
        "000: a commit on every websocket connect and on upload progress",
        "job_store",
        (
            ("DBC301", "websocket.py", "note_activity(key)"),
            ("DBC301", "websocket.py", "update_job_status(job_id, JobStatus.UPLOADING"),
        ),
    ),
    Row(
        "000: the download counter and last_active are written through",
        "job_store",
        (("DBC303", "routes.py", "db.commit()"), ("DBC303", "auth.py", "db.commit()")),
    ),
    Row(
        "000: flushing the log commits",
        "job_store",
        (("DBC304", "db_logger.py", "self.flush()"),),
    ),
    Row(
        "001: one acceptable way to connect: no other factory, import of one, or redundant factory",
        "scraper",
        (
            ("DBC101", "src/utils/db_helpers.py", "async with new_session()"),
            ("DBC102", "src/routers/google_maps_api.py", "async_session_factory,"),
            ("DBC103", "src/db/direct_session.py", "DirectSession = async_sessionmaker("),
            ("DBC104", "src/db/direct_session.py", "direct_engine = create_async_engine("),
        ),
    ),
    Row(
        "001: routes take their session from Depends",
        "scraper",
        (
            ("DBC105", "src/routers/health_router.py", "async with get_session() as session"),
            ("DBC203", "src/routers/domain_router.py", "await session.flush()"),
        ),
    ),
    Row(
        "001: services use the session that they are given",
        "scraper",
        (
            ("DBC106", "src/services/core/validation_service.py", "session_scope() as own_session"),
            ("DBC202", "src/services/core/user_context_service.py", "await session.commit()"),
        ),
    ),
    Row(
        "001: background tasks have a session of their own",
        "scraper",
        (("DBC209", "src/services/job_service.py", "async def note_check("),),
    ),
    Row(
        "001: db_params is passed to tasks",
        "scraper",
        (("DBC107", "src/routers/batch_page_scraper.py", "db_params=db_params"),),
    ),
    Row(
        "001: the pooler's user name, statement cache, and the pooler itself",
        "scraper",
        (
            ("DBC401", "src/db/direct_session.py", "postgresql+asyncpg://postgres:"),
            ("DBC403", "src/db/direct_session.py", "create_async_engine("),
            ("DBC404", "src/db/direct_session.py", "postgresql+asyncpg://postgres:"),
        ),
    ),
    Row(
        "001: filtering by tenant is removed",
        "scraper",
        (("DBC504", "src/services/domain_service.py", "Domain.tenant_id == tenant_id"),),
    ),
    Row(
        "002: a change goes to memory and to the database",
        "presentation",
        (("DBC305", "app/services/presentation_service.py", "setattr(job, key, value)"),),
    ),
    Row(
        "002: errors of the database are swallowed",
        "presentation",
        (("DBC207", "app/services/presentation_service.py", "except Exception as e:"),),
    ),
    Row(
        "002: the migration is half done",
        "presentation",
        (("DBC603", "app/services/presentation_service.py", "self.jobs: Dict"),),
    ),
    Row(
        "002: SQLAlchemy is missing from the requirements",
        "presentation",
        (("DBC409", "app/db/database.py", "from sqlalchemy import"),),
    ),
    Row(
        "003: Depends(get_db) in every route",
        "clips",
        (("DBC105", "app/routers/clips.py", "db = Store()"),),
    ),
    Row(
        "003: engines have pool_pre_ping and pool_recycle",
        "clips",
        (("DBC406", "app/workers/archive.py", "create_engine(settings.archive_url)"),),
    ),
    Row(
        "003: routes have response models, without internal fields",
        "clips",
        (
            ("DBC601", "app/routers/jobs.py", "return job"),
            ("DBC602", "app/models/schemas.py", "id: int"),
            ("DBC602", "app/routers/jobs.py", '"celery_task_id"'),
        ),
    ),
    Row(
        "003: relationships over joins",
        "clips",
        (("DBC505", "app/routers/jobs.py", ".join(Clip"),),
    ),
    Row(
        "003: tables are created at start-up",
        "clips",
        (("DBC604", "app/workers/archive.py", "create_all("),),
    ),
    Row(
        "004: WHERE names the wrong column",
        "sqlite_server",
        (
            ("DBC501", "server/database.py", "return self.execute("),
            ("DBC502", "server/reporting.py", "cursor.execute("),
        ),
    ),
    Row(
        "004: connections leak on exceptions, emergency connections are never closed",
        "sqlite_server",
        (
            ("DBC109", "server/database.py", "self.connection_pool.get_connection()"),
            ("DBC109", "server/database.py", "open_raw_connection("),
        ),
    ),
    Row(
        "004: connections are returned twice",
        "sqlite_server",
        (("DBC112", "server/database.py", "return_connection(conn)"),),
    ),
    Row(
        "004: len(get_all_files())",
        "sqlite_server",
        (("DBC306", "server/server.py", "len(self.db_manager.get_all_files())"),),
    ),
    Row(
        "004: time.time() in the pool",
        "sqlite_server",
        (("DBC408", "server/database.py", "age = time.time()"),),
    ),
    Row(
        "004: WAL is set and not verified",
        "sqlite_server",
        (("DBC407", "server/database.py", "PRAGMA journal_mode=WAL"),),
    ),
    Row(
        "004: transactions are nested",
        "sqlite_server",
        (("DBC204", "server/server.py", "self.db_manager.transaction("),),
    ),
    Row(
        "004: a cache is written without its lock",
        "sqlite_server",
        (("DBC410", "server/database.py", "self._stats_cache = stats"),),
    ),
    Row(
        "004: rows tried are reported as rows written",
        "sqlite_server",
        (("DBC506", "server/database.py", "return len(rows)"),),
    ),
    Row(
        "004: table and column names are dynamic",
        "sqlite_server",
        (("DBC503", "server/database.py", "{table_name}"),),
    ),
)


def _check(application: Path, cache: Path) -> Found:
    done = run_process(
        *("check", "--no-cache", "--format", "json", "--exit-zero"),
        cwd=application,
        environment={"CONNLINT_CACHE_DIR": str(cache)},
    )
    assert done.code == 0, done.err
    found: Found = {}
    for each in json.loads(done.out)["findings"]:
        lines = (application / each["path"]).read_text("utf-8").splitlines()
        text = lines[each["range"]["start"]["line"] - 1]
        found.setdefault(each["code"], set()).add((each["path"], text))
    return found


@pytest.fixture(scope="module")
def found_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Found]:
    """What the command finds in an application, asked for by name."""
    known: dict[str, Found] = {}

    def find(name: str) -> Found:
        if name not in known:
            known[name] = _check(FIXTURES / name, tmp_path_factory.mktemp("cache"))
        return known[name]

    return find


@pytest.mark.xdist_group("seed rows")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.statement)
def test_what_a_document_states_is_found_in_its_application(
    row: Row, found_in: Callable[[str], Found]
) -> None:
    found = found_in(row.application)
    for code, path, part in row.places:
        assert [text for where, text in found[code] if where == path and part in text], (code, path)


@pytest.mark.xdist_group("seed rows")
def test_what_the_documents_allow_is_no_finding(found_in: Callable[[str], Found]) -> None:
    """000: uploads to Redis alone, states worth keeping, and commits of the worker; 003: sessions
    that get_db closes."""
    job_store = found_in("job_store")
    assert not any(path == "redis_job_store.py" for path, _ in job_store["DBC201"])
    assert not any(path == "utils/utils.py" for path, _ in job_store["DBC201"])
    assert "DBC109" not in found_in("clips")


@pytest.mark.parametrize(("demanded", "reports"), [("disabled", False), ("required", True)])
def test_certificates_are_held_against_what_the_standard_demands(
    demanded: str, reports: bool, tmp_path: Path
) -> None:
    """001 demands SSL without verification; a standard with the opposite reports that very code."""
    application = tmp_path / "scraper"
    copytree(FIXTURES / "scraper", application, ignore=ignore_patterns("__pycache__", "golden"))
    standard = application / "connlint.toml"
    text = standard.read_text("utf-8")
    assert 'ssl-verify = "disabled"' in text
    standard.write_text(text.replace('ssl-verify = "disabled"', f'ssl-verify = "{demanded}"'))
    found = _check(application, tmp_path / "cache").get("DBC402", set())
    assert any(path == "src/db/engine.py" for path, _ in found) == reports
