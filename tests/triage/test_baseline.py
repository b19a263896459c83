"""A baseline accepts what it names, shrinks, and shows everything when it is exceeded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.errors import ConfigError
from connlint.triage.baseline import Baseline, Held, extended, hold, shrunk
from connlint.triage.baseline_file import (
    Entry,
    load_baseline,
    parse_baseline,
    render_baseline,
    save_baseline,
)
from connlint.triage.fingerprint import identity
from triage.making import finding

SAVE = identity(finding())


def _everywhere(code: str, path: str) -> bool:
    return True


def _hold(found: int, allowed: int) -> Held:
    entry = Entry(SAVE, allowed, "buffer planned", line=3, width=40)
    findings = [finding(line=line) for line in range(1, found + 1)]
    return hold(findings, Baseline("baseline.txt", (entry,)), _everywhere)


def test_as_many_as_allowed_are_accepted_with_the_reason() -> None:
    held = _hold(found=2, allowed=2)
    assert [item.justification for item in held.accepted] == ["buffer planned"] * 2
    assert (held.new, held.stale, held.notes) == ([], [], [])


def test_more_than_allowed_are_all_shown() -> None:
    held = _hold(found=3, allowed=2)
    assert len(held.new) == 3
    assert held.accepted == []
    assert held.notes == [
        "baseline.txt:3: allows 2 of DBC301 in app.jobs.save (app/jobs.py), 3 found: all are shown"
    ]


@pytest.mark.parametrize(("found", "left"), [(0, "none is left"), (1, "1 left")])
def test_fewer_than_allowed_make_the_entry_stale(found: int, left: str) -> None:
    held = _hold(found=found, allowed=2)
    (stale,) = held.stale
    assert (stale.code, stale.path, stale.span.line) == ("DBC904", "baseline.txt", 3)
    assert stale.message == (
        f"allows 2 of DBC301 in app.jobs.save (app/jobs.py), {left}:"
        " shrink it with --write-baseline"
    )
    assert len(held.accepted) == found


def test_an_entry_that_nobody_looked_for_is_not_stale() -> None:
    baseline = Baseline("baseline.txt", (Entry(SAVE, 1, "why", line=3),))
    held = hold([], baseline, lambda code, path: path != "app/jobs.py")
    assert held.stale == []


def test_another_finding_is_new() -> None:
    other = finding(symbol="app.jobs.load")
    held = hold([other], Baseline("b", (Entry(SAVE, 1, "why"),)), _everywhere)
    assert held.new == [other]


def test_shrinking_drops_and_lowers_and_adds_nothing() -> None:
    gone = Entry(("DBC104", "a.py", "a", "create_engine"), 1, "old")
    entries = [Entry(SAVE, 3, "why", line=9), gone]
    new = finding(symbol="app.jobs.load")
    left = shrunk(entries, [finding(line=1), finding(line=2), new], _everywhere)
    assert left == (Entry(SAVE, 2, "why"),)


def test_shrinking_keeps_what_was_not_looked_for_or_exceeded() -> None:
    gone = Entry(("DBC104", "a.py", "a", "create_engine"), 1, "old")
    found = [finding(line=1), finding(line=2)]
    entries = (Entry(SAVE, 1, "why"), gone)
    assert shrunk(entries, found, lambda code, path: path != "a.py") == entries


def test_extending_adds_with_the_reason_and_keeps_the_reasons_there_are() -> None:
    entries = [Entry(SAVE, 1, "old"), Entry(("DBC104", "a.py", "a", "e"), 1, "unrelated")]
    new = finding(symbol="app.jobs.load")
    result = extended(entries, [finding(line=1), finding(line=2), new], "release 2")
    assert set(result) == {
        Entry(SAVE, 2, "old; release 2"),
        entries[1],
        Entry(identity(new), 1, "release 2"),
    }


def test_the_file_is_sorted_and_one_line_an_entry() -> None:
    entries = [
        Entry(("DBC301", "b.py", "b.f", "save"), 2, "two\nlines"),
        Entry(("DBC503", "a.py", "", 'f"SELECT {x}"'), 1, "a (#12)"),
        Entry(("DBC104", "b.py", "b.f", "create_engine"), 1, "why"),
    ]
    assert render_baseline(entries).splitlines()[2:] == [
        'DBC503 a.py "" "f\\"SELECT {x}\\"" x1 -- a (#12)',
        "DBC104 b.py b.f create_engine x1 -- why",
        "DBC301 b.py b.f save x2 -- two lines",
    ]


FIELDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(
    lambda text: " ".join(text.split())
)


@given(FIELDS, FIELDS, FIELDS, st.integers(1, 99), FIELDS.filter(bool))
def test_what_is_written_is_read_again(
    path: str, symbol: str, matched: str, count: int, reason: str
) -> None:
    entry = Entry(("DBC301", path, symbol, matched), count, reason)
    text = render_baseline([entry])
    (back,) = parse_baseline(text, "b")
    assert (back.identity, back.count, back.reason) == (entry.identity, count, reason)
    assert len(text.splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("DBC301 a.py a.f save x0 -- why", "expected CODE"),
        ("DBC301 a.py a.f save x1", "expected CODE"),
        ("DBC301 a.py a.f save x1 -- ", "expected CODE"),
        ("DBC301 a.py save x1 -- why", "expected CODE"),
        ('DBC301 a.py a.f "sa\\ve" x1 -- why', "expected CODE"),
        ("<<<<<<< HEAD", "a merge conflict: keep the lines of both sides"),
        ("=======", "a merge conflict"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(line: str, flaw: str) -> None:
    text = f"DBC104 a.py a.f save x1 -- why\n\n# remark\n{line}\n"
    with pytest.raises(ConfigError) as caught:
        parse_baseline(text, "b.txt")
    (message,) = caught.value.lines
    assert message.startswith(f"b.txt:4: {flaw}")


def test_an_entry_that_is_there_twice_allows_the_larger_count() -> None:
    text = "DBC104 a.py a.f save x1 -- one\nDBC104 a.py a.f save x3 -- other\n"
    (entry,) = parse_baseline(text, "b.txt")
    assert (entry.count, entry.reason, entry.line) == (3, "one; other", 1)


def test_every_flaw_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_baseline("nonsense\nDBC1\n", "b.txt")
    assert len(caught.value.lines) == 2


def test_a_file_is_saved_and_loaded(tmp_path: Path) -> None:
    path = tmp_path / "baseline.txt"
    save_baseline(path, [Entry(SAVE, 1, "why")])
    (entry,) = load_baseline(path)
    assert (entry.identity, entry.line, entry.span.end_column) == (SAVE, 3, entry.width)


def test_a_missing_or_undecodable_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.txt can't be read"):
        load_baseline(tmp_path / "no.txt")
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"bad\.txt can't be read"):
        load_baseline(tmp_path / "bad.txt")
    with pytest.raises(ConfigError, match="can't be written"):
        save_baseline(tmp_path / "missing" / "b.txt", [])
