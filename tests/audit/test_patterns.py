"""The patterns that do not comply: which rule is broken, what that is, what each file does."""

from __future__ import annotations

import pytest

from audit.auditing import audited
from connlint.audit.patterns import Pattern, explained, pages_of
from connlint.report.audit_view import AuditView
from connlint.rules.registry import load_rules

APP = """
    from fastapi import FastAPI

    from db import SessionLocal
    from models import Job

    app = FastAPI()


    @app.post("/jobs")
    def create(id: str):
        with SessionLocal() as session:
            session.add(Job(id=id))
            session.commit()


    def nightly(ids):
        with SessionLocal() as session:
            for id in ids:
                session.add(Job(id=id))
                session.commit()
"""
OTHER = """
    import db


    def count(query):
        with db.SessionLocal() as session:
            return session.scalar(query)
"""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> AuditView:
    return audited(tmp_path_factory.mktemp("patterns"), {"app.py": APP, "other.py": OTHER})


def pattern(view: AuditView, code: str) -> Pattern:
    return next(each for each in view.tables.patterns if each.code == code)


def test_a_pattern_names_the_files_and_what_each_does(view: AuditView) -> None:
    found = pattern(view, "DBC101")
    assert (found.title, found.findings, found.files) == ("Forbidden session factory", 3, 2)
    app, other = found.breaches
    assert (app.path, app.lines, app.functions) == ("app.py", (11, 17), ("Create", "Nightly"))
    assert app.what == "Session opened through db.SessionLocal."
    assert [each.name for each in app.entry_points] == ["POST /jobs"]
    assert (other.path, other.lines, other.entry_points) == ("other.py", (5,), ())
    assert found.remedies == ("`with get_session() as session:`",)


def test_every_finding_is_in_one_pattern(view: AuditView) -> None:
    told = [
        (each.code, breach.path, line)
        for each in view.tables.patterns
        for breach in each.breaches
        for line in breach.lines
    ]
    assert sorted(told) == sorted((f.code, f.path, f.span.line) for f in view.tables.findings)


def test_the_most_urgent_come_first(view: AuditView) -> None:
    order = ("critical", "high", "medium", "low")
    ranks = [order.index(each.priority) for each in view.tables.patterns]
    assert ranks == sorted(ranks)


def test_the_explanation_is_one_sentence_of_the_rule() -> None:
    page_of = pages_of(load_rules(use_cache=False))
    for card in load_rules(use_cache=False).rules:
        page = page_of(card.code)
        assert page is not None
        told = explained(page.summary)
        assert told.endswith(".") and ". " not in told
        assert not told.startswith("Reports") and told[0] == told[0].upper()
        assert page.motive.endswith(".")


def test_a_rule_that_nobody_knows_has_no_page() -> None:
    assert pages_of(load_rules(use_cache=False))("XYZ999") is None
