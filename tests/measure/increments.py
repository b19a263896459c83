"""Code bases in, how incremental analyses compare with whole ones out, as Markdown.

A command, not a test: ``python tests/measure/increments.py FOLDER... --edits N``. Files are edited
at random, in memory alone, one at a time; what the incremental analysis says after an edit is held
against what a whole one says.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

import msgspec

from connlint.config.loading import load_standard
from connlint.errors import ConfigError
from connlint.findings import Finding
from connlint.incremental import incremental
from connlint.pipeline import Analysis, Request
from connlint.rules.registry import load_rules
from connlint.triage.scope import Scope
from incremental.edits import Edit, edits


@dataclass
class Measured:
    """What became of the edits of one code base. Seconds are those on the clock."""

    name: str
    same: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    incremental: list[float] = field(default_factory=list)
    impossible: int = 0


def main(arguments: list[str] | None = None) -> int:
    """Edit, compare and print the table."""
    parser = argparse.ArgumentParser(description="How incremental analyses compare.")
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--edits", type=int, default=20, help="edits of each code base")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    measured = [measure(each, options.edits, Random(options.seed)) for each in options.folders]
    print("\n".join(_table(measured)))
    for each in measured:
        print("\n".join(f"{each.name}: {line}" for line in each.differing))
    return 0


def measure(folder: Path, number: int, random: Random) -> Measured:
    """Make ``number`` edits of files in which something is found, and of others as many."""
    result = Measured(folder.name)
    before = _analysis(folder)
    _ = before.result, before.project.call_graph.leading_to
    for path, edit in _edits(before, number, random):
        request = msgspec.structs.replace(before.request, unsaved={path: edit.text.encode()})
        start = perf_counter()
        quick = incremental(before, request)
        try:
            found = _findings(quick) if quick else None
        except ConfigError:  # a name of the standard is gone
            continue
        middle = perf_counter()
        whole = _findings(Analysis(request))
        end = perf_counter()
        if found is None:
            result.impossible += 1
            continue
        result.incremental.append(middle - start)
        result.whole.append(end - middle)
        if found == whole:
            result.same[edit.kind] += 1
        else:
            lacks = [_shown(each) for each in whole if each not in found]
            extra = [_shown(each) for each in found if each not in whole]
            result.differing.append(f"{path}: {edit.kind}: lacks {lacks}, has besides {extra}")
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return result


def _edits(analysis: Analysis, number: int, random: Random) -> Iterator[tuple[str, Edit]]:
    """``number`` edits, half of them in files in which something is found; fewer where files can't
    be edited."""
    found = sorted({finding.path for finding in _findings(analysis)})
    others = sorted(path for path, facts in analysis.facts.items() if facts.problem is None)
    for _ in range(number):
        path = random.choice(found if found and random.random() < 0.5 else others)
        try:
            made = list(edits(analysis.content(path).decode(), random))
        except UnicodeDecodeError:
            continue
        if made:
            yield path, random.choice(made)


def _findings(analysis: Analysis) -> tuple[Finding, ...]:
    return analysis.verdict_in(Scope()).findings


def _shown(finding: Finding) -> str:
    return f"{finding.path}:{finding.span.line}: {finding.code}"


def _analysis(folder: Path) -> Analysis:
    registry = load_rules()
    loaded = load_standard([folder], registry.infos)
    return Analysis(Request(loaded=loaded, registry=registry, paths=(folder,)))


def _table(measured: list[Measured]) -> Iterator[str]:
    yield "| code base | edits | same | other | of the time of a whole analysis | at most |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for each in measured:
        ratios = [a / b for a, b in zip(each.incremental, each.whole, strict=True)]
        same = sum(each.same.values())
        yield (
            f"| {each.name} | {len(ratios)} | {same} | {len(each.differing)} "
            f"| {median(ratios):.3f} | {max(ratios):.3f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
