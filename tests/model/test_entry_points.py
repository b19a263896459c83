"""What starts the code from outside is found, with its kind, its name and how often it runs."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent

import pytest

from connlint.config.standard import Events, Standard
from connlint.model.catalog.lookup import CATALOG
from connlint.model.catalog.types import PER_EVENT
from connlint.model.entry_points import EntryPoint
from connlint.model.project import Project
from model.frameworks import FRAMEWORKS
from model.written import linked


def _all(project: Project) -> Iterator[EntryPoint]:
    """The registered entry points, and the functions that loop over events."""
    yield from project.entry_points
    for entry in project.per_event_entries():
        if entry not in project.entry_points:
            yield entry


def _marked(source: str) -> set[tuple[int, str]]:
    return {
        (number, line.rpartition("# ")[2])
        for number, line in enumerate(dedent(source).splitlines(), start=1)
        if " def " in f" {line}" and "  # " in line
    }


@pytest.mark.parametrize("source", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_a_framework_starts_what_is_marked(source: str) -> None:
    found = {(entry.line, entry.kind) for entry in _all(linked({"app/main.py": source}))}
    assert found == _marked(source)


def test_every_library_that_starts_something_is_shown() -> None:
    starting = {
        library.name
        for library in CATALOG.libraries
        if library.registrars or library.bases or library.receives
    }
    assert set(FRAMEWORKS) == starting


def _names(source: str, standard: Standard | None = None) -> set[str]:
    return {entry.name for entry in linked({"app/main.py": source}, standard).entry_points}


NAMES = {
    "FastAPI": {"GET /", "POST /api/jobs/{id}", "GET /plain", "/api/jobs/live"},
    "Flask": {"GET /", "GET /added", "GET Jobs"},
    "Celery": {"first", "second", "third", "Fourth.run"},
    "Flask-SocketIO": {"message", "ping", "Chat.on_join"},
    "Starlette": {"Timed.dispatch", "GET /", "GET Jobs"},
}


@pytest.mark.parametrize(("framework", "names"), NAMES.items(), ids=NAMES)
def test_an_entry_point_has_the_name_that_people_use(framework: str, names: set[str]) -> None:
    assert names <= _names(FRAMEWORKS[framework])


@pytest.mark.parametrize("source", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_the_kind_says_how_often_it_runs(source: str) -> None:
    for entry in linked({"app/main.py": source}).entry_points:
        assert entry.per_event is (entry.kind in PER_EVENT or entry.kind == "websocket")
        assert entry.in_loop is (entry.kind == "websocket")


SHARED = """
    from fastapi import Depends, FastAPI

    app = FastAPI()

    def client(request):
        return request

    def admin(user=Depends(client)):
        return user

    def once(request):
        return request

    @app.get("/a")
    def a(user=Depends(client), extra=Depends(once)):
        pass

    @app.get("/b")
    def b(user=Depends(client)):
        pass

    @app.get("/c")
    def c(user=Depends(admin)):
        pass
"""


def test_a_dependency_of_many_routes_is_a_request_hook() -> None:
    hooks = [
        entry.symbol
        for entry in linked({"app/main.py": SHARED}).entry_points
        if entry.kind == "request-hook"
    ]
    assert hooks == ["app.main.client"]


def test_a_dependency_that_hands_out_sessions_is_none() -> None:
    source = """
        from fastapi import Depends, FastAPI
        from sqlalchemy.orm import Session

        app = FastAPI()

        def get_db(engine):
            with Session(engine) as session:
                yield session

        @app.get("/a")
        def a(db=Depends(get_db)): ...

        @app.get("/b")
        def b(db=Depends(get_db)): ...

        @app.get("/c")
        def c(db=Depends(get_db)): ...
    """
    kinds = {entry.kind for entry in linked({"app/main.py": source}).entry_points}
    assert kinds == {"route"}


OWN = """
    from app.bus import subscribe

    class Listener:
        pass

    class Chat(Listener):
        def on_join(self, name):
            pass

    @subscribe("jobs")
    def received(message):
        pass

    def polled():
        pass

    def handle_a():
        pass

    def handle_b():
        pass
"""


@pytest.mark.parametrize(
    ("events", "symbols"),
    [
        (Events(decorators=("app.bus.subscribe",)), {"app.main.received"}),
        (Events(functions=("app.main.polled",)), {"app.main.polled"}),
        (Events(functions=("app.main.handle_*",)), {"app.main.handle_a", "app.main.handle_b"}),
        (Events(base_classes=("app.main.Listener",)), {"app.main.Chat.on_join"}),
    ],
    ids=["decorators", "functions", "a glob", "base classes"],
)
def test_the_standard_adds_entry_points(events: Events, symbols: set[str]) -> None:
    bus = "def subscribe(topic):\n    return lambda function: function\n"
    project = linked({"app/main.py": OWN, "app/bus.py": bus}, Standard(events=events))
    assert {entry.symbol for entry in project.entry_points} == symbols
    assert all(entry.per_event for entry in project.entry_points)


def test_the_standard_exempts_entry_points() -> None:
    standard = Standard(events=Events(exempt=("app.main.message",)))
    project = linked({"app/main.py": FRAMEWORKS["Flask-SocketIO"]}, standard)
    events = {entry.symbol: entry.per_event for entry in project.entry_points}
    assert not events["app.main.message"]
    assert events["app.main.ping"]


@pytest.mark.parametrize(
    ("pattern", "counts"),
    [("/api/jobs/{id}", True), ("/api/jobs/*", True), ("/api/**", True), ("/jobs/{id}", False)],
)
def test_the_standard_names_routes_by_their_whole_path(pattern: str, counts: bool) -> None:
    standard = Standard(events=Events(routes=(pattern,)))
    project = linked({"app/main.py": FRAMEWORKS["FastAPI"]}, standard)
    (create,) = [each for each in project.entry_points if each.symbol == "app.main.create"]
    assert create.per_event is counts


def test_a_function_is_reached_from_its_entry_points() -> None:
    source = """
        from fastapi import FastAPI
        from sqlalchemy.orm import Session

        app = FastAPI()

        def store(db: Session):
            db.commit()

        @app.post("/a")
        def first(db: Session):
            store(db)

        @app.post("/b")
        def second(db: Session):
            store(db)
    """
    project = linked({"app/main.py": source})
    reached = {
        project.symbol(scope): [entry.name for entry in project.entry_points_of(scope)]
        for scope, _ in project.runs()
    }
    assert reached["app.main.store"] == ["POST /a", "POST /b"]
    assert reached["app.main.first"] == ["POST /a"]
