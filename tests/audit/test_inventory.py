"""Which places are connection points, how far they reach, and what becomes of each and why."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

from audit.auditing import STANDARD, audit, audited, options, point_at, points_in, write
from connlint.cli.audit import audit_view
from connlint.config.loading import load_standard
from connlint.pipeline import Analysis, Request
from connlint.report.audit_html import page
from connlint.rules.registry import load_rules

ROUTE = """
    from flask import Flask

    from db import get_session
    from models import Job

    app = Flask(__name__)


    @app.post("/jobs/<id>/note")
    def save_note(id):
        with get_session() as session:
            job = session.get(Job, id)
            job.note = "x"
            session.commit()
"""


def test_every_operation_of_a_session_is_a_point(tmp_path: Path) -> None:
    view = audited(tmp_path, {"app.py": ROUTE})
    found = [(point.line, point.kind, point.verdict) for point in points_in(view, "app.py")]
    assert found == [(11, "acquire", "keep"), (12, "read", "keep"), (14, "commit", "keep")]


def test_a_with_block_is_the_extent_of_its_session(tmp_path: Path) -> None:
    point = point_at(audited(tmp_path, {"app.py": ROUTE}), "app.py", "get_session()")
    assert (point.place.span.line, point.place.extent.end_line) == (11, 14)
    assert point.place.at_exit == ("close",)


def test_a_session_closed_by_a_call_reaches_to_that_call(tmp_path: Path) -> None:
    code = """
        from db import SessionLocal

        def load():
            session = SessionLocal()
            try:
                return session.execute("select 1")
            finally:
                session.close()
    """
    point = point_at(audited(tmp_path, {"app.py": code}), "app.py", "SessionLocal()")
    assert (point.line, point.place.extent.end_line) == (4, 8)


def test_reasons_say_who_wants_the_write_and_what_it_is(tmp_path: Path) -> None:
    view = audited(tmp_path, {"app.py": ROUTE})
    assert point_at(view, "app.py", "session.commit").reason == (
        "User-initiated (POST /jobs/<id>/note): sets `note`."
    )
    assert point_at(view, "app.py", "session.get").reason == (
        "Reads `Job`; reading commits nothing."
    )
    assert "as the standard wants" in point_at(view, "app.py", "get_session").reason


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("select(Job)", "Reads `Job`; reading commits nothing."),
        ("select(Job).where(Job.id == 1)", "Reads `Job`; reading commits nothing."),
        ('text("SELECT id FROM jobs")', "Reads `jobs`; reading commits nothing."),
    ],
)
@pytest.mark.parametrize("built", [True, False], ids=["before", "in place"])
def test_a_statement_is_seen_wherever_it_is_built(
    tmp_path: Path, statement: str, reason: str, built: bool
) -> None:
    code = f"""
        from sqlalchemy import select, text

        from db import get_session
        from models import Job

        def load():
            statement = {statement}
            with get_session() as session:
                return session.execute({"statement" if built else statement})
    """
    point = point_at(audited(tmp_path, {"app.py": code}), "app.py", "session.execute")
    assert point.reason == reason


def test_the_calls_of_helpers_are_no_points_of_their_own(tmp_path: Path) -> None:
    code = (
        ROUTE
        + """

    def twice(id):
        save_note(id)
        save_note(id)
"""
    )
    view = audited(tmp_path, {"app.py": code})
    assert not [point for point in points_in(view, "app.py") if "save_note(" in point.place.call]


def test_a_forbidden_factory_has_to_be_replaced_by_the_provider(tmp_path: Path) -> None:
    code = """
        from db import SessionLocal

        def load():
            with SessionLocal() as session:
                return session.execute("select 1")
    """
    view = audited(tmp_path, {"app.py": code})
    call, imported = point_at(view, "app.py", "SessionLocal"), point_at(view, "app.py", "from db")
    assert (call.verdict, call.codes) == ("fix", ("DBC101",))
    assert call.should_be == "`with get_session() as session:`"
    assert (imported.kind, imported.verdict, imported.codes) == ("import", "fix", ("DBC102",))
    assert imported.should_be == "`from db import get_session`"


def test_a_factory_that_is_handed_on_is_a_point_where_it_is_handed_on(tmp_path: Path) -> None:
    code = """
        from db import SessionLocal

        def load(make):
            with make() as session:
                return session.execute("select 1")

        def main():
            return load(SessionLocal)
    """
    point = point_at(audited(tmp_path, {"app.py": code}), "app.py", "SessionLocal")
    assert (point.line, point.verdict, point.codes) == (8, "fix", ("DBC101",))


def test_owners_may_define_and_open(tmp_path: Path) -> None:
    points = points_in(audited(tmp_path, {}), "db.py")
    assert [(point.kind, point.place.call) for point in points] == [
        ("define", 'engine = create_engine("sqlite://")'),
        ("define", "SessionLocal = sessionmaker(bind=engine)"),
        ("define", "def get_session()"),
        ("acquire", "SessionLocal()"),
        ("rollback", "session.rollback()"),
        ("close", "session.close()"),
    ]
    assert {point.verdict for point in points} == {"keep"}
    assert points[2].reason == (
        "The standard's provider, a context manager; it rolls back on an error and closes at the "
        "end."
    )


def test_an_injected_session_is_acquired_at_its_parameter(tmp_path: Path) -> None:
    files = {
        "deps.py": """
            from db import SessionLocal

            def get_db():
                session = SessionLocal()
                try:
                    yield session
                finally:
                    session.close()
        """,
        "app.py": """
            from fastapi import APIRouter, Depends
            from sqlalchemy.orm import Session

            from deps import get_db

            router = APIRouter()

            @router.get("/jobs")
            def jobs(db: Session = Depends(get_db)):
                return db.execute("select 1")
        """,
    }
    standard = STANDARD.replace(
        'owners = ["db.py"]', 'owners = ["db.py", "deps.py"]\ndependencies = ["deps.get_db"]'
    )
    point = point_at(audited(tmp_path, files, standard), "app.py", "db: Session")
    assert (point.kind, point.place.provider, point.verdict) == ("acquire", "deps.get_db", "keep")
    assert point.reason == "Injected by `get_db`, as the standard wants; it closes at the end."


def test_a_finding_that_is_accepted_in_the_code_keeps_its_place(tmp_path: Path) -> None:
    code = """
        from db import SessionLocal  # connlint: ignore[DBC102] the tool needs it

        def load():
            session = SessionLocal()  # connlint: ignore[DBC101] closed by the caller
            return session
    """
    point = point_at(audited(tmp_path, {"app.py": code}), "app.py", "SessionLocal()")
    assert (point.verdict, point.codes) == ("keep", ())
    assert point.reason == "DBC101 is accepted here: closed by the caller."


def test_urls_and_pragmas_configure_and_passwords_stay_hidden(tmp_path: Path) -> None:
    files = {
        "settings.py": 'URL = "postgresql://app:s3cret@host/app"\nOTHER = "https://a:b@host/"\n',
        "tune.py": """
            import sqlite3

            def tune(path):
                conn = sqlite3.connect(path)
                conn.execute("PRAGMA journal_mode=WAL")
                conn.execute("PRAGMA table_info(jobs)")
                conn.close()
        """,
    }
    view = audited(tmp_path, files)
    url = points_in(view, "settings.py")
    assert [(point.kind, point.place.call) for point in url] == [
        ("configure", 'URL = "postgresql://app:***@host/app"')
    ]
    kinds = [point.kind for point in points_in(view, "tune.py")]
    assert kinds == ["acquire", "configure", "read", "close"]


def test_only_the_files_asked_for_are_reported(tmp_path: Path) -> None:
    view = audited(tmp_path, {"app.py": ROUTE, "other/more.py": ROUTE.replace("save", "keep")})
    assert {point.path for point in view.tables.points} == {"app.py", "db.py", "other/more.py"}


def test_adding_to_a_set_adds_no_row(tmp_path: Path) -> None:
    code = """
        from db import get_session
        from models import Job

        def collect(ids):
            seen = set()
            with get_session() as session:
                for job in session.query(Job).all():
                    seen.add(job)
                session.execute(Job.__table__.delete())
                session.commit()
            return seen
    """
    point = point_at(audited(tmp_path, {"app.py": code}), "app.py", "get_session")
    assert point.purpose == "Collect: reads `Job`; deletes `Job`"


def test_the_standard_that_was_assumed_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": ROUTE})
    (tmp_path / "connlint.toml").unlink()
    settings = {row.key: row.origin for row in audit(tmp_path).settings}
    assert settings["sessions.providers"].startswith("assumed: ")


def test_the_model_is_dropped_before_rendering_and_made_again_for_who_asks(tmp_path: Path) -> None:
    write(tmp_path, {})
    registry = load_rules(use_cache=False)
    loaded = load_standard([tmp_path], registry.infos)
    request = Request(loaded=loaded, registry=registry, paths=(tmp_path,), jobs=1, use_cache=False)
    analysis = Analysis(request)
    project = weakref.ref(analysis.project)
    view = audit_view(analysis, options(form="html"))
    assert project() is None
    assert page.render(view)
    assert {module.path for module in analysis.project.program.modules.values()} >= {"db.py"}
