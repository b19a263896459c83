"""What is too deep for a parser is known before it is parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connlint.facts.nesting import MAX_DEPTH, is_risky

RISKY = {
    "deep": b"(" * 101 + b")" * 101,
    "deep, mixed": b"([{" * 67 + b"}])" * 67,
    "deep among flat": b"()" * 500 + b"[" * 300 + b"]" * 300 + b"{}" * 500,
    "never closed": b"(" * 300,
    "never opened": b")" * 300,
    "closed in strings": b"(')'" * 300 + b")" * 300,
    "a long line": b"x = a" + b".b" * 20_000,
    "a long line, carriage returns": b"x = 1\r" + b"a" * 20_001 + b"\ry\r",
    "a long file": b"x = 1\n" * 200_000,
}
FINE = {
    "empty": b"",
    "as deep as any code": b"(" * 50 + b")" * 50,
    "wide": b"f(a[0], {1: 2})\n" * 1000,
    "crossed": b"(]" * 200,
    "a smiley in a comment": b"# :)\n" * 10 + b"f()\n" * 1000,
    "many lines": b"x = f(1)\n" * 50_000,
}


@pytest.mark.parametrize("data", RISKY.values(), ids=RISKY)
def test_risky(data: bytes) -> None:
    assert is_risky(data)


@pytest.mark.parametrize("data", FINE.values(), ids=FINE)
def test_fine(data: bytes) -> None:
    assert not is_risky(data)


def _depth(data: bytes) -> int:
    """How deep brackets are nested, whatever their kinds."""
    depth = deepest = 0
    for byte in data:
        depth += (byte in b"([{") - (byte in b")]}")
        deepest = max(deepest, depth)
    return deepest


PAIRS = st.sampled_from([b"()", b"[]", b"{}"])
NESTED = st.recursive(
    PAIRS,
    lambda inner: st.builds(
        lambda pair, parts, times: pair[:1] * times + b"".join(parts) + pair[1:] * times,
        PAIRS,
        st.lists(inner, max_size=3),
        st.integers(1, 90),
    ),
    max_leaves=12,
)


@given(NESTED)
def test_no_deep_nesting_is_missed(data: bytes) -> None:
    if _depth(data) > MAX_DEPTH:
        assert is_risky(data)
    if len(data) <= MAX_DEPTH:
        assert not is_risky(data)
