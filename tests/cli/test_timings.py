"""``check --timings`` names the stages and the slowest rules, without changing the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.running import run
from connlint import stopwatch
from connlint.report.timings import SLOWEST, render
from connlint.stopwatch import Stopwatch

Capture = pytest.CaptureFixture[bytes]
STAGES = ["reading files", "linking", "interpreting functions", "confirming findings", "all rules"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "jobs.py").write_text("import sqlite3\n\nlink = sqlite3.connect('jobs.db')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONNLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


def test_a_stage_is_not_charged_for_those_inside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 4.0, 10.0, 20.0, 22.0])
    monkeypatch.setattr(stopwatch, "perf_counter", lambda: next(clock))
    timed = Stopwatch()
    with timed("outer"), timed("inner"):
        pass
    with timed("inner"):
        pass
    assert timed.spent == {"inner": 5.0, "outer": 7.0}


def test_the_slowest_rules_come_first_and_the_others_are_summed_up() -> None:
    rules = {f"DBC1{number:02}": f"rule-{number}" for number in range(SLOWEST + 2)}
    spent = {"linking": 1.0, **{code: float(index) for index, code in enumerate(rules)}}
    lines = render(spent, rules)
    assert [line.split()[0] for line in lines[2:]] == sorted(rules, reverse=True)[:SLOWEST]
    assert lines[1].split() == ["all", "rules", "66.00", "s", "99%"]


@pytest.mark.parametrize("before", [(), ("check", "-q")])
def test_stages_and_rules_are_named_also_with_a_warm_cache(
    capfdbinary: Capture, project: Path, before: tuple[str, ...]
) -> None:
    if before:
        run(capfdbinary, *before)
    plain = run(capfdbinary, "check", "-q", "--no-cache")
    timed = run(capfdbinary, "check", "-q", "--timings")
    assert (timed.code, timed.out) == (plain.code, plain.out)
    lines = timed.err.splitlines()
    assert [line.split("  ")[0] for line in lines[: len(STAGES)]] == STAGES
    assert len(lines) == len(STAGES) + SLOWEST
