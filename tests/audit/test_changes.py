"""Comparing with earlier audits by what things are: fixed, partially fixed, new, removed, moved,
regressed, and the trend of a series."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from audit.auditing import STANDARD, audit, write
from connlint.audit.changes import Changes
from connlint.audit.earlier import load_history
from connlint.errors import UsageError
from connlint.report import audit_json, audit_markdown
from connlint.report.audit_view import AuditView

ROUTES = """
    from fastapi import FastAPI

    from db import SessionLocal, get_session
    from models import Job

    app = FastAPI()

    @app.get("/stats")
    def stats():
        with SessionLocal() as session:
            return session.query(Job).all()

    @app.get("/jobs")
    def jobs():
        with SessionLocal() as session:
            return session.query(Job).first()

    @app.post("/jobs")
    def add(id):
        with get_session() as session:
            session.add(Job(id=id))
            session.commit()
"""
FIXED = ROUTES.replace("with SessionLocal()", "with get_session()")
WITHOUT_STATS = ROUTES.replace(ROUTES[ROUTES.index('@app.get("/stats")') : ROUTES.index('@app.get("/jobs")')], "")  # fmt: skip # noqa: E501
ONE_FIXED = ROUTES.replace("with SessionLocal()", "with get_session()", 1)


def look(root: Path, previous: Path | None = None) -> AuditView:
    """The audit of what is below ``root``."""
    return audit(root, ("DBC101", "DBC201"), previous=previous, form="markdown")


def since(root: Path, before: str, now: str, name: str = "routes.py") -> tuple[AuditView, Changes]:
    """The audit of ``now`` compared with that of ``before``, and what has changed."""
    previous = root / "earlier.json"
    write(root, {"routes.py": before})
    previous.write_text(audit_json.render(look(root)), encoding="utf-8")
    (root / "routes.py").unlink()
    write(root, {name: now})
    view = look(root, previous)
    assert view.tables.changes is not None
    return view, view.tables.changes


def codes(changes: Changes) -> list[str]:
    return sorted(each.code for each in changes.fixed)


def test_what_is_mended_is_fixed_and_replaced(tmp_path: Path) -> None:
    view, changes = since(tmp_path, ROUTES, FIXED)
    assert codes(changes) == ["DBC101", "DBC101"]
    assert not changes.with_code and not changes.new
    replaced = [view.tables.points[new].place.call for new in changes.replaced.values()]
    assert replaced == ["get_session()", "get_session()"]
    text = audit_markdown.render(view)
    assert "~~ ✅ **REMOVED** - Stats: reads `Job` (GET /stats); now `get_session()` in" in text


def test_what_is_gone_with_its_function_is_removed(tmp_path: Path) -> None:
    view, changes = since(tmp_path, ROUTES, WITHOUT_STATS)
    assert codes(changes) == ["DBC101"]
    assert changes.with_code == {changes.fixed[0].fingerprint}
    assert [(entry.name, len(entry.points)) for entry in changes.entries] == [("GET /stats", 2)]
    text = audit_markdown.render(view)
    assert "### ✅ REMOVED: Stats (GET /stats)" in text
    assert "| ✅ removed | `routes.py:" in text


def test_some_of_several_is_partially_fixed(tmp_path: Path) -> None:
    view, _ = since(tmp_path, ROUTES, ONE_FIXED)
    items = {(i.path, i.code): i for i in view.tables.priorities if not i.done}
    assert (items["routes.py", "DBC101"].gone, items["routes.py", "DBC101"].left) == (1, 1)
    assert "**PARTIALLY DONE (1 of 2):**" in audit_markdown.render(view)
    fixed = {row.file.path: row.fixed for row in view.tables.progress}
    assert fixed["routes.py"] == "partially"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def stats():", "def statistics():"),
        ("    @app.get", "    # moved\n\n    @app.get"),
        ("session.query(Job).all()", "session.query(Job).filter_by(id=1).all()"),
    ],
    ids=["a renamed function", "moved lines", "other arguments"],
)
def test_what_only_looks_different_has_not_changed(tmp_path: Path, before: str, after: str) -> None:
    _, changes = since(tmp_path, ROUTES, ROUTES.replace(before, after))
    assert not changes.fixed and not changes.new and not changes.removed and not changes.added


def test_a_url_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    url = 'def url(user):\n    return f"postgresql://{user}@db.example.org/app"\n'
    pieces = (
        'def url(user):\n    base = f"postgresql://{user}"\n'
        '    return base + "@db.example.org/app"\n'
    )
    view, changes = since(tmp_path, url, pieces)
    assert not changes.removed and not changes.added
    assert [point.place.call for point in view.tables.points if point.path == "routes.py"] == [
        'base + "@db.example.org/app"'
    ]


def test_a_renamed_file_has_not_changed(tmp_path: Path) -> None:
    _, changes = since(tmp_path, ROUTES, ROUTES, name="api/endpoints.py")
    assert changes.moved == {"routes.py": "api/endpoints.py"}
    assert not changes.fixed and not changes.new and not changes.removed and not changes.added


def test_a_file_with_other_code_is_no_renamed_one(tmp_path: Path) -> None:
    other = "from db import get_session\n\ndef other():\n    with get_session():\n        pass\n"
    _, changes = since(tmp_path, ROUTES, other, name="other.py")
    assert changes.moved == {}
    assert len(changes.with_code) == len(changes.fixed) == 2


def test_a_finding_at_a_place_that_was_in_order_is_a_regression(tmp_path: Path) -> None:
    worse = ROUTES.replace("session.add(Job(id=id))", 'session.add(Job(id=id, status="UPLOADING"))')
    view, changes = since(tmp_path, ROUTES, worse)
    regressed = [each for each in view.tables.findings if each.fingerprint in changes.regressed]
    assert [each.code for each in regressed] == ["DBC201"]
    assert "| ❌ regressed | `routes.py:" in audit_markdown.render(view)
    more = (
        FIXED + "\n\n    def extra():\n        with SessionLocal() as session:\n            pass\n"
    )
    _, changes = since(tmp_path / "more", FIXED, more)
    assert len(changes.new) == 1 and not changes.regressed


def series(root: Path, *codes_of: str) -> Path:
    """A folder with the audits of these states of one file, by name in order."""
    folder = root / "audits"
    folder.mkdir()
    for number, code in enumerate(codes_of):
        write(root / "project", {"routes.py": code})
        text = audit_json.render(look(root / "project"))
        (folder / f"2025-0{number + 1}.json").write_text(text, encoding="utf-8")
    return folder


def test_a_series_gives_a_trend_and_tells_what_came_back(tmp_path: Path) -> None:
    folder = series(tmp_path, ROUTES, FIXED)
    write(tmp_path / "project", {"routes.py": ONE_FIXED})
    view = look(tmp_path / "project", folder)
    assert [(each.name, each.findings) for each in view.tables.trend] == [
        ("2025-01", 2),
        ("2025-02", 0),
        ("now", 1),
    ]
    changes = view.tables.changes
    assert changes is not None and changes.new == changes.regressed and len(changes.new) == 1
    text = audit_markdown.render(view)
    trend = text.partition("### Trend")[2].partition("\n## ")[0]
    for moment in view.tables.trend:
        assert len(re.findall(rf"^\| {moment.name} \|", trend, re.MULTILINE)) == 2


def test_the_trend_has_each_verdict_of_each_audit(tmp_path: Path) -> None:
    folder = series(tmp_path, ROUTES, FIXED)
    write(tmp_path / "project", {"routes.py": ONE_FIXED})
    first, second, now = (view := look(tmp_path / "project", folder)).tables.trend
    assert now.by_verdict == Counter(each.verdict for each in view.tables.points)
    earlier = load_history(folder).audits
    for moment, (_, then) in zip((first, second), earlier, strict=True):
        assert moment.by_verdict == Counter(each.verdict for each in then.connection_points)
    assert set(second.by_verdict) == {"keep"}
    columns, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in audit_markdown.render(view).partition("### Trend\n\n")[2].splitlines()[:5]
        if "---" not in line
    )
    told = dict(zip(columns, rows[0], strict=True))
    assert told["✅ keep"] == str(first.by_verdict["keep"])


def test_a_folder_without_audits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no file there ends in \.json"):
        load_history(tmp_path)
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.json is not what connlint audit"):
        load_history(tmp_path)


def test_another_standard_is_told(tmp_path: Path) -> None:
    _, changes = since(tmp_path, ROUTES, ROUTES)
    assert changes.remarks == ()
    previous = tmp_path / "earlier.json"
    write(tmp_path, {}, STANDARD.replace('persist = ["QUEUED", "DONE"]', 'persist = ["DONE"]'))
    other = look(tmp_path, previous).tables.changes
    assert other is not None
    assert other.remarks == ("The standard has changed since: states.persist.",)
