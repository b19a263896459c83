"""What each entry point does, unit by unit: titles, chains, states as seen from there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from audit.auditing import audited
from connlint.audit.flows import Flow
from connlint.report import audit_json
from connlint.report.audit_json import AuditReport
from connlint.report.audit_view import AuditView, way

FILES = {
    "jobs.py": """
        from db import get_session
        from models import Job

        def set_status(id, status):
            with get_session() as session:
                job = session.get(Job, id)
                job.status = status
                session.commit()
    """,
    "app.py": """
        from flask import Flask

        from jobs import set_status

        app = Flask(__name__)

        @app.post("/jobs/<id>/finish")
        def finish_job(id):
            set_status(id, "DONE")

        @app.post("/jobs/<id>/upload")
        def start_upload(id):
            set_status(id, "UPLOADING")

        @app.get("/health")
        def health():
            return "ok"
    """,
}


def flow(view: AuditView, title: str) -> Flow:
    """The one flow with a title."""
    found = [each for section in view.tables.sections for each in section.flows]
    return next(each for each in found if each.title == title)


def test_an_entry_point_is_called_by_what_it_does(tmp_path: Path) -> None:
    finish = flow(audited(tmp_path, FILES), "Finish job")
    assert (finish.kind, finish.entry, finish.line) == ("route", "POST /jobs/<id>/finish", 7)


def test_a_call_is_judged_by_the_state_that_the_caller_sets(tmp_path: Path) -> None:
    view = audited(tmp_path, FILES)
    (row,) = flow(view, "Finish job").rows
    assert (row.states, row.verdict) == (("DONE",), "keep")
    (lead,) = row.leads
    assert (way(lead), lead.path, lead.at_line) == ("commits through set_status", "jobs.py", 8)
    assert lead.point is not None and view.tables.points[lead.point].kind == "commit"
    (row,) = flow(view, "Start upload").rows
    assert (row.states, row.verdict) == (("UPLOADING",), "remove")
    assert row.remarks[0].codes == ("DBC201",)


def test_a_reason_that_stands_elsewhere_names_the_connection_point(tmp_path: Path) -> None:
    loop = """
        from db import get_session
        from models import Job

        def save_all(ids):
            with get_session() as session:
                for id in ids:
                    session.add(Job(id=id))
                    session.commit()
    """
    app = FILES["app.py"].replace('set_status(id, "UPLOADING")', "save_all([id])")
    app = app.replace("from jobs import set_status", "from jobs import set_status, save_all")
    view = audited(tmp_path, {"jobs.py": FILES["jobs.py"] + loop.lstrip("\n"), "app.py": app})
    (row,) = flow(view, "Start upload").rows
    (remark,) = row.remarks
    point = view.elsewhere(remark)
    assert point is not None and (point.kind, point.codes) == ("commit", ("DBC302",))
    told = msgspec.json.decode(audit_json.render(view), type=AuditReport)
    (item,) = [each for each in told.flows if each.path == "app.py"]
    (started,) = [each for each in item.flows if each.title == "Start upload"]
    (lead,) = started.rows[0].leads
    assert (lead.does, lead.through, lead.path) == ("commits", ["save_all"], "jobs.py")
    number = started.rows[0].remarks[0].connection_point
    assert number is not None and lead.connection_point is not None
    assert told.connection_points[number].codes == ["DBC302"]


def test_a_function_that_others_call_names_who_reaches_it(tmp_path: Path) -> None:
    shared = flow(audited(tmp_path, FILES), "Set status")
    assert shared.entry == ""
    assert shared.callers == "route POST /jobs/<id>/finish and route POST /jobs/<id>/upload"


def test_a_unit_of_work_is_one_row(tmp_path: Path) -> None:
    (row,) = flow(audited(tmp_path, FILES), "Set status").rows
    assert row.operation == "`get_session()` + query + commit"
    assert row.about == "Reads `Job`; sets `status`."
    assert (row.span.line, row.span.end_line) == (5, 8)


def test_entry_points_without_the_database_are_named_too(tmp_path: Path) -> None:
    view = audited(tmp_path, FILES)
    section = next(each for each in view.tables.sections if each.path == "app.py")
    assert section.untouched == ("route GET /health",)


def test_a_row_says_everything_that_is_wrong_with_it(tmp_path: Path) -> None:
    code = """
        from db import SessionLocal
        from models import Job

        def fill(ids):
            with SessionLocal() as session:
                for id in ids:
                    session.add(Job(id=id))
                    session.commit()
    """
    (row,) = flow(audited(tmp_path, {"app.py": code}), "Fill").rows
    said = [(remark.verdict, remark.line, remark.codes) for remark in row.remarks]
    assert said == [("batch", 8, ("DBC302",)), ("fix", 0, ("DBC101",))]
    assert row.verdict == "batch"


def test_a_finding_at_no_connection_point_is_said_of_the_unit_around_it(tmp_path: Path) -> None:
    code = """
        import httpx

        from db import get_session
        from models import Job

        def send(id):
            with get_session() as session:
                job = session.get(Job, id)
                httpx.post("https://example.com", data=job.note)
    """
    view = audited(tmp_path, {"app.py": code})
    apart = {finding.code: finding.span.line for finding in view.tables.findings}
    (row,) = flow(view, "Send").rows
    said = {code: remark.line for remark in row.remarks for code in remark.codes}
    assert "DBC113" in apart
    assert apart == said


def test_what_runs_for_every_event_is_marked(tmp_path: Path) -> None:
    code = """
        from flask_socketio import SocketIO

        from db import get_session
        from models import Job

        socketio = SocketIO()

        @socketio.on("progress")
        def note_progress(data):
            with get_session() as session:
                session.get(Job, data["id"]).tries += 1
                session.commit()
    """
    found = flow(audited(tmp_path, {"app.py": code}), "Note progress")
    assert found.per_event
    assert found.rows[0].verdict == "move"
    assert "counts up `tries`" in found.rows[0].about
