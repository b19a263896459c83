"""The shipped presets load, alone and together, and say what their kind of code base needs."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from config.projects import RULES, Load
from connlint.config import presets
from connlint.config.checking import check_settings
from connlint.config.globs import matches
from connlint.config.presets import (
    is_preset,
    preset_names,
    preset_summary,
    preset_text,
    read_preset,
)
from connlint.config.roles import declared_role
from connlint.config.standard import Standard
from connlint.errors import RuleLoadError
from connlint.rules.registry import load_rules

NAMES = (
    "fastapi-async",
    "fastapi-sync",
    "flask-jobs",
    "sqlite-pool",
    "store-migration",
    "supavisor",
)
WITH_ROLES = tuple(name for name in NAMES if name != "supavisor")


def _settings(name: str) -> Mapping[str, object]:
    return read_preset(name).table


def test_there_is_one_for_each_kind_of_code_base() -> None:
    assert preset_names() == NAMES
    assert all(map(is_preset, NAMES))
    assert not any(map(is_preset, ["", "../presets/supavisor", "Supavisor", "django"]))


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_sound_and_explained(name: str) -> None:
    sound, issues = check_settings(_settings(name), RULES)
    assert issues == []
    assert msgspec.convert(sound, Standard) != Standard()
    assert preset_summary(name).endswith(".")
    assert preset_text(name).count("\n# ") >= 3


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_about_rules_that_exist(name: str) -> None:
    assert check_settings(_settings(name), load_rules().infos).issues == []


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_names_nothing_of_one_project(name: str) -> None:
    sound, _ = check_settings(_settings(name), RULES)
    standard = msgspec.convert(sound, Standard)
    sessions = standard.sessions
    assert not (sessions.providers or sessions.dependencies or sessions.task_providers)
    assert not (sessions.forbidden or sessions.owners or standard.states.persist_functions)
    globs = [glob for patterns in standard.roles.values() for glob in patterns]
    assert all(glob.startswith("**/") for glob in globs)


def test_all_presets_go_together(load: Load) -> None:
    loaded = load(f"extends = {list(NAMES)!r}\n")
    assert loaded.standard.extends == NAMES
    assert loaded.standard.connection.statement_cache == "disabled"
    assert loaded.standard.states.persist


@pytest.mark.parametrize("name", WITH_ROLES)
@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("tests/services/factories.py", "test"),
        ("app/services/test_jobs.py", "test"),
        ("conftest.py", "test"),
        ("scripts/db/seed_data.py", "script"),
        ("app/main.py", None),
    ],
)
def test_tests_and_scripts_are_told_apart(name: str, path: str, role: str | None) -> None:
    sound, _ = check_settings(_settings(name), RULES)
    assert declared_role(msgspec.convert(sound, Standard).roles, path) == role


@pytest.mark.parametrize(
    ("name", "path", "role"),
    [
        ("fastapi-async", "src/routers/domain_router.py", "router"),
        ("fastapi-async", "src/services/sitemap/processing_service.py", "service"),
        ("fastapi-async", "src/db/engine.py", None),
        ("fastapi-sync", "backend/app/api/routes/jobs.py", "router"),
        ("fastapi-sync", "app/alembic/versions/1.py", "migration"),
        ("fastapi-sync", "app/services/clips.py", None),
        ("flask-jobs", "utils/routes.py", "router"),
        ("flask-jobs", "tasks.py", "task"),
        ("store-migration", "app/repositories/presentation_job_repository.py", "repository"),
    ],
)
def test_roles_follow_the_usual_layout(name: str, path: str, role: str | None) -> None:
    sound, _ = check_settings(_settings(name), RULES)
    assert declared_role(msgspec.convert(sound, Standard).roles, path) == role


def test_the_pooler_preset_is_about_transaction_mode(load: Load) -> None:
    connection = load('extends = ["supavisor"]').standard.connection
    assert any(
        matches(host, "aws-0-eu-central-1.pooler.supabase.com:6543")
        for host in connection.pooler_hosts
    )
    assert (connection.username, connection.ssl_verify) == ("postgres.[project-ref]", "disabled")


def test_the_job_store_keeps_states_that_end_a_job(load: Load) -> None:
    states = load('extends = ["flask-jobs"]').standard.states
    assert {"QUEUED", "COMPLETE", "ERROR", "CANCELLED"} <= set(states.persist)
    assert states.transient == ("UPLOADING",)
    assert states.exempt_roles == ("task",)


def test_the_synchronous_engine_checks_its_connections(load: Load) -> None:
    standard = load('extends = ["fastapi-sync"]').standard
    assert standard.connection.engine_arguments == {"pool_pre_ping": True, "pool_recycle": 3600}
    assert "celery_task_id" in standard.api.internal_fields


@pytest.mark.parametrize("data", [None, b"\xff", b"= 1"], ids=["missing", "no utf-8", "no toml"])
def test_a_preset_that_cannot_be_loaded_fails_closed(
    monkeypatch: pytest.MonkeyPatch, data: bytes | None
) -> None:
    monkeypatch.setattr(presets, "_data", lambda name: data)
    with pytest.raises(RuleLoadError, match=r"^preset supavisor can't be loaded: "):
        read_preset("supavisor")
