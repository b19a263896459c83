"""The JSON Schema of the configuration agrees with what loading accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec

from connlint.config.keys import settings_of
from connlint.config.schema import json_schema, schema_text
from connlint.config.standard import Role, Standard

PUBLISHED = Path(__file__).parents[2] / "docs" / "configuration.schema.json"


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: dict[str, Any] = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return found


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def test_the_published_schema_is_up_to_date() -> None:
    hint = "run ./dev generate"
    assert PUBLISHED.read_text("utf-8") == schema_text(), hint


def test_it_describes_every_setting() -> None:
    schema = json_schema()
    top = _resolved(schema, schema)
    for path, value in settings_of(Standard()):
        node = top
        for key in path:
            node = _resolved(schema, node["properties"][str(key)])
        assert node["description"]
        assert node["default"] == msgspec.json.decode(msgspec.json.encode(value))


def test_tables_are_closed_and_free_tables_are_typed() -> None:
    schema = json_schema()
    tables = schema["$defs"].values()
    assert all(table["additionalProperties"] is False for table in tables)
    roles = schema["$defs"]["Standard"]["properties"]["roles"]
    assert roles["propertyNames"]["enum"] == list(get_args(Role))
    severity = schema["$defs"]["Standard"]["properties"]["severity"]
    assert set(severity["additionalProperties"]["enum"]) == {"error", "warning", "info"}
    ssl = schema["$defs"]["Connection"]["properties"]["ssl-verify"]
    assert set(ssl["enum"]) == {"", "required", "disabled"}


def test_references_lead_somewhere() -> None:
    schema = json_schema()
    references = [node["$ref"] for node in _objects(schema) if "$ref" in node]
    assert len(references) > len(schema["$defs"]) / 2
    assert {reference.rpartition("/")[2] for reference in references} == set(schema["$defs"])
    assert json.loads(schema_text()) == schema
