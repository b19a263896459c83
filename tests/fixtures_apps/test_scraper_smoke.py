"""The scraper works, its smoke run would notice when it did not, and covers what it has to."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures_apps.smoke_run import copy_of, not_executed, replace, run_smoke

BREAKAGES = {
    "a background task loses what it found": (
        "src/routers/google_maps_api.py",
        "                async with bg_session.begin():\n                    for",
        "                if True:\n                    for",
    ),
    "a direct session is not committed": (
        "src/db/direct_session.py",
        "            await session.commit()\n",
        "            await session.flush()\n",
    ),
    "a legacy scan never ends": (
        "src/services/sitemap/processing_service.py",
        "            job.progress = 100\n            await session.commit()\n",
        "            job.progress = 100\n            await session.flush()\n",
    ),
    "results of a batch are not counted": (
        "src/services/batch/batch_processor_service.py",
        '                batch.status = "complete"\n            await session.commit()\n',
        '                batch.status = "complete"\n            await session.flush()\n',
    ),
    "a session factory is gone": (
        "src/session/__init__.py",
        "from .async_session import async_session_factory as SessionFactory\n",
        "SessionFactory = None\n",
    ),
    "a domain is not renamed": (
        "src/db/domain_handler.py",
        "            domain.domain = new\n            await session.commit()\n",
        "            domain.domain = new\n",
    ),
}


def test_application_works(tmp_path: Path) -> None:
    run = run_smoke(copy_of("scraper", tmp_path))
    assert run.exit_code == 0, run.errors
    observed = run.observed
    assert observed["sitemap"]["legacy"] == ["complete", 100]
    assert observed["places"]["search"] == [202, "complete", 100]
    assert observed["batch"]["status"] == {"status": "complete", "completed": 2, "failed": 1}
    assert observed["pages"]["pages"] == [["/", "Home"], ["/about", "About"]]


def test_two_runs_observe_the_same(tmp_path: Path) -> None:
    tree = copy_of("scraper", tmp_path)
    assert run_smoke(tree).output == run_smoke(tree).output


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_smoke_notices_that(breakage: str, tmp_path: Path) -> None:
    tree = copy_of("scraper", tmp_path)
    replace(tree, *BREAKAGES[breakage])
    assert run_smoke(tree).exit_code == 1


def test_smoke_runs_every_forbidden_opening(tmp_path: Path) -> None:
    missed = not_executed("scraper", tmp_path, "DBC101", "DBC102", "DBC103", "DBC104")
    # The interpreter reports a parenthesised import at its first line; a pooler needs a network.
    assert missed == [
        "src/routers/google_maps_api.py:async_session_factory,",
        "scripts/db/test_connection.py:asyncpg.connect(",
    ]
