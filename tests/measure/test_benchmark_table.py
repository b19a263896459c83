"""The benchmark: what its table claims follows from the samples, and its copies are whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from measure.corpus import rename
from measure.meter import Command, Usage, measure
from measure.peers import PEERS
from measure.table import Row, markdown, paired_ratio, rows


def _samples(*seconds: float, peak_mib: float = 50) -> list[Usage]:
    return [Usage(each, peak_mib, 0) for each in seconds]


def test_ratios_are_taken_within_a_round() -> None:
    # A round in which the machine was ten times as slow for both changes nothing.
    assert paired_ratio(_samples(1, 10, 1), _samples(2, 20, 2)) == 0.5


def test_ratios_use_only_rounds_that_both_were_in() -> None:
    assert paired_ratio(_samples(3, 100, 100), _samples(30)) == 0.1


def test_a_row_is_reached_up_to_its_limit() -> None:
    reached = Row("full check", "cold", "semgrep", 0.5, 0.5, " ×")
    missed = Row("full check", "cold", "semgrep", 0.51, 0.5, " ×")
    assert (reached.is_reached, missed.is_reached) == (True, False)
    assert str(missed) == "| full check | cold | semgrep | 0.51 × | ≤ 0.5 × | **no** |"
    assert markdown([reached]).splitlines()[-1] == str(reached)


def test_only_cases_that_were_run_have_rows() -> None:
    samples = {"cold": _samples(1, peak_mib=60), "ruff": _samples(0.1), "hook": _samples(0.2)}
    found = {(row.title, row.measured) for row in rows(samples, 7, 7)}
    assert found == {
        ("full check, cold", 10),
        ("hook on one file, warm", 0.2),
        ("peak memory, cold", 60),
    }


def test_growth_is_told_for_what_was_added() -> None:
    samples = {"cold": _samples(1, peak_mib=60), "copies": _samples(8, peak_mib=130)}
    found = {row.title: row.measured for row in rows(samples, 7, 56)}
    assert found["time for 8.0 × the source"] == 8
    assert found["memory for 8.0 × the source"] == pytest.approx(130 / 60)
    assert found["memory for 7 MB more"] == 10


@pytest.mark.parametrize(
    ("source", "renamed"),
    [
        ("from app import x", "from app_1 import x"),
        ("    from app.models.user import User", "    from app_1.models.user import User"),
        ("import app.db as db", "import app_1.db as db"),
        ("import app", "import app_1"),
        ("value = app.config.x", "value = app_1.config.x"),
        ("from . import app", "from . import app"),
        ("self.app.run(apps.app)", "self.app.run(apps.app)"),
        ("'app.db' and \"/app.py\"", "'app.db' and \"/app.py\""),
        ("from appended.db import y", "from appended.db import y"),
    ],
)
def test_a_copy_imports_itself(source: str, renamed: str) -> None:
    assert rename(source.encode(), "app", "app_1").decode() == renamed


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read with the resource module")
def test_a_process_is_measured_from_outside(tmp_path: Path) -> None:
    program = "import os, sys; block = bytearray(64 << 20); print(os.environ['X']); sys.exit(3)"
    command = Command([sys.executable, "-c", program], tmp_path, {"X": "seen"})
    usage = measure(command, tmp_path / "out", timeout=60)
    assert usage.code == 3
    assert usage.peak_mib > 64
    assert usage.seconds > 0
    assert (tmp_path / "out").read_text("utf-8") == "seen\n"


def test_a_process_that_can_not_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no-such-program"):
        measure(Command(["no-such-program"], tmp_path), tmp_path / "out", timeout=60)


def test_a_peer_has_to_name_the_defect_where_it_is() -> None:
    (ruff,) = [peer for peer in PEERS if peer.name == "ruff"]
    assert ruff.sees_defect("planted/users.py:1:30: TID251 `make_session` is banned")
    assert not ruff.sees_defect("planted/users.py:1:30: F401 unused\nother.py:1:1: TID251 banned")
