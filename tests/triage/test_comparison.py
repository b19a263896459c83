"""Which findings of a later state a change is behind: new, touched and newly reached ones."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from connlint.findings import EntryPointRef, Finding, TraceStep
from connlint.triage.comparison import Correspondence, of_change
from triage.making import finding

PATH = "app/jobs.py"


def _was(then: Sequence[str], now: Sequence[str], **renamed: str) -> Correspondence:
    """One file that changed; ``renamed`` leads from its present module name to the earlier one."""
    return Correspondence(
        changed=[PATH],
        added=[],
        renames={PATH: "app/old.py"} if renamed else {},
        modules={f"app.{now}": f"app.{then}" for now, then in renamed.items()},
        lines_now=lambda path: now,
        lines_then=lambda path: then,
    )


def _of_change(now: list[Finding], then: list[Finding], was: Correspondence) -> list[int]:
    return [found.span.line for found in of_change(now, then, was)]


def test_the_known_one_is_the_one_on_the_line_that_stayed() -> None:
    was = _was(["a", "commit"], ["new", "commit now", "a", "commit"])
    found = [finding(line=2), finding(line=4)]
    assert _of_change(found, [finding(line=2)], was) == [2]


def test_a_line_that_moved_past_others_is_touched_and_known() -> None:
    was = _was(["commit", "a", "b"], ["a", "b", "commit", "commit"])
    assert [was.line(PATH, line) for line in (1, 2, 3)] == [2, 3, None]
    assert _of_change([finding(line=3)], [finding(line=1)], was) == [3]
    assert _of_change([finding(line=1)], [finding(line=2)], was) == []


def test_a_change_anywhere_in_the_head_of_the_statement_touches_it() -> None:
    was = _was(["with (", "  f()", "):"], ["with ( # new", "  f()", "):"])
    assert _of_change([finding(line=2)], [finding(line=2)], was) == []
    (touched,) = [finding(line=2, statement=1)]
    assert _of_change([touched], [touched], was) == [2]


def test_a_change_in_the_chain_touches_the_finding() -> None:
    was = _was(["a"], ["b"])
    step = TraceStep(PATH, 1, 0, "f", "calls g()")
    found = msgspec.structs.replace(finding(path="app/far.py"), trace=(step,))
    assert _of_change([found], [found], was) == [1]


def test_an_entry_point_that_leads_there_now_makes_it_news() -> None:
    was = _was([], [])
    found = finding(path="app/far.py")
    reached = msgspec.structs.replace(found, entry_point=EntryPointRef("route", "GET /"))
    other = msgspec.structs.replace(found, entry_point=EntryPointRef("route", "GET /b"))
    assert _of_change([reached], [found], was) == [1]
    assert _of_change([reached], [other], was) == []
    assert _of_change([found], [reached], was) == []


def test_names_of_renamed_modules_are_those_of_then() -> None:
    was = _was(["x"], ["y"], jobs="old")
    assert was.text("app.jobs.save, app.jobs") == "app.old.save, app.old"
    assert was.text("app.jobs2.save my.app.jobs") == "app.jobs2.save my.app.jobs"
    now = finding(line=1, path="a.py", matched="app.jobs.make")
    then = finding(line=1, path="a.py", matched="app.old.make")
    assert _of_change([now], [then], was) == []


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_lines_correspond_in_order_and_are_equal(then: list[str], now: list[str]) -> None:
    was = _was(then, now)
    pairs = [(line, was.line(PATH, line)) for line in range(1, len(now) + 1)]
    same = [(line, earlier) for line, earlier in pairs if earlier is not None]
    assert all(now[line - 1] == then[earlier - 1] for line, earlier in same)
    assert [earlier for _, earlier in same] == sorted({earlier for _, earlier in same})
    assert _was(then, then).line(PATH, 1) == 1 or not then
