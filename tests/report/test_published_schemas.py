"""The published JSON Schema files hold for what the commands print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from audit.auditing import audit
from connlint.report import audit_json, check_json
from connlint.report.audit_view import AuditView
from connlint.report.view import CheckView
from report.views import clean, everything, many

ROOT = Path(__file__).parents[2]
APPLICATIONS = ("clips", "job_store", "presentation", "scraper", "sqlite_server")


def validator(name: str) -> Draft202012Validator:
    """The validator of one published schema."""
    schema = json.loads((ROOT / "docs" / "schemas" / name).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module", params=APPLICATIONS)
def view(request: pytest.FixtureRequest) -> AuditView:
    """The audit of one application."""
    return audit(ROOT / "fixtures" / request.param, form="json")


@pytest.mark.parametrize("shown", [clean(), everything(), many(3)], ids=["none", "all", "many"])
def test_a_check_is_what_its_schema_says(shown: CheckView) -> None:
    validator("check.schema.json").validate(json.loads(check_json.render(shown)))


def test_an_audit_is_what_its_schema_says(view: AuditView) -> None:
    validator("audit.schema.json").validate(json.loads(audit_json.render(view)))


def test_a_compared_audit_is_what_its_schema_says(tmp_path: Path) -> None:
    folder = ROOT / "fixtures" / "clips"
    before = json.loads(audit_json.render(audit(folder, form="json")))
    before["findings"] = before["findings"][::2]
    before["connection_points"].append(before["connection_points"][0] | {"call": "gone()"})
    previous = tmp_path / "before.json"
    previous.write_text(json.dumps(before), encoding="utf-8")
    compared = json.loads(audit_json.render(audit(folder, form="json", previous=previous)))
    assert compared["changes"]["new"] and compared["changes"]["removed"] and compared["trend"]
    validator("audit.schema.json").validate(compared)


def spoiled(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same report with one thing wrong at a time."""
    yield {key: value for key, value in report.items() if key != "summary"}
    yield report | {"schema_version": "1"}
    yield report | {"connection_points": [{"kind": "elsewhere"}]}
    yield report | {"findings": [report["findings"][0] | {"severity": "loud"}]}
    yield report | {"configuration": None}


def test_the_schema_refuses_what_is_wrong() -> None:
    check = validator("audit.schema.json")
    report = json.loads((ROOT / "fixtures" / "clips" / "golden" / "audit.json").read_text("utf-8"))
    assert check.is_valid(report)
    assert not any(check.is_valid(each) for each in spoiled(report))
