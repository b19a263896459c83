"""The types behind the JSON formats in, the published JSON Schema files out.

``python -m connlint.report.schemas docs/schemas`` brings that folder up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from inspect import cleandoc
from pathlib import Path

from connlint.report import audit_json, check_json


def schemas() -> dict[str, str]:
    """The text of each schema by file name."""
    return {
        "audit.schema.json": _text(audit_json.schema()),
        "check.schema.json": _text(check_json.schema()),
    }


def _text(schema: object) -> str:
    return json.dumps(_without_indents(schema), indent=2) + "\n"


def _without_indents(node: object) -> object:
    """The same with its docstrings as later versions of Python keep them, without their indent."""
    if isinstance(node, list):
        return [_without_indents(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: cleandoc(value)
        if key == "description" and isinstance(value, str)
        else _without_indents(value)
        for key, value in node.items()
    }


def main(arguments: Sequence[str]) -> int:
    """Write the schemas to the folders with these names; the exit code."""
    for name in arguments:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in schemas().items():
            (folder / file).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
