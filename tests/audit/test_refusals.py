"""Where nothing fixes a finding, the audit says why."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import msgspec
import pytest

from audit.auditing import audit, write
from connlint.report import audit_csv, audit_json, audit_markdown
from connlint.report.audit_html import page
from connlint.report.audit_json import AuditReport
from connlint.report.audit_view import AuditView
from connlint.rules.registry import load_rules

APP = """
    from db import SessionLocal
    from models import Job


    def read(query):
        with SessionLocal() as session:
            return session.scalar(query)


    def keep(job, wide):
        session = SessionLocal(expire_on_commit=False)
        try:
            session.add(job)
            session.commit()
        finally:
            session.close()


    def chosen(other, query):
        with (SessionLocal if other else other)() as session:
            return session.scalar(query)
"""
MIXED = "from db import SessionLocal\r\nwith SessionLocal() as session:\n    pass\n"


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> AuditView:
    root = tmp_path_factory.mktemp("refusals")
    write(root, {"app.py": APP})
    (root / "mixed.py").write_bytes(MIXED.encode())
    return audit(root, form="markdown")


def test_every_finding_has_a_fix_or_a_reason(view: AuditView) -> None:
    told = [*view.fixes, *view.refusals]
    fixing = {card.code for card in load_rules(use_cache=False).rules if card.fixes}
    findings = view.tables.findings
    assert sorted(told) == sorted(each.fingerprint for each in findings if each.code in fixing)
    assert view.fixes and view.refusals
    assert all(reason.strip() for reason in view.refusals.values())


def test_the_reason_is_what_the_fixer_says(view: AuditView) -> None:
    found = {
        (each.path, each.span.line, each.code): view.refusals.get(each.fingerprint, "")
        for each in view.tables.findings
    }
    assert found["app.py", 6, "DBC101"] == ""
    assert "no place for the arguments" in found["app.py", 11, "DBC101"]
    assert "mixes kinds of line ends" in found["mixed.py", 2, "DBC101"]
    assert "still used on line 11" in found["app.py", 1, "DBC102"]


def test_the_reason_stands_beside_what_is_to_be_fixed(view: AuditView) -> None:
    text = audit_markdown.render(view)
    high = text.partition("High-impact fixes")[2].partition("\n## ")[0]
    assert "# Not fixed automatically: the file mixes kinds of line ends" in high
    appendix = text.partition("## Appendix")[2]
    assert appendix.count("Not fixed automatically: ") == len(view.refusals)
    html = page.render(view).partition('<section id="findings"')[2].partition("</section>")[0]
    assert html.count("Not fixed automatically: ") == len(view.refusals)


def test_programs_get_the_reasons_too(view: AuditView) -> None:
    report = msgspec.json.decode(audit_json.render(view), type=AuditReport)
    assert report.refusals == dict(view.refusals)
    rows = list(csv.DictReader(io.StringIO(audit_csv.render(view, "findings"))))
    assert [row["refusal"] for row in rows] == [
        view.refusals.get(each.fingerprint, "") for each in view.tables.findings
    ]


def test_what_goes_with_another_fix_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": APP.partition("def keep")[0]})
    found = audit(tmp_path, form="json")
    (reason,) = found.refusals.values()
    assert reason == (
        "SessionLocal is still used on line 6; it is fixed together with the other findings of "
        "this file"
    )
