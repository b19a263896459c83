"""Decoded bodies: kept while they fit into the bound, dropped together, and the same again."""

from __future__ import annotations

import pytest

from connlint.facts import types as f
from connlint.facts.types import encode_body
from connlint.model.bodies import Bodies, Keeper


def _encoded(*names: str) -> tuple[bytes, ...]:
    return tuple(encode_body((f.Evaluate(f.Name(name, 1), 1, 4),)) for name in names)


@pytest.fixture
def encoded() -> tuple[bytes, ...]:
    return _encoded("one", "two", "six")


def test_a_body_is_decoded_once_while_there_is_room(encoded: tuple[bytes, ...]) -> None:
    bodies = Bodies(encoded, Keeper())
    assert bodies[0] is bodies[0]


def test_all_files_share_the_room(encoded: tuple[bytes, ...]) -> None:
    keeper = Keeper(limit=2 * len(encoded[0]))
    one, other = Bodies(encoded, keeper), Bodies(encoded, keeper)
    first, second = one[0], other[1]
    assert one[0] is first
    assert other[1] is second
    third = other[2]  # does not fit beside the two
    assert other[2] is third
    assert one[0] is not first
    assert one[0] == first


def test_what_is_forgotten_leaves_room(encoded: tuple[bytes, ...]) -> None:
    bodies = Bodies(encoded, Keeper(limit=2 * len(encoded[0])))
    first, second = bodies[0], bodies[1]
    bodies.forget(1)
    bodies.forget(1)
    assert bodies[2] is bodies[2]
    assert bodies[0] is first
    assert bodies[1] == second


def test_a_body_that_exceeds_the_bound_is_decoded_all_the_same(encoded: tuple[bytes, ...]) -> None:
    bodies = Bodies(encoded, Keeper(limit=1))
    assert [bodies[number] for number in range(3)] == [bodies[number] for number in range(3)]
