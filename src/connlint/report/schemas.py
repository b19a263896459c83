"""The types behind the JSON formats in, the published JSON Schema files out.

``python -m connlint.report.schemas docs/schemas`` brings that folder up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from connlint.report import audit_json, check_json


def schemas() -> dict[str, str]:
    """The text of each schema by file name."""
    return {
        "audit.schema.json": json.dumps(audit_json.schema(), indent=2) + "\n",
        "check.schema.json": json.dumps(check_json.schema(), indent=2) + "\n",
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
