"""The audit of each fixture application, as it was read and agreed on.

With CONNLINT_WRITE_GOLDEN=1 the tests write the files instead: read what has changed in them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from audit.auditing import audit
from connlint.report import audit_json, audit_markdown
from connlint.report.audit_view import AuditView

FIXTURES = Path(__file__).parents[2] / "fixtures"
APPLICATIONS = ("clips", "job_store", "presentation", "scraper", "sqlite_server")


@pytest.fixture(scope="module", params=APPLICATIONS)
def view(request: pytest.FixtureRequest) -> AuditView:
    """The audit of one application."""
    name: str = request.param
    return audit(FIXTURES / name, form="markdown")


@pytest.mark.parametrize("form", ["md", "json"])
def test_the_audit_reads_as_agreed(view: AuditView, form: str) -> None:
    text = audit_markdown.render(view) if form == "md" else audit_json.render(view)
    path = view.loaded.root / "golden" / f"audit.{form}"
    if os.environ.get("CONNLINT_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    told = f"{path.name} differs: CONNLINT_WRITE_GOLDEN=1 writes it, then read what has changed"
    assert _settled(path.read_text("utf-8")) == _settled(text), told


def _settled(text: str) -> str:
    """A report without what changes whenever the analysis learns to follow another call, or with
    each version of connlint."""
    text = re.sub(r"^Followed: .*$", "", text, flags=re.MULTILINE)
    return re.sub(r'^ *"version": .*$', "", text, flags=re.MULTILINE)


def test_every_finding_is_in_the_report(view: AuditView) -> None:
    text = audit_markdown.render(view)
    for finding in view.verdict.findings:
        assert re.search(rf"{finding.code} \S+ \(`+ ?{re.escape(finding.path)}:", text)


def test_every_point_is_in_the_list(view: AuditView) -> None:
    text = audit_markdown.render(view).partition("## Concise list")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.lstrip().startswith("- Line")]
    assert len(lines) == len(view.tables.points)


def test_nobody_gets_an_empty_reason(view: AuditView) -> None:
    for point in view.tables.points:
        assert re.fullmatch(r"\S.+[.!?]", point.reason), point


def test_a_verdict_other_than_keep_comes_with_a_finding_or_an_explanation(view: AuditView) -> None:
    for point in view.tables.points:
        if point.verdict in ("remove", "move", "batch"):
            assert point.codes
        if point.verdict == "fix":
            assert point.codes or "the violation is reported at" in point.reason
