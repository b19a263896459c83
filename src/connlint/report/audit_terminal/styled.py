"""Verdicts and sentences of an audit in, styled text for a terminal out."""

from __future__ import annotations

import re

from rich.text import Text

from connlint.audit.points import PointVerdict
from connlint.report.audit_view import mark
from connlint.report.view import printable

COLOURS: dict[PointVerdict, str] = {
    "keep": "green",
    "remove": "red",
    "fix": "red",
    "move": "yellow",
    "batch": "yellow",
    "review": "cyan",
    "removed": "dim",
}
"""The colour of each verdict."""

_CODE = re.compile(r"`([^`\n]+)`")
_WIDTH_OF_MARKS = 2


def signed(verdict: PointVerdict, shown: str, unicode: bool) -> Text:
    """``shown`` behind the mark of a verdict, or in brackets where only ASCII can be shown."""
    if not unicode:
        return Text(f"[{shown}]", COLOURS[verdict])
    # Terminals disagree about the width of a character with a variation selector behind it.
    sign = mark(verdict).rstrip("\N{VARIATION SELECTOR-16}")
    text = Text(f"{sign} {shown}", COLOURS[verdict])
    missing = _WIDTH_OF_MARKS - Text(sign).cell_len
    return Text(f"{sign}{' ' * missing} {shown}", COLOURS[verdict]) if missing else text


def prose(text: str) -> Text:
    """A sentence with what it quotes of the code set apart."""
    styled = Text()
    for index, part in enumerate(_CODE.split(text)):
        styled.append(printable(f"`{part}`" if index % 2 else part), "cyan" if index % 2 else "")
    return styled
