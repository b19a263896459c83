"""The applications below ``fixtures/``, without their configuration: what is proposed for them is
what their authors declared, or keeps to what the code shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from connlint.detect.detection import Detection
from detect.written_programs import detected_below

FIXTURES = Path(__file__).parents[2] / "fixtures"


def of(name: str) -> Detection:
    return detected_below(FIXTURES / name)


@pytest.mark.parametrize(
    ("name", "providers", "dependencies", "task_providers"),
    [
        ("job_store", ("database.session.get_db_session",), (), ()),
        ("presentation", ("app.db.database.get_db",), (), ()),
        (
            "scraper",
            ("src.session.async_session.get_session",),
            ("src.session.async_session.get_session_dependency",),
            ("src.session.async_session.get_background_session",),
        ),
        (
            "clips",
            ("app.core.database.worker_session",),
            ("app.core.database.get_db",),
            (),
        ),
    ],
)
def test_the_declared_way_comes_first(
    name: str,
    providers: tuple[str, ...],
    dependencies: tuple[str, ...],
    task_providers: tuple[str, ...],
) -> None:
    sessions = of(name).standard.sessions
    assert sessions.providers[:1] == providers
    assert sessions.dependencies == dependencies
    assert sessions.task_providers == task_providers


@pytest.mark.parametrize(
    ("name", "forbidden"),
    [
        ("job_store", {"database.session.SessionLocal"}),
        (
            "presentation",
            {"app.db.database.SessionLocal", "app.services.thumbnail_index.thumbnail_session"},
        ),
        ("clips", {"app.core.database.SessionLocal"}),
    ],
)
def test_the_declared_factories_are_forbidden(name: str, forbidden: set[str]) -> None:
    assert set(of(name).standard.sessions.forbidden) == forbidden


def test_a_second_session_module_is_no_owner() -> None:
    left_out = {choice.value for choice in of("scraper").left_out}
    assert left_out == {"src/db/direct_session.py", "src/utils/db_helpers.py"}


def test_an_archive_of_its_own_is_an_owner() -> None:
    assert "app/workers/archive.py" in of("clips").standard.sessions.owners


def test_the_states_of_the_job_store_are_those_that_it_declares() -> None:
    states = of("job_store").standard.states
    assert set(states.persist) == {"QUEUED", "COMPLETE", "ERROR", "CANCELLED", "ABANDONED"}
    assert states.transient == ("UPLOADING",)
    assert states.persist_functions == ("redis_job_store.RedisJobStore.persist_to_db",)


@pytest.mark.parametrize("name", ["clips", "presentation", "scraper", "sqlite_server"])
def test_no_states_are_made_up(name: str) -> None:
    states = of(name).standard.states
    assert not states.persist
    assert not states.transient
