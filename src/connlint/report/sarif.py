"""A check as SARIF 2.1.0: rules with their help, call chains as code flows, fixes, suppressions.

Within the limits of GitHub's code scanning: of more than 25,000 results the worst are kept, with a
notification, and of a longer chain its last hundred steps, which are the ones that it shows.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from connlint.findings import Edit, Finding, Problem, Severity, TraceStep
from connlint.location import Span
from connlint.report.view import CheckView, ProposedFix, entry_point_label
from connlint.rules.card import RuleCard
from connlint.rules.specification import parse_page
from connlint.triage.verdict import Silenced

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT_KEY = "connlint/v1"
_MAX_RESULTS = 25_000
_MAX_STEPS = 100
_ROOT = "SRCROOT"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_RANKS = {"critical": 100.0, "high": 75.0, "medium": 50.0, "low": 25.0}

Json = dict[str, Any]


def render(view: CheckView) -> str:
    """The whole log, with one run."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(view)]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _run(view: CheckView) -> Json:
    index = {rule.code: number for number, rule in enumerate(view.rules)}
    counted = [*((finding, None) for finding in view.worst_first)]
    silenced = [
        *((item.finding, _suppression("inSource", item)) for item in view.verdict.suppressed),
        *((item.finding, _suppression("external", item)) for item in view.verdict.baselined),
    ]
    chosen = [*counted, *silenced][:_MAX_RESULTS]
    left_out = len(counted) + len(silenced) - len(chosen)
    chosen.sort(key=lambda pair: pair[0].sort_key)
    results = [_result(view, index, finding, silence) for finding, silence in chosen]
    return {
        "tool": {
            "driver": {
                "name": "connlint",
                "version": view.version,
                "semanticVersion": view.version,
                "rules": [_rule(rule) for rule in view.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            _ROOT: {"description": {"text": "The root of the repository, or of the project."}}
        },
        "invocations": [_invocation(view, left_out)],
        "results": results,
    }


def _rule(rule: RuleCard) -> Json:
    text = rule.page_text()
    summary = parse_page(text, rule.name).summary
    return {
        "id": rule.code,
        "name": rule.class_name,
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": summary or rule.name},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"enabled": rule.default_on, "level": _LEVELS[rule.severity]},
        "properties": {"tags": ["database", rule.family]},
    }


def _invocation(view: CheckView, left_out: int) -> Json:
    notifications = [_notification(view, problem) for problem in view.verdict.problems]
    if left_out:
        text = f"{left_out} results are left out: a log may hold {_MAX_RESULTS}."
        notifications.append({"level": "warning", "message": {"text": text}})
    return {
        "executionSuccessful": not view.verdict.is_broken,
        "toolExecutionNotifications": notifications,
    }


def _notification(view: CheckView, problem: Problem) -> Json:
    notification: Json = {
        "level": "error" if problem.fatal else "warning",
        "message": {"text": problem.message},
    }
    if problem.path:
        line = max(problem.line, 1)
        notification["locations"] = [_location(view, problem.path, {"startLine": line})]
    return notification


def _result(view: CheckView, index: dict[str, int], finding: Finding, silence: Json | None) -> Json:
    location = _location(view, finding.path, _region(finding.span))
    if finding.symbol:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.symbol}]
    properties: Json = {"priority": finding.priority, "certainty": finding.certainty}
    if finding.entry_point:
        properties["entryPoint"] = entry_point_label(finding.entry_point)
    result: Json = {
        "ruleId": finding.code,
        **({"ruleIndex": index[finding.code]} if finding.code in index else {}),
        "level": _LEVELS[finding.severity],
        "rank": _RANKS[finding.priority],
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT_KEY: finding.fingerprint},
        "properties": properties,
    }
    if finding.trace:
        steps = [_step(view, step) for step in finding.trace[-_MAX_STEPS:]]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if fix := view.fixes.get(finding.fingerprint):
        result["fixes"] = [_fix(view, fix)]
    if silence:
        result["suppressions"] = [silence]
    return result


def _suppression(kind: str, item: Silenced) -> Json:
    suppression: Json = {"kind": kind, "status": "accepted"}
    if item.justification:
        suppression["justification"] = item.justification
    return suppression


def _step(view: CheckView, step: TraceStep) -> Json:
    region = {"startLine": step.line, "startColumn": step.column + 1}
    location = _location(view, step.path, region)
    location["message"] = {"text": step.note}
    if step.symbol:
        location["logicalLocations"] = [{"fullyQualifiedName": step.symbol}]
    return {"location": location}


def _fix(view: CheckView, fix: ProposedFix) -> Json:
    by_path: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_path.setdefault(edit.path, []).append(edit)
    changes = [
        {
            "artifactLocation": _artifact(view, path),
            "replacements": [
                {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}}
                for edit in edits
            ],
        }
        for path, edits in by_path.items()
    ]
    return {"description": {"text": f"{fix.title} ({fix.safety})"}, "artifactChanges": changes}


def _location(view: CheckView, path: str, region: Json) -> Json:
    return {"physicalLocation": {"artifactLocation": _artifact(view, path), "region": region}}


def _artifact(view: CheckView, path: str) -> Json:
    return {"uri": quote(view.in_repository(path)), "uriBaseId": _ROOT}


def _region(span: Span) -> Json:
    return {
        "startLine": span.line,
        "startColumn": span.column + 1,
        "endLine": span.end_line,
        "endColumn": span.end_column + 1,
    }
