"""Fingerprints stay when lines move and differ when findings do."""

from __future__ import annotations

import pytest

from connlint.triage.fingerprint import fingerprinted
from triage.making import finding


def _prints(*lines: int) -> list[str]:
    return [named.fingerprint for named in fingerprinted(finding(line=line) for line in lines)]


def test_moved_lines_change_nothing() -> None:
    assert _prints(3, 7) == _prints(30, 71)


def test_equal_findings_are_told_apart_by_their_order() -> None:
    first, second = _prints(3, 7)
    assert first != second
    assert _prints(3) == [first]


def test_the_order_of_the_input_does_not_matter() -> None:
    assert _prints(7, 3) == _prints(3, 7)


@pytest.mark.parametrize(
    "change",
    [{"path": "b.py"}, {"symbol": "other"}, {"matched": "session.flush"}, {"code": "DBC104"}],
)
def test_whatever_makes_it_another_finding_changes_it(change: dict[str, str]) -> None:
    (one,), (other,) = fingerprinted([finding()]), fingerprinted([finding(**change)])  # type: ignore[arg-type]
    assert one.fingerprint != other.fingerprint


def test_line_breaks_in_what_was_matched_do_not_count() -> None:
    (one,) = fingerprinted([finding(matched="session\n    .commit")])
    (other,) = fingerprinted([finding(matched="session .commit")])
    assert one.fingerprint == other.fingerprint
