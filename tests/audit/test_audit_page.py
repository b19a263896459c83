"""The page about the audit shows what the audit of the fixture applications really says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "audit.md").read_text("utf-8")
BLOCKS = re.findall(r'^(`{3,})markdown title="(\w+)"\n(.*?)^\1$', PAGE, re.MULTILINE | re.DOTALL)


def test_there_is_something_to_compare() -> None:
    assert len(BLOCKS) > 8


@pytest.mark.parametrize(("application", "text"), [(name, text) for _, name, text in BLOCKS])
def test_what_the_page_shows_is_in_the_report(application: str, text: str) -> None:
    report = (ROOT / "fixtures" / application / "golden" / "audit.md").read_text("utf-8")
    assert text.strip("\n") in report
