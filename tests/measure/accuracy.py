"""Labelled code bases in, precision and recall of each rule out, as a Markdown table.

A command, not a test: ``python tests/measure/accuracy.py CORPUS --work FOLDER``. CORPUS holds
label files (``dev/*.json``) and their scorer (``score``), which fetches code that is not in FOLDER
yet. ``--codes`` narrows the table; the errors that remain are listed below it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_STARRED = frozenset({"DBC101", "DBC201", "DBC301"})


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table and the errors; 2 when a code base can't be laid out or analysed."""
    parser = argparse.ArgumentParser(description="Precision and recall on labelled code bases.")
    parser.add_argument("corpus", type=Path, help="folder with dev/*.json and score")
    parser.add_argument("--work", type=Path, required=True, help="folder for the code bases")
    parser.add_argument("--codes", nargs="*", default=(), help="only these rules")
    options = parser.parse_args(arguments)
    results = [
        measure(options.corpus.resolve(), labels, options.work.resolve())
        for labels in sorted((options.corpus / "dev").glob("*.json"))
    ]
    print(table(results, options.codes))
    print(errors(results, options.codes))
    return 0


def measure(corpus: Path, labels: Path, work: Path) -> dict[str, Any]:
    """What the scorer says of one code base, as its JSON."""
    checkout = work / labels.stem
    if not checkout.exists():
        _run([corpus / "score", "--materialise", checkout, labels.resolve()])
    findings = work / f"{labels.stem}.findings.json"
    connlint = [sys.executable, "-m", "connlint", "check", "--format", "json", "--exit-zero"]
    findings.write_text(_run(connlint, cwd=checkout), "utf-8")
    scored: dict[str, Any] = json.loads(
        _run([corpus / "score", "--json", checkout, labels.resolve(), findings])
    )
    return scored


def _run(command: Iterable[object], cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stderr.strip() or done.returncode}")
    return done.stdout


def table(results: Iterable[dict[str, Any]], codes: Iterable[str] = ()) -> str:
    """A row a rule over all code bases, then the rows that sum up."""
    found, false, missed = Counter[str](), Counter[str](), Counter[str]()
    for result in results:
        for code, row in result["codes"].items():
            if not codes or code in set(codes):
                found[code] += row["tp"]
                false[code] += row["fp"]
                missed[code] += row["fn"]
    seen = sorted(code for code in found | false | missed)
    lines = ["| rule | found | false | missed | precision | recall |", "|---|---|---|---|---|---|"]
    groups = [(code, [code]) for code in seen]
    groups.append(("★ together", [code for code in seen if code in _STARRED]))
    groups.append(("others", [code for code in seen if code not in _STARRED]))
    groups.append(("all", seen))
    for name, members in groups:
        hits, wrong, gone = (sum(c[m] for m in members) for c in (found, false, missed))
        cells = (hits, wrong, gone, _ratio(hits, hits + wrong), _ratio(hits, hits + gone))
        lines.append(f"| {name} | " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def errors(results: Iterable[dict[str, Any]], codes: Iterable[str] = ()) -> str:
    """The false and the missed findings, a line each."""
    wanted = set(codes)
    lines = []
    for result in results:
        for kind, key in (("false", "false_positives"), ("missed", "false_negatives")):
            for item in result[key]:
                if not wanted or item["code"] in wanted:
                    place = f"{result['project']}:{item['path']}:{item['line']}"
                    why = item.get("why") or item.get("clean") or item.get("message", "")
                    lines.append(f"- {kind} {item['code']} {place} {why}")
    return "\n".join(["", *lines])


if __name__ == "__main__":
    sys.exit(main())
