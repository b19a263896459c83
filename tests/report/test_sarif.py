"""SARIF 2.1.0 as GitHub reads it: references that hold, limits, chains, fixes and suppressions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from connlint.findings import TraceStep
from connlint.report import sarif
from connlint.rules.registry import load_rules
from connlint.triage.verdict import Verdict
from report.views import everything, view
from triage.making import finding

RULES = load_rules().rules


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    shown = everything()
    return _run(view(shown.verdict, fixes=dict(shown.fixes), rules=RULES))


def _run(shown: Any) -> dict[str, Any]:
    log = json.loads(sarif.render(shown))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    result: dict[str, Any] = run
    return result


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)


def test_all_rules_are_listed_with_their_help(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    for rule in rules:
        assert rule["help"]["markdown"].startswith("# ")
        assert rule["fullDescription"]["text"]
        assert len(rule["properties"]["tags"]) <= 20
    off = [rule["id"] for rule in rules if not rule["defaultConfiguration"]["enabled"]]
    assert "DBC902" in off


def test_results_name_their_rule(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        if "ruleIndex" in result:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert any("ruleIndex" in result for result in run["results"])


def test_results_are_in_order_and_have_a_place_and_a_fingerprint(run: dict[str, Any]) -> None:
    places = []
    for result in run["results"]:
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        region = physical["region"]
        places.append(
            (physical["artifactLocation"]["uri"], region["startLine"], region["startColumn"])
        )
        assert result["partialFingerprints"].keys() == {"connlint/v1"}
        assert result["level"] in {"error", "warning", "note"}
        assert 0 <= result["rank"] <= 100
    assert places == sorted(places)
    assert run["columnKind"] == "unicodeCodePoints"


def test_uris_are_relative_and_escaped(run: dict[str, Any]) -> None:
    bases = run["originalUriBaseIds"]
    uris = [item for item in _objects(run) if "uri" in item]
    assert {item["uriBaseId"] for item in uris} <= bases.keys()
    assert "b%7C%60c%60.py" in {item["uri"] for item in uris}
    assert not any(item["uri"].startswith("/") for item in uris)


def test_the_chain_is_a_code_flow(run: dict[str, Any]) -> None:
    (result,) = [item for item in run["results"] if "codeFlows" in item]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    assert [step["location"]["message"]["text"] for step in flow["locations"]] == [
        "the event calls save()",
        "save() commits",
    ]
    first = flow["locations"][0]["location"]["physicalLocation"]["region"]
    assert first == {"startLine": 12, "startColumn": 5}


def test_the_fix_says_what_is_replaced(run: dict[str, Any]) -> None:
    (result,) = [item for item in run["results"] if "fixes" in item]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "app/jobs.py"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 24, "endLine": 2, "endColumn": 42},
            "insertedContent": {"text": ""},
        }
    ]


def test_silenced_results_say_where_and_why(run: dict[str, Any]) -> None:
    silenced = [item["suppressions"] for item in run["results"] if "suppressions" in item]
    assert sorted((s["kind"], s["justification"]) for (s,) in silenced) == [
        ("external", "old"),
        ("inSource", "the buffer comes later"),
    ]


def test_problems_are_notifications(run: dict[str, Any]) -> None:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"


def test_a_long_chain_keeps_its_end() -> None:
    steps = tuple(TraceStep("a.py", line, 0, "a", f"hop {line}") for line in range(1, 151))
    found = msgspec.structs.replace(finding(), trace=steps)
    (result,) = _run(view(Verdict((found,)), rules=()))["results"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    assert len(flow["locations"]) == 100
    assert flow["locations"][-1]["location"]["message"]["text"] == "hop 150"


def test_of_too_many_results_the_worst_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "_MAX_RESULTS", 3)
    found = [finding(line=line, severity="info") for line in range(1, 4)]
    found.append(finding(line=9, severity="error"))
    run = _run(view(Verdict(tuple(found)), rules=()))
    lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in run["results"]]
    assert lines == [1, 2, 9]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("1 results are left out")
