"""The types of the standard in; the JSON Schema of the configuration out."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from connlint.config.standard import Standard

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "connlint configuration"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of what stands under ``[tool.connlint]``, as plain data."""
    schema = msgspec.json.schema(Standard)
    for table in schema["$defs"].values():
        table["description"] = table["description"].replace("``", "`")
    text = msgspec.json.encode({"$schema": DIALECT, "title": TITLE, **schema})
    plain: dict[str, Any] = msgspec.json.decode(text)
    return plain


def schema_text() -> str:
    """:func:`json_schema` as the text of docs/configuration.schema.json."""
    return json.dumps(json_schema(), indent=2) + "\n"
