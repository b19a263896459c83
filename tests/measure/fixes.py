"""Code bases in, what fixing copies of them does out, as Markdown: fixed, refused and why.

A command, not a test: ``python tests/measure/fixes.py FOLDER... --work COPIES``. Each folder is
copied, fixed safely and then unsafely. What must never happen ends in exit code 1: a changed file
that does not parse or survive LibCST, a new finding, a second run that changes something, a file
changed without a finding, another encoding or line end.
"""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import libcst

from connlint.cli.baseline import BaselineOptions
from connlint.cli.fixing import fix
from connlint.config.loading import load_standard
from connlint.findings import Finding
from connlint.fix.outcome import FixOutcome
from connlint.pipeline import Analysis, Request
from connlint.rules.registry import load_rules
from connlint.source import decode
from connlint.triage.scope import Scope

_NO_BASELINE = BaselineOptions(None, write=False, extend=False, reason="")
_SAFETIES = ("safe", "unsafe")
_NAMES = re.compile(r"`[^`]*`|\b[\w.]*[._(]\w*(?:\(\))?|\bline \d+|\b\d+(?:\.\d+)?\b")


@dataclass
class Measured:
    """What became of one code base."""

    name: str
    fixable: int = 0
    fixed: Counter[str] = field(default_factory=Counter)
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    files: set[str] = field(default_factory=set)
    lines: int = 0
    faults: list[str] = field(default_factory=list)


def main(arguments: list[str] | None = None) -> int:
    """Fix copies of the folders and print the tables; 1 when something went wrong."""
    parser = argparse.ArgumentParser(description="What fixing copies of code bases does.")
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--work", type=Path, required=True, help="folder for the copies")
    options = parser.parse_args(arguments)
    measured = []
    for folder in options.folders:
        copy = options.work / folder.resolve().name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy, symlinks=True)
        measured.append(measure(copy.resolve()))
        print(f"{folder.name}: done", file=sys.stderr, flush=True)
    print("\n".join((*_bases(measured), "", *_reasons(measured))))
    faults = [f"{each.name}: {fault}" for each in measured for fault in each.faults]
    print("\n".join(faults), file=sys.stderr)
    return int(bool(faults))


def measure(root: Path) -> Measured:
    """Fix the code base in ``root``, safely and then unsafely."""
    result = Measured(root.name)
    outcome = FixOutcome()
    analysis = _analysis(root)
    result.fixable = sum(each.proposal is not None for each in _findings(analysis))
    for safety in _SAFETIES:
        is_unsafe = safety == "unsafe"
        files = _contents(root)
        outcome = fix(analysis, _NO_BASELINE, unsafe=is_unsafe, write=True)
        result.fixed[safety] += len(outcome.fixed)
        result.codes.update((each.finding.code, safety) for each in outcome.fixed)
        for change in outcome.changes:
            result.files.add(change.path)
            result.lines += _changed_lines(change.before, change.after)
        after = _analysis(root)
        again = fix(after, _NO_BASELINE, unsafe=is_unsafe, write=False)
        new = Counter(map(_key, _findings(after))) - Counter(map(_key, _findings(analysis)))
        result.faults += _faults(files, _contents(root), outcome)
        result.faults += [f"{key}: new ({safety})" for key in new]
        result.faults += [f"{each.path}: changes again ({safety})" for each in again.changes]
        analysis = after
    unfixed = [each for each in (*outcome.refused, *outcome.left) if each.finding.intent]
    result.reasons.update(_NAMES.sub("…", each.reason) for each in unfixed)
    return result


def _faults(
    before: dict[str, bytes], after: dict[str, bytes], outcome: FixOutcome
) -> Iterator[str]:
    """What must not have happened to the files."""
    expected = {change.path for change in outcome.changes}
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) == after.get(path):
            continue
        if path in expected and path in after:
            yield from (f"{path}: {fault}" for fault in _broken(before[path], after[path]))
        else:
            yield f"{path}: changed without a fix"


def _broken(before: bytes, after: bytes) -> Iterator[str]:
    old, new = decode(before), decode(after)
    if (old.encoding, old.has_bom, old.newlines) != (new.encoding, new.has_bom, new.newlines):
        yield "another encoding or line end"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(new.text)
    except SyntaxError as error:
        yield f"does not parse: {error}"
    if libcst.parse_module(new.text).code != new.text:
        yield "does not survive a round trip"


def _changed_lines(before: bytes, after: bytes) -> int:
    """How many lines are removed or added; all others are the same to the byte."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in blocks if kind != "equal")


def _findings(analysis: Analysis) -> tuple[Finding, ...]:
    return analysis.verdict_in(Scope()).findings


def _key(finding: Finding) -> tuple[str, str, str, str]:
    return finding.path, finding.code, finding.symbol, finding.matched


def _contents(root: Path) -> dict[str, bytes]:
    places = (place for place in root.rglob("*.py") if place.is_file())
    return {place.relative_to(root).as_posix(): place.read_bytes() for place in places}


def _analysis(root: Path) -> Analysis:
    registry = load_rules()
    loaded = load_standard([root], registry.infos)
    return Analysis(Request(loaded=loaded, registry=registry))


def _bases(measured: list[Measured]) -> Iterator[str]:
    yield "| code base | with a fix | fixed | more with `--unsafe-fixes` | files | lines |"
    yield "|---|---:|---:|---:|---:|---:|"
    for each in measured:
        counts = (each.fixable, *(each.fixed[safety] for safety in _SAFETIES))
        cells = (each.name, *counts, len(each.files), each.lines)
        yield f"| {' | '.join(map(str, cells))} |"
    total: Counter[tuple[str, str]] = Counter()
    for each in measured:
        total += each.codes
    by_code = (f"{code} {number} ({safety})" for (code, safety), number in sorted(total.items()))
    yield f"\nBy rule: {', '.join(by_code)}."


def _reasons(measured: list[Measured]) -> Iterator[str]:
    total: Counter[str] = Counter()
    for each in measured:
        total += each.reasons
    yield "| refused or left | findings |"
    yield "|---|---:|"
    for reason, number in total.most_common():
        yield f"| {reason} | {number} |"


if __name__ == "__main__":
    sys.exit(main())
