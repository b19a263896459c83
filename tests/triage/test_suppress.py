"""Which comment silences which finding, and what is said about comments."""

from __future__ import annotations

import pytest

from connlint.triage.suppress import Sifted, suppress
from triage.making import REGISTRY, comments, finding

CODES = frozenset(rule.code for rule in REGISTRY.rules)


def _about(sifted: list[Sifted]) -> list[tuple[str, int, str]]:
    return [(f.code, f.span.line, f.message) for f, reason in sifted if reason is None]


@pytest.mark.parametrize(
    "comment",
    [
        "# connlint: ignore[DBC301] the buffer comes later",
        "# connlint: ignore[DBC104, DBC301] the buffer comes later",
        "# connlint: ignore[per-event-write] the buffer comes later",
        "# noqa: DBC301 the buffer comes later",
        "# noqa: E501, DBC301 the buffer comes later",
        "# type: ignore # connlint: ignore[DBC301] the buffer comes later",
    ],
)
def test_a_comment_on_the_line_silences_with_its_reason(comment: str) -> None:
    (sifted,) = suppress([finding(line=2)], comments("x = 1", f"y = 2  {comment}"), REGISTRY, {})
    assert sifted.reason == "the buffer comes later"


def test_a_blanket_noqa_silences_everything_on_its_line() -> None:
    found = [finding(line=1), finding("DBC104", line=1), finding(line=2)]
    sifted = suppress(found, comments("x = 1  # noqa", "y = 2"), REGISTRY, CODES)
    assert [item.reason for item in sifted] == ["", "", None]


@pytest.mark.parametrize(
    "line",
    [
        "y = 2  # connlint: ignore[DBC104] another rule",
        "y = 2  # noqa: E501",
        "y = '# connlint: ignore[DBC301] text'",
        "y = 2",
    ],
)
def test_what_is_not_about_the_finding_silences_nothing(line: str) -> None:
    (sifted,) = suppress([finding(line=1)], comments(line), REGISTRY, {})
    assert sifted.reason is None


def test_a_comment_on_the_first_line_of_the_statement_counts() -> None:
    lines = ["save(  # connlint: ignore[DBC301] why", "    session.commit(),", ")"]
    (sifted,) = suppress([finding(line=2, statement=1)], comments(*lines), REGISTRY, CODES)
    assert sifted.reason == "why"


def test_a_comment_on_another_line_of_the_statement_does_not_count() -> None:
    lines = ["save(", "    session.commit(),", ")  # connlint: ignore[DBC301] why"]
    sifted = suppress([finding(line=2, statement=1)], comments(*lines), REGISTRY, {"DBC301"})
    assert [item.reason for item in sifted] == [None]


def test_a_comment_for_the_file_silences_its_code_on_every_line_of_that_file_only() -> None:
    found = [
        finding(line=5),
        finding(line=9),
        finding("DBC104", line=9),
        finding(line=5, path="other.py"),
    ]
    directives = comments("# connlint: ignore-file[DBC301] generated", "x = 1")
    sifted = suppress(found, directives, REGISTRY, CODES)
    assert [item.reason for item in sifted] == ["generated", "generated", None, None]


def test_reasons_of_several_comments_are_joined() -> None:
    lines = ["# connlint: ignore-file[DBC301] generated", "x = 1  # noqa: DBC301 and slow"]
    (sifted,) = suppress([finding(line=2)], comments(*lines), REGISTRY, CODES)
    assert sifted.reason == "generated; and slow"


def test_an_unused_code_is_reported_and_can_be_removed() -> None:
    directives = comments("x = 1  # connlint: ignore[DBC104, DBC301] why")
    sifted = suppress([finding(line=1)], directives, REGISTRY, CODES)
    assert _about(sifted) == [
        ("DBC901", 1, "suppression of DBC104 is not needed: no such finding on this line")
    ]
    intent = sifted[-1].finding.intent
    assert intent is not None
    assert (intent.kind, intent.safety, intent.data) == (
        "remove-suppression",
        "safe",
        {"words": "DBC104"},
    )


def test_a_code_that_did_not_run_is_not_unused() -> None:
    directives = comments("x = 1  # connlint: ignore[DBC104] why")
    assert suppress([], directives, REGISTRY, CODES - {"DBC104"}) == []
    assert len(suppress([], directives, REGISTRY, CODES)) == 1


def test_an_unused_suppression_can_be_suppressed_by_its_own_code_only() -> None:
    named = comments("x = 1  # connlint: ignore[DBC104, DBC901] kept for the generator")
    (sifted,) = suppress([], named, REGISTRY, CODES)
    assert (sifted.finding.code, sifted.reason) == ("DBC901", "kept for the generator")
    blanket = comments("x = 1  # noqa: DBC104 why  # noqa")
    assert [code for code, _, _ in _about(suppress([], blanket, REGISTRY, CODES))] == ["DBC901"]


def test_a_blanket_noqa_is_never_unused() -> None:
    assert suppress([], comments("x = 1  # noqa"), REGISTRY, CODES) == []


def test_a_missing_reason_is_reported_where_that_rule_is_on() -> None:
    directives = comments("x = 1  # connlint: ignore[DBC301]")
    on = _about(suppress([finding(line=1)], directives, REGISTRY, CODES))
    assert on == [("DBC902", 1, "suppression of DBC301 gives no reason: write it behind the codes")]
    assert _about(suppress([finding(line=1)], directives, REGISTRY, CODES - {"DBC902"})) == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# connlint: ignore[DBC302] why", "no rule is called DBC302; did you mean DBC301?"),
        (
            "# connlint: ignore[per-event-writes] why",
            "no rule is called per-event-writes; did you mean per-event-write?",
        ),
        ("# noqa: E501, DBC302 why", "no rule is called DBC302; did you mean DBC301?"),
        ("# connlint: ignore[qqqqqq] why", "no rule is called qqqqqq"),
    ],
)
def test_an_unknown_code_is_reported_with_the_nearest(comment: str, message: str) -> None:
    sifted = suppress([], comments(f"x = 1  {comment}"), REGISTRY, CODES)
    assert _about(sifted) == [("DBC903", 1, message)]


def test_a_comment_that_cannot_be_read_is_reported() -> None:
    sifted = suppress([], comments("x = 1  # connlint: ignore DBC301"), REGISTRY, CODES)
    ((code, line, message),) = _about(sifted)
    assert (code, line) == ("DBC903", 1)
    assert message.startswith("this suppression can't be read: ")
