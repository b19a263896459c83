"""What part functions and files play: registration, globs, and what the code itself shows."""

from __future__ import annotations

import pytest

from connlint.config.standard import Role, Sessions, Standard
from model.frameworks import FRAMEWORKS
from model.written import linked, scope_of

PLACES = {
    "a route": ("FastAPI", "app.main.index", "router"),
    "a task": ("Celery", "app.main.first", "task"),
    "a background task": ("FastAPI", "app.main.later", "task"),
    "a scheduled job": ("APScheduler", "app.main.tick", "task"),
    "a thread": ("Concurrency", "app.main.thread", "task"),
    "a socket event": ("Flask-SocketIO", "app.main.message", "event"),
    "a websocket": ("FastAPI", "app.main.live", "event"),
    "a log handler": ("logging", "app.main.Stored.emit", "event"),
    "a listener of the ORM": ("SQLAlchemy Core", "app.main.inserted", "event"),
    "a middleware": ("FastAPI", "app.main.timed", "middleware"),
    "a request hook": ("Flask", "app.main.stamp", "middleware"),
    "a command": ("click and Typer", "app.main.first", "script"),
    "a method that nothing starts": ("logging", "app.main.Stored.store", ""),
}


@pytest.mark.parametrize(("framework", "symbol", "role"), PLACES.values(), ids=PLACES)
def test_what_starts_a_function_gives_its_role(framework: str, symbol: str, role: str) -> None:
    project = linked({"app/main.py": FRAMEWORKS[framework]})
    assert project.role(scope_of(project, symbol)) == role


FILES = {
    "a test": ("tests/jobs.py", "def work(): ...", "test"),
    "a test by its name": ("app/test_jobs.py", "def work(): ...", "test"),
    "a test by the end of its name": ("app/jobs_test.py", "def work(): ...", "test"),
    "conftest": ("app/conftest.py", "def work(): ...", "test"),
    "no test": ("app/contest.py", "def work(): ...", ""),
    "no test either": ("app/testing/jobs.py", "def work(): ...", ""),
    "a migration": ("app/versions/1.py", "from alembic import op\ndef work(): ...", "migration"),
    "a revision": ("migrations/1.py", 'revision = "1"\ndef work(): ...', "migration"),
    "its environment": (
        "migrations/env.py", "from alembic import context\ndef work(): ...", "migration",
    ),
    "something else beside migrations": ("migrations/tool.py", "def work(): ...", ""),
    "an owner": ("app/db.py", "def work(): ...", "owner"),
    "a service by folder alone": ("app/services/jobs.py", "def work(): ...", ""),
    "a repository by name alone": ("app/job_repository.py", "def work(): ...", ""),
}  # fmt: skip


@pytest.mark.parametrize(("path", "source", "role"), FILES.values(), ids=FILES)
def test_what_a_file_is_gives_its_role(path: str, source: str, role: str) -> None:
    project = linked({path: source}, Standard(sessions=Sessions(owners=("app/db.py",))))
    assert project.roles.of_file(path) == role
    module = path.removesuffix(".py").replace("/", ".")
    assert project.role(scope_of(project, f"{module}.work")) == role


def test_a_model_is_known_by_its_base() -> None:
    source = """
        from sqlalchemy.orm import DeclarativeBase, declarative_base

        class Base(DeclarativeBase):
            pass

        Older = declarative_base()

        class Job(Base):
            def finish(self): ...

        class Log(Older):
            def finish(self): ...

        class Plain:
            def finish(self): ...
    """
    project = linked({"app/models.py": source})
    roles = {
        name: project.role(scope_of(project, f"app.models.{name}.finish"))
        for name in ("Job", "Log", "Plain")
    }
    assert roles == {"Job": "model", "Log": "model", "Plain": ""}


GLOBS = Standard(
    roles={
        "service": ("app/**",),
        "router": ("app/web/**",),
        "repository": ("app/web/store.py",),
        "task": ("app/*/work*.py",),
    }
)


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app/jobs.py", "service"),
        ("app/web/jobs.py", "router"),
        ("app/web/store.py", "repository"),
        ("app/web/work.py", "task"),
        ("other/jobs.py", ""),
    ],
)
def test_the_most_specific_glob_wins(path: str, role: str) -> None:
    project = linked({path: "def work(): ..."}, GLOBS)
    assert project.roles.declared(path) == role
    assert project.roles.of_file(path) == role


@pytest.mark.parametrize("order", [("service", "test"), ("test", "service")])
def test_between_equal_globs_the_order_of_the_standard_does_not_count(
    order: tuple[Role, Role],
) -> None:
    globs: dict[Role, tuple[str, ...]] = {
        "service": ("**/services/**",),
        "test": ("**/checking/**",),
    }
    standard = Standard(roles={role: globs[role] for role in order})
    path = "services/checking/jobs.py"
    project = linked({path: "def work(): ...\n"}, standard)
    assert project.roles.of_file(path) == "test"


def test_registration_wins_over_a_glob_for_the_one_function() -> None:
    standard = Standard(roles={"router": ("app/**",)})
    project = linked({"app/main.py": FRAMEWORKS["Celery"]}, standard)
    assert project.role(scope_of(project, "app.main.first")) == "task"
    assert project.role(scope_of(project, "app.main.Fourth")) == "router"


def test_a_glob_wins_over_a_route() -> None:
    standard = Standard(roles={"service": ("app/**",)})
    project = linked({"app/main.py": FRAMEWORKS["FastAPI"]}, standard)
    assert project.role(scope_of(project, "app.main.index")) == "service"


def test_a_task_inside_a_test_stays_a_test() -> None:
    project = linked({"tests/test_main.py": FRAMEWORKS["Celery"]})
    assert project.role(scope_of(project, "tests.test_main.first")) == "test"
