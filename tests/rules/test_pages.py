"""Every rule of connlint's passes the tests that it offers to everybody's rules."""

from __future__ import annotations

import pytest

from connlint.rules.registry import load_rules
from connlint.testing import Specification, specifications_of

REGISTRY = load_rules()


@pytest.mark.parametrize(
    "specification", list(specifications_of(REGISTRY.rules, REGISTRY)), ids=str
)
def test_the_rule_does_what_its_page_says(specification: Specification) -> None:
    specification()
